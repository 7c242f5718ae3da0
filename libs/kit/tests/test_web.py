# SPDX-License-Identifier: EUPL-1.2
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.requests import Request

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, Catalogue, Rule
from parvis_kit.security.tokens import TokenVerifier
from parvis_kit.web import middleware
from parvis_kit.web.app import create_app
from parvis_kit.web.operation import principal_of, problems, public, router, token
from parvis_kit.web.types import Instant
from parvis_testing import ISSUER, TokenIssuer, openapi_document

METADATA = f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource"'

SECRET = "something of the inside"


class TakenError(Exception):
    """A domain error of this test."""


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = 1


def routes() -> Any:
    made = router()

    @made.post("/v1/things", **token("a.things.write"), status_code=201, responses=problems(400, 401, 403, 413, 422))
    async def make(thing: Thing, request: Request) -> dict[str, str]:
        return {"name": thing.name, "by": principal_of(request).subject}

    @made.get(
        "/v1/strict", **token("a.things.write", sign_in={"acr_values": ["eidas1-mfa", "high"], "max_age": 60}),
        responses=problems(401, 403),
    )  # fmt: skip
    async def strict() -> dict[str, str]:
        return {"fine": "yes"}

    @made.get("/v1/broken/{kind}", **public(), responses=problems(409, 422))
    async def broken(kind: str) -> None:
        raise {
            "domain": TakenError(SECRET),
            "bug": RuntimeError(SECRET),
            "database": asyncpg.CannotConnectNowError(SECRET),
            "timeout": TimeoutError(SECRET),
            "connection": asyncpg.InternalClientError(SECRET),
            "null": asyncpg.UntranslatableCharacterError(SECRET),
        }[kind]

    return made


@pytest.fixture
def app() -> FastAPI:
    issuer = TokenIssuer()
    app = create_app(
        title="Things",
        version="1.0.0",
        public_url=ISSUER,
        routers=[routes()],
        catalogue=Catalogue({TakenError: Rule(CONFLICT, "/name", Text(fr="Nom pris.", en="Name taken."))}),
        state={"tokens": TokenVerifier(issuer=ISSUER, audience="parvis-a", keys=issuer.keys())},
    )
    app.state.issuer = issuer
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER) as client:
        yield client


def bearer(app: FastAPI, scope: str = "a.things.write", **claims: Any) -> dict[str, str]:
    return {"Authorization": "Bearer " + app.state.issuer.token(audience="parvis-a", scope=scope, **claims)}


def test_a_route_that_does_not_say_who_may_call_it_cannot_be_defined() -> None:
    unclear: list[dict[str, Any]] = [
        {},
        {"openapi_extra": {"x-parvis-class": "everybody"}},
        {"openapi_extra": {"x-parvis-class": "token"}},
    ]
    for options in unclear:
        with pytest.raises(TypeError):
            router().get("/v1/things", **options)(lambda: None)


async def test_without_a_token_or_with_a_lesser_one_nothing_happens(app: FastAPI, client: httpx.AsyncClient) -> None:
    body = {"name": "x"}
    anonymous = await client.post("/v1/things", json=body)
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "unauthenticated")
    assert anonymous.headers["www-authenticate"] == f"Bearer {METADATA}"
    lesser = await client.post("/v1/things", json=body, headers=bearer(app, "a.things.write-not"))
    assert (lesser.status_code, lesser.json()["code"]) == (403, "insufficient-scope")
    assert 'scope="a.things.write"' in lesser.headers["www-authenticate"]
    fine = await client.post("/v1/things", json=body, headers=bearer(app, "a.things.read a.things.write"))
    assert fine.status_code == 201


@pytest.mark.parametrize(
    ("acr", "ago", "status"),
    [
        ("eidas1-mfa", 5, 200),
        ("eidas2", 50, 200),
        ("eidas3", 5, 200),
        ("high", 5, 200),
        ("eidas3", 70, 401),
        ("eidas1", 5, 401),
        ("urn:parvis:acr:local-mfa", 5, 401),
        ("higher", 5, 401),
        (None, 5, 401),
        ("eidas3", None, 401),
    ],
)
async def test_an_operation_may_want_a_better_or_fresher_sign_in(
    app: FastAPI, client: httpx.AsyncClient, acr: str | None, ago: int | None, status: int
) -> None:
    how: dict[str, Any] = ({"acr": acr} if acr else {}) | ({"auth_time": int(time.time()) - ago} if ago else {})
    answer = await client.get("/v1/strict", headers=bearer(app, **how))
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "insufficient-user-authentication"
        wanted = 'Bearer error="insufficient_user_authentication", acr_values="eidas1-mfa high", max_age=60, '
        assert answer.headers["www-authenticate"] == wanted + METADATA


