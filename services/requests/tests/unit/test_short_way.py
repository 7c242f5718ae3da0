# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parvis_kit.problems import Catalogue
from parvis_kit.web.app import create_app
from parvis_kit.web.operation import problems, public, router
from parvis_requests.api.short_way import ShortWay
from parvis_testing import ISSUER

ID = "0190a5c8-6f6b-7c3e-9d2a-1f0e5b7c9a11"
FINE = f'{{"name": "Zoé", "ids": ["{ID}"], "place": [2.35, 48.86]}}'.encode()
JSON = "application/json"


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=20)
    ids: list[UUID] = Field(default_factory=list)
    place: tuple[float, float] | None = None


def routes() -> Any:
    made = router(route_class=ShortWay)

    @made.post("/v1/short", **public(), response_model=Thing, responses=problems(400, 413, 422))
    async def short_way(thing: Thing, request: Request) -> Response:
        # Whoever wants the bytes, such as the record of an idempotent call, gets those that were sent.
        length = str(len(await request.body()))
        return Response(thing.model_dump_json(), headers={"Read": length}, media_type=JSON)

    @made.post("/v1/framework", **public(), response_model=Thing, responses=problems(400, 413, 422))
    async def framework_way(thing: Thing, request: Request, response: Response) -> Thing:
        response.headers["Read"] = str(len(await request.body()))
        return thing

    @made.post("/v1/things/{thing_id}", **public(), response_model=Thing, responses=problems(400, 413, 422))
    async def in_the_path(thing_id: UUID, thing: Thing, request: Request) -> Response:
        return Response(f"{thing_id}{thing.name}{request.method}")

    return made


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app(
        title="Things", version="1.0.0", public_url=ISSUER, routers=[routes()], catalogue=Catalogue({}), state={}
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER) as client:
        yield client


async def both(client: httpx.AsyncClient, content: bytes, media_type: str | None) -> list[Any]:
    told = []
    for path in ("/v1/short", "/v1/framework"):
        headers = {"Content-Type": media_type} if media_type else {}
        answer = await client.post(path, content=content, headers=headers)
        body = answer.json()
        for member in ("instance", "trace_id"):
            body.pop(member, None)
        told.append((answer.status_code, answer.headers["content-type"], answer.headers.get("read"), body))
    return told


@pytest.mark.parametrize("media_type", [JSON, "application/json; charset=utf-8", "text/plain", None])
@pytest.mark.parametrize(
    "content",
    [
        FINE, b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"name": ""}', b'{"name": "a", "more": 1}', b"[" * 5_000,
        b'{"name": "a", "ids": ["x"]}', b'{"name": "a", "place": [1]}', b" " * 70_000, b'{"name": "\\ud800"}',
    ],
)  # fmt: skip
async def test_both_ways_give_the_same_answer(
    client: httpx.AsyncClient, content: bytes, media_type: str | None
) -> None:
    short_way, framework_way = await both(client, content, media_type)
    assert short_way == framework_way


async def test_a_right_call_goes_the_short_way_and_a_wrong_one_does_not(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_the_framework: list[str] = []
    handle = APIRoute.handle

    async def watched(self: APIRoute, scope: Scope, receive: Receive, send: Send) -> None:
        by_the_framework.append(self.path)
        await handle(self, scope, receive, send)

    monkeypatch.setattr(APIRoute, "handle", watched)
    headers = {"Content-Type": JSON}
    assert (await client.post("/v1/short", content=FINE, headers=headers)).status_code == 200
    assert by_the_framework == []
    assert (await client.post("/v1/short", content=b"{}", headers=headers)).status_code == 422
    assert (await client.post(f"/v1/things/{ID}", content=FINE, headers=headers)).text == f"{ID}ZoéPOST"
    assert (await client.get("/v1/short")).status_code == 405
    assert by_the_framework == ["/v1/short", "/v1/things/{thing_id}", "/v1/short"]
