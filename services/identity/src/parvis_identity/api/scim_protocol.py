# SPDX-License-Identifier: EUPL-1.2
"""How SCIM speaks HTTP: its media type, its errors, versions that may be left out (RFC 7644 section 3)."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.problems import CATALOGUE
from parvis_identity.api.scim_views import ERROR
from parvis_identity.domain.audit import Actor
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_identity.domain.scim import ScimError
from parvis_identity.service.manage_agents import By
from parvis_kit.problems import Problem
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.errors import as_problem
from parvis_kit.web.operation import Operation, principal_of, token

MEDIA_TYPE: Final = "application/scim+json"
SCOPE: Final = "identity.scim.write"
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')
_BODY_LIMIT: Final = 262_144
Id = Annotated[str, Path(description="The id of the resource.")]
_LIST: Final = {
    "filter": 'Equalities joined by `and`: `userName eq "…"`, `externalId eq "…"`, `displayName eq "…"`.',
    "startIndex": "The first one wanted, from 1.",
    "count": "How many at most; 100 at most.",
}
_RESOURCE: Final = {"type": "object", "additionalProperties": True}


class ScimResponse(Response):
    """An answer in SCIM's media type (RFC 7644 section 3.1)."""

    media_type = MEDIA_TYPE


class ScimOperation(Operation):
    """A route whose errors are SCIM's own (RFC 7644 section 3.12), whatever they come from."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; who may not call learns it in SCIM's form, too."""
        try:
            await super().handle(scope, receive, send)
        except Problem as problem:
            await _problem(problem)(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the route, with its own errors."""
        answer = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                response: Response = await answer(request)
            except ScimError as error:
                response = scim_error(error.status, error.detail, error.scim_type)
            except Exception as error:  # noqa: BLE001 - judged by the kit, told in another form
                response = _problem(as_problem(error, CATALOGUE))
            return response

        return told


def scim_router() -> APIRouter:
    """A router whose routes answer directories."""
    return APIRouter(route_class=ScimOperation, default_response_class=ScimResponse, tags=["scim"])


def options(*, body: bool = False, headers: tuple[str, ...] = ()) -> dict[str, Any]:
    """Options of a route for directories."""
    described = [
        {
            "in": "header",
            "name": name,
            "required": False,
            "description": "The version that the caller saw, where it matters to them.",
            "schema": {"type": "string", "maxLength": 255},
        }
        for name in headers
    ]
    made = token(SCOPE, headers=described, body_limit=_BODY_LIMIT if body else None, cors=False)
    if body:
        made["openapi_extra"]["requestBody"] = {"required": True, "content": {MEDIA_TYPE: {"schema": _RESOURCE}}}
    return made


def list_options() -> dict[str, Any]:
    """Options of a route that lists resources."""
    made = options()
    made["openapi_extra"]["parameters"] = [
        {"in": "query", "name": name, "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in _LIST.items()
    ]
    return made


def answers(status: int, *errors: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route."""
    content = {"content": {MEDIA_TYPE: {"schema": _RESOURCE}}}
    described: dict[int | str, dict[str, Any]] = {status: {"description": "Done", **({} if status == 204 else content)}}  # noqa: PLR2004
    for error in sorted({*errors, 401, 403, 500, 503}):
        described[error] = {"description": "Error (RFC 7644 section 3.12)", **content}
    return described


def directory(request: Request) -> By:
    """The directory that calls, for its own collectivity; raises NotForThisCallerError for people."""
    caller = principal_of(request)
    if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity == EVERYWHERE:
        raise NotForThisCallerError
    return By(Actor("system", caller.client_id, caller.client_id), caller.collectivity, now())


async def resource_of(request: Request) -> dict[str, Any]:
    """The resource in the body; plain JSON is taken as well (RFC 7644 section 3.8)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in {
        MEDIA_TYPE,
        "application/json",
    }:
        raise ScimError(415, f"send {MEDIA_TYPE}")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ScimError(400, "the body is no JSON", "invalidSyntax") from error
    if not isinstance(body, dict):
        raise ScimError(400, "the body is no object", "invalidSyntax")
    return body


def seen_version(request: Request) -> int | None:
    """The version in ``If-Match``; None where the caller does not say, or says ``*``."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    version = _TAG.fullmatch(given.strip())
    if version is None:
        raise ScimError(412, "If-Match names no version of ours")
    return int(version[1])


def place_in_list(request: Request) -> tuple[int, int]:
    """``startIndex``, from 1, and ``count``, at most 100 (RFC 7644 section 3.4.2.4)."""
    start, count = (request.query_params.get(name) for name in ("startIndex", "count"))
    try:
        return max(int(start or "1"), 1), min(max(int(count or "100"), 0), 100)
    except ValueError as error:
        raise ScimError(400, "startIndex and count are numbers", "invalidValue") from error


def base_of(request: Request) -> str:
    """The address that all of these are under."""
    return f"{parts_of(request).settings.public_url}/scim/v2"


def scim(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in SCIM's media type."""
    return ScimResponse(json.dumps(body), status, {"Cache-Control": "no-store", **(headers or {})})


def scim_error(
    status: int, detail: str, type_: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error in SCIM's form."""
    body = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return scim(body | ({"scimType": type_} if type_ else {}), status, headers)


def _problem(problem: Problem) -> Response:
    text = problem.text or problem.kind.title
    return scim_error(problem.kind.status, text.en, None, problem.headers)
