# SPDX-License-Identifier: EUPL-1.2
"""The FastAPI application of a service, dressed the same way everywhere."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_kit.problems import MEDIA_TYPE, Catalogue, Problem
from parvis_kit.telemetry import current_trace_id
from parvis_kit.web.errors import as_problem
from parvis_kit.web.middleware import Exchange


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer for a problem, in the language of the request."""
    language = request.state.language
    body = problem.body(
        language, base=request.app.state.public_url, instance=request.url.path, trace_id=current_trace_id()
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return JSONResponse(body, problem.status_code, headers | dict(problem.headers or {}), MEDIA_TYPE)


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
    """An application that answers problems only, and shows no documentation and no debug page.

    ``public_url`` is the base of the addresses in problems and links, :func:`parvis_kit.web.operation.router` makes
    ``routers``, and ``catalogue`` says how the service's domain errors are answered. ``scopes`` are the service's OAuth
    scopes with their meaning in French, as its contract names them; ``state`` is what the routes need (``tokens`` where
    a route has the class token), set on ``app.state``.
    """
    # The framework's own would tell paths, query strings, addresses and messages of exceptions, and take its time.
    silent: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
    app = FastAPI(title=title, version=version, docs_url=None, redoc_url=None, openapi_url=None, telemetry=silent)
    for name, value in {"public_url": public_url, "scopes": scopes, **state}.items():
        setattr(app.state, name, value)

    async def answer(request: Request, error: Exception) -> Response:
        response = problem_response(request, as_problem(error, catalogue))
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = _allowed(routers, request.url.path)
        return response

    for router in routers:
        # Side by side, not included: an included router is matched for each call by way of a context of its own.
        app.router.routes.extend(router.routes)
    # Without the framework's own layers, which take a tenth of a short call's time: two catch the exceptions that
    # Exchange answers, one counts bodies as our operations do, one tells what is switched off.
    app.middleware_stack = Exchange(AsyncExitStackMiddleware(app.router), on_error=answer)
    return app


def _allowed(routers: Sequence[APIRouter], path: str) -> str:
    # The framework names the methods of the first route that has this path; RFC 9110 section 15.5.6 wants them all.
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted(methods))
