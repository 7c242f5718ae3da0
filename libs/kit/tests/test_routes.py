# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator

import httpx
import pytest

from parvis_kit.problems import Catalogue
from parvis_kit.web.app import create_app
from parvis_kit.web.operation import public, router
from parvis_testing import ISSUER


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    made = router()

    @made.get("/v1/things/{thing}", **public())
    async def one(thing: str) -> str:
        return f"one {thing}"

    @made.get("/v1/things/newest", **public())
    async def hidden() -> str:
        return "hidden"

    @made.put("/v1/things/{thing}", **public())
    async def put(thing: str) -> str:
        return f"put {thing}"

    @made.get("/v1/things/{thing}/parts", **public())
    async def parts(thing: str) -> str:
        return f"parts {thing}"

    @made.get("/v1/{kind}", **public())
    async def kind(kind: str) -> str:
        return f"kind {kind}"

    @made.get("/short", **public())
    async def short() -> str:
        return "short"

    app = create_app(
        title="Things", version="1.0.0", public_url=ISSUER, routers=[made], catalogue=Catalogue({}), state={}
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "answered"),
    [
        ("GET", "/v1/things/7", "one 7"),
        ("GET", "/v1/things/newest", "one newest"),  # the first that fits, as the framework
        ("PUT", "/v1/things/7", "put 7"),
        ("GET", "/v1/things/a%20b/parts", "parts a b"),
        ("GET", "/v1/other", "kind other"),
        ("GET", "/short", "short"),
    ],
)
async def test_a_call_comes_to_the_route_of_its_path(
    client: httpx.AsyncClient, method: str, path: str, answered: str
) -> None:
    assert (await client.request(method, path)).json() == answered


async def test_what_no_route_answers_is_a_problem(client: httpx.AsyncClient) -> None:
    for path in ("/", "/v1", "/v1/things/7/parts/1", "/v2/things/7"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    answer = await client.delete("/v1/things/7")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
