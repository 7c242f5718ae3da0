# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account comes back to their request by the tracking token of its first answer.

What they may do there is what somebody with an account does to their own request: the same operations stand behind
another door, which knows by the token whose request it is.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from parvis_files.route import FileRoute
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.operation import principal_of, problems, service
from parvis_requests.service.tracking_token import follow_token

PATH: Final = "/v1/tracked-request"
CLIENT: Final = "tracking"
TRACKING_TOKEN: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Tracking-Token",
    "required": True,
    "description": "What the person was given when they filed; it is told once, and follows their request alone.",
    "schema": {"type": "string", "maxLength": 200},
}
# No scope can lack: only what changes something may be forbidden to who filed the request.
_NEVER: Final = {"GET": {401, 403}}


class TrackedRoute(FileRoute):
    """A route whose caller shows a tracking token, and then is who filed that request: nobody else, anywhere else."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find whose request it is, then answer; an unknown token is a request that does not exist."""
        if scope["method"] in (self.methods or ()):
            shown = next((value for name, value in scope["headers"] if name == b"tracking-token"), b"")
            database = scope["app"].state.parts.runtime.database
            async with database.reading() as session:
                found = await follow_token(session, shown.decode("latin-1"))
            state = scope.setdefault("state", {})
            state["tracked"] = found.request_id
            state["root"] = PATH
            state["principal"] = Principal(
                PrincipalKind.CITIZEN, str(found.person), found.collectivity, CLIENT, frozenset()
            )
        await super().answer(scope, receive, send)


def tracked(request: Request) -> UUID:
    """The request that the token follows."""
    found: UUID = request.state.tracked
    return found


# What a caller with an account says, and the token says here.
_SAID_BY_TOKEN: Final[dict[str, Callable[[Request], object]]] = {
    "request_id": tracked,
    "collectivity": lambda request: principal_of(request).collectivity,
}
# What agents alone say.
_UNSAID: Final = frozenset({"for_request"})


def behind_token(door: APIRouter, path: str, known: APIRoute, operation_id: str, summary: str) -> None:
    """Open an operation of people with an account at ``PATH`` + ``path``, too, on what the token follows alone.

    It takes and answers the same, but for what the token says: who calls, and of which request it is.
    """
    said = {name: value for name, value in known.openapi_extra.items() if name != "security"}  # type: ignore[union-attr]
    headers = [TRACKING_TOKEN, *said.pop("parameters", [])]
    (method,) = known.methods or {"GET"}
    never = _NEVER.get(method, {401})
    # Whatever is asked, a token that follows nothing finds nothing.
    answers = {status: told for status, told in known.responses.items() if status not in never} | problems(404)
    door.add_api_route(
        PATH + path,
        _by_token(known.endpoint),
        methods=[method],
        operation_id=operation_id,
        summary=summary,
        description=summary,
        status_code=known.status_code,
        response_model=known.response_model,
        response_class=known.response_class,
        responses=answers,
        openapi_extra=said | service(headers=headers)["openapi_extra"],
    )


def operations(*routers: APIRouter) -> dict[str, APIRoute]:
    """The operations of these routers by their ids."""
    routes: Iterable[Any] = (route for router in routers for route in router.routes)
    return {route.operation_id: route for route in routes if isinstance(route, APIRoute) and route.operation_id}


def _by_token(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    asked = inspect.signature(endpoint)
    bound = {name: value for name, value in _SAID_BY_TOKEN.items() if name in asked.parameters}

    async def answer(request: Request, **given: Any) -> Any:
        return await endpoint(request=request, **given, **{name: value(request) for name, value in bound.items()})

    kept = [each for name, each in asked.parameters.items() if name not in bound and name not in _UNSAID]
    answer.__signature__ = asked.replace(parameters=kept)  # type: ignore[attr-defined]
    answer.__name__ = endpoint.__name__
    return answer
