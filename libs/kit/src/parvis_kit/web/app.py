# SPDX-License-Identifier: EUPL-1.2
"""The FastAPI application of a service, dressed the same way everywhere."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parvis_kit.problems import MEDIA_TYPE, Catalogue, Problem
from parvis_kit.telemetry import current_trace_id
from parvis_kit.web.errors import as_problem
from parvis_kit.web.middleware import Exchange
from parvis_kit.web.operation import problem_schemas, security_scheme

_PROBLEM_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Problems:
    """Middleware that answers whatever no route answered: the last place before the exchange is logged."""

    def __init__(self, app: ASGIApp, catalogue: Catalogue) -> None:
        self._app = app
        self._catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a problem instead of letting the exception reach the server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun:
                raise
            response = problem_response(Request(scope), as_problem(error, self._catalogue))
            await response(scope, receive, send)


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer for a problem, in the language of the request."""
    language = request.state.language
    body = problem.body(
        language, base=request.app.state.public_url, instance=request.url.path, trace_id=current_trace_id()
    )
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        **(problem.headers or {}),
    }
    return JSONResponse(body, problem.status_code, headers, MEDIA_TYPE)


def create_app(
    *,
    title: str,
    version: str,
    public_url: str,
    routers: Sequence[APIRouter],
    catalogue: Catalogue,
    scopes: Sequence[tuple[str, str]] = (),
    state: Mapping[str, Any],
) -> FastAPI:
    """An application that answers problems only, documents itself as its contract does, and shows no debug page.

    Args:
        title: name of the API in its contract.
        version: version of the contract.
        public_url: base of the addresses in problems and links.
        routers: made by :func:`parvis_kit.web.operation.router`.
        catalogue: how the service's domain errors are answered.
        scopes: the OAuth scopes of the service with their meaning in French.
        state: what the routes need (``tokens`` where a route has the class token), set on ``app.state``.
    """
    app = FastAPI(title=title, version=version, docs_url=None, redoc_url=None, openapi_url=None)
    for name, value in {"public_url": public_url, **state}.items():
        setattr(app.state, name, value)

    async def answer(request: Request, error: Exception) -> Response:
        response = problem_response(request, as_problem(error, catalogue))
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = _allowed(routers, request.url.path)
        return response

    app.add_exception_handler(HTTPException, answer)
    app.add_exception_handler(RequestValidationError, answer)
    app.add_middleware(Problems, catalogue=catalogue)
    app.add_middleware(Exchange)
    for router in routers:
        app.include_router(router)
    app.openapi = lambda: _document(app, scopes)  # type: ignore[method-assign]
    return app


def _allowed(routers: Sequence[APIRouter], path: str) -> str:
    # The framework names the methods of the first route that has this path; RFC 9110 section 15.5.6 wants them all.
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted(methods))


def _document(app: FastAPI, scopes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update(problem_schemas())
    if scopes:
        components["securitySchemes"] = security_scheme("/oauth2/authorize", "/oauth2/token", scopes)
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation.get("responses", {}).items():
                if status == "422" and "application/json" in response.get("content", {}):
                    response |= {"description": "Problem (RFC 9457)", "content": _PROBLEM_CONTENT}
                elif MEDIA_TYPE in response.get("content", {}):
                    response["content"] = _PROBLEM_CONTENT
    return document
