# SPDX-License-Identifier: EUPL-1.2
"""The endpoint for pushed authorization requests (RFC 9126)."""

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.authorize import FIELDS
from parvis_identity.api.context import form, now, parts_of
from parvis_identity.api.documents import oauth_errors, protocol_route
from parvis_identity.api.protocol import CLIENT_FIELDS, DPOP, NO_STORE, authenticated, protocol_router, proven_key
from parvis_identity.service.push_request import LIFE
from parvis_kit.web.operation import problems

routes = protocol_router()


class PushedView(BaseModel):
    """Where the request waits (RFC 9126 section 2.2)."""

    request_uri: str = Field(description="For the authorization endpoint, with `client_id` and nothing else; once.")
    expires_in: int = Field(description="Seconds that it waits.")


@routes.post(
    "/oauth2/par",
    **protocol_route(
        FIELDS | CLIENT_FIELDS,
        ("redirect_uri", "response_type", "scope", "code_challenge", "code_challenge_method"),
        headers=[DPOP],
    ),
    operation_id="pushRequest",
    status_code=201,
    response_model=PushedView,
    responses=problems(413) | oauth_errors(400, 401),
)
async def push_request(request: Request) -> Response:
    """Push an authorization request: no browser sees or changes it, and the client has proved who it is."""
    parameters = await form(request)
    client = await authenticated(request, parameters)
    key = await proven_key(request)
    request_uri = await parts_of(request).push_request.push(client, parameters, key, now())
    view = PushedView(request_uri=request_uri, expires_in=int(LIFE.total_seconds()))
    return JSONResponse(view.model_dump(), 201, NO_STORE)
