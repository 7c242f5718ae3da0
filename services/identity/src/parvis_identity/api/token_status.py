# SPDX-License-Identifier: EUPL-1.2
"""Introspection (RFC 7662) and revocation (RFC 7009) of tokens."""

from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import form, now, parts_of
from parvis_identity.api.documents import form_field, oauth_errors, protocol_route
from parvis_identity.api.protocol import CLIENT_FIELDS, NO_STORE, authenticated, protocol_router
from parvis_kit.web.operation import problems

routes = protocol_router()


class ConfirmationView(BaseModel):
    """The key that the token is bound to (RFC 9449 section 6.2)."""

    jkt: str = Field(description="RFC 7638 thumbprint.")


class TokenStatusView(BaseModel):
    """What a token is worth (RFC 7662 section 2.2); without `active`, nothing else is said."""

    active: bool
    scope: str | None = Field(default=None, description="Scopes, separated by spaces.")
    client_id: str | None = Field(default=None, description="The client that it was handed to.")
    token_type: str | None = Field(default=None, description="Absent for a refresh token.")
    exp: int | None = Field(default=None, description="Until when, in seconds since 1970.")
    iat: int | None = Field(default=None, description="Since when, in seconds since 1970.")
    sub: str | None = Field(default=None, description="The person, or the system.")
    aud: list[str] | None = Field(default=None, description="The services that take it.")
    iss: str | None = None
    jti: str | None = None
    kind: str | None = Field(default=None, description="`citizen`, `agent` or `system`.")
    collectivity: str | None = None
    sid: str | None = Field(default=None, description="The session in which the person signed in.")
    acr: str | None = None
    auth_time: int | None = None
    teams: list[str] | None = None
    roles: list[str] | None = None
    cnf: ConfirmationView | None = None
    act: dict[str, Any] | None = Field(default=None, description="Who acts for the person (RFC 8693 section 4.1).")


@routes.post(
    "/oauth2/introspect",
    **protocol_route(
        {
            "token": form_field("An access token or a refresh token."),
            "token_type_hint": form_field("Not needed: both are looked for."),
        }
        | CLIENT_FIELDS,
        ("token",),
    ),
    operation_id="introspectToken",
    response_model=TokenStatusView,
    responses=problems(413) | oauth_errors(400, 401),
)
async def introspect_token(request: Request) -> Response:
    """What a token is worth at this moment (RFC 7662): a confidential client learns about its own."""
    parameters = await form(request)
    client = await authenticated(request, parameters)
    about = await parts_of(request).token_status.of(parameters.required("token"), client, now())
    return JSONResponse(TokenStatusView.model_validate(about).model_dump(exclude_none=True), headers=NO_STORE)


@routes.post(
    "/oauth2/revoke",
    **protocol_route(
        {
            "token": form_field("A refresh token, or an access token: its whole family ends."),
            "token_type_hint": form_field("Not needed: both are looked for."),
        }
        | CLIENT_FIELDS,
        ("token",),
    ),
    operation_id="revokeToken",
    response_class=Response,
    responses=problems(413) | oauth_errors(400, 401) | {200: {"description": "Revoked, or was not valid anyway"}},
)
async def revoke_token(request: Request) -> Response:
    """End what a token can renew (RFC 7009); an access token that is out lives on for its last minutes."""
    parameters = await form(request)
    client = await authenticated(request, parameters)
    await parts_of(request).token_status.revoke(client, parameters.required("token"), now())
    return Response(None, 200, NO_STORE)