async def test_the_caller_is_checked_before_the_body(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/things", content=b"{", headers={})).status_code == 401


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "malformed-request"),
        (b"\xff\xfe", 400, "malformed-request"),
        *(('{"name": "a"}'.encode(coding), 400, "malformed-request") for coding in ("utf-16", "utf-16-le", "utf-32")),
        (b"[" * 100_000, 413, "body-too-large"),
        (b"[" * 60_000, 400, "malformed-request"),
        (b"[]", 422, "validation-failed"),
        (b'{"name": 1}', 422, "validation-failed"),
        (b"", 422, "validation-failed"),
    ],
)
async def test_a_bad_body_is_told_as_a_problem(
    app: FastAPI, client: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    headers = bearer(app) | {"Content-Type": "application/json"}
    answer = await client.post("/v1/things", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_sent_in_pieces_is_bounded_too(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1_000

    headers = bearer(app) | {"Content-Type": "application/json"}
    answer = await client.post("/v1/things", content=pieces(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_each_wrong_member_is_pointed_at(app: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"size": "x", "o/o": 1}, headers=bearer(app))
    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert errors == {"/name": "missing", "/size": "int-parsing", "/o~1o": "extra-forbidden"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("domain", 409, "conflict"),
        ("bug", 500, "internal-error"),
        ("database", 503, "service-unavailable"),
        ("timeout", 503, "service-unavailable"),
        ("connection", 503, "service-unavailable"),
        ("null", 400, "malformed-request"),
    ],
)
async def test_an_exception_becomes_a_problem_that_shows_nothing_of_the_inside(
    client: httpx.AsyncClient, kind: str, status: int, code: str
) -> None:
    answer = await client.get(f"/v1/broken/{kind}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert SECRET not in answer.text
    assert answer.json()["type"] == f"{ISSUER}/problems/{code}"
    assert ("retry-after" in answer.headers) == (status == 503)
    if kind == "domain":
        assert answer.json()["errors"] == [{"pointer": "/name", "code": "conflict", "detail": "Name taken."}]


async def test_unknown_paths_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).json()["code"] == "not-found"
    assert (await client.delete("/v1/things")).json()["code"] == "method-not-allowed"
    for page in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(page)).status_code == 404


async def test_the_callers_request_id_is_echoed_unless_it_is_strange(client: httpx.AsyncClient) -> None:
    echoed = await client.get("/nowhere", headers={"X-Request-Id": "abc-123"})
    assert echoed.headers["x-request-id"] == "abc-123"
    for strange in ("a b", "x" * 65, '"'):
        answer = await client.get("/nowhere", headers={"X-Request-Id": strange})
        assert answer.headers["x-request-id"] != strange


async def test_the_trace_goes_on_from_the_gateway(client: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await client.get("/nowhere", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.json()["trace_id"] == trace


def test_the_document_knows_no_validation_error_of_the_framework(app: FastAPI) -> None:
    text = json.dumps(openapi_document(app))
    assert "HTTPValidationError" not in text
    assert "#/components/schemas/Problem" in text


@pytest.mark.parametrize("given", [0, "0", "2026-11-25", "2026-11-25T10:00:00", "0001-01-01T00:00:00+05:00"])
def test_an_instant_is_a_date_time_with_its_offset_that_exists_in_utc(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(given)


def test_an_instant_is_kept_in_utc() -> None:
    assert TypeAdapter(Instant).validate_python("2026-11-25T10:00:00+01:00").isoformat() == "2026-11-25T09:00:00+00:00"


async def test_a_call_is_one_span_that_names_its_route_and_nobody(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: provider)
    monkeypatch.setattr(middleware, "_tracer", provider.get_tracer("test"))
    await client.get("/v1/broken/domain?secret=1")
    told = [(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()]
    assert told == [("GET /v1/broken/{kind}", {"http.response.status_code": 409})]
