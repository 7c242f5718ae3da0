# SPDX-License-Identifier: EUPL-1.2
"""The token and revocation endpoints (RFC 6749, RFC 7009); served on the internal port too, for our own services."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_plus

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import form, now, parts_of
from parvis_identity.api.documents import form_field, oauth_errors, protocol_route
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.errors import InvalidClientError, OAuthError
from parvis_identity.service.tokens import Credentials
from parvis_kit.web.operation import Operation, problems

_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_MAX_SECRET: Final = 512
_CLIENT: Final = {
    "client_id": form_field("Client identifier, unless given by Basic."),
    "client_secret": form_field("Secret of a confidential client, unless given by Basic."),
}
_EXCHANGE: Final = {
    "grant_type": form_field("What is traded.", enum=["authorization_code", "refresh_token", "client_credentials"]),
    "code": form_field("Authorization code."),
    "redirect_uri": form_field("The one of the authorization request."),
    "code_verifier": form_field("PKCE verifier (RFC 7636)."),
    "refresh_token": form_field("Refresh token; each works once."),
    "scope": form_field("Fewer scopes than granted; for client_credentials, those wanted (all unless said)."),
}


class ProtocolOperation(Operation):
    """A route whose errors are those of RFC 6749 section 5.2."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the route, with its own errors."""
        answer = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await answer(request)
            except OAuthError as error:
                return _refused(error)

        return told


routes = APIRouter(route_class=ProtocolOperation, tags=["tokens"])


class TokenView(BaseModel):
    """Tokens (RFC 6749 section 5.1); a member that does not apply is absent."""

    access_token: str = Field(description="RFC 9068 JWT, ES256; send it as `Authorization: Bearer`.")
    token_type: str = Field(default="Bearer", pattern="^Bearer$")
    expires_in: int = Field(description="Seconds that the access token lives.")
    scope: str = Field(description="Scopes of the access token, separated by spaces.")
    refresh_token: str | None = Field(default=None, description="Works once, and only for this client.")
    id_token: str | None = Field(default=None, description="Who signed in, with the scope `openid`.")


@routes.post(
    "/oauth2/token",
    **protocol_route(_EXCHANGE | _CLIENT, ("grant_type",)),
    operation_id="issueTokens",
    response_model=TokenView,
    responses=problems(413) | oauth_errors(400, 401),
)
async def issue_tokens(request: Request) -> Response:
    """Trade a code, a refresh token, or the client's own credentials for tokens."""
    endpoint, parameters = parts_of(request).token_endpoint, await form(request)
    client = await endpoint.authenticated(_credentials(request, parameters))
    tokens = await endpoint.tokens(client, parameters, now())
    view = TokenView(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        scope=tokens.scope,
        refresh_token=tokens.refresh_token,
        id_token=tokens.id_token,
    )
    return JSONResponse(view.model_dump(exclude_none=True), headers=_NO_STORE)


@routes.post(
    "/oauth2/revoke",
    **protocol_route(
        {
            "token": form_field("A refresh token, or an access token: its whole family ends."),
            "token_type_hint": form_field("Not needed: both are looked for."),
        }
        | _CLIENT,
        ("token",),
    ),
    operation_id="revokeToken",
    response_class=Response,
    responses=problems(413) | oauth_errors(400, 401) | {200: {"description": "Revoked, or was not valid anyway"}},
)
async def revoke_token(request: Request) -> Response:
    """End what a token can renew (RFC 7009); an access token that is out lives on for its last minutes."""
    parts, parameters = parts_of(request), await form(request)
    client = await parts.token_endpoint.authenticated(_credentials(request, parameters))
    token = parameters.required("token")
    named = await parts.reader.access_token(token)
    session = named.session if named and named.client_id == client.client_id else None
    await parts.token_endpoint.revoke(client, token, session, now())
    return Response(None, 200, _NO_STORE)


def _credentials(request: Request, parameters: Parameters) -> Credentials:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    client_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    if scheme:
        if scheme.lower() != "basic" or secret is not None:
            raise OAuthError("invalid_request", "authenticate by Basic or in the form, not by both")
        by_basic = _basic(encoded)
        if client_id not in {None, by_basic.client_id}:
            raise OAuthError("invalid_request", "two different clients are named")
        return by_basic
    if client_id is None or not client_id.isprintable() or len(secret or "") > _MAX_SECRET:
        raise InvalidClientError
    return Credentials(client_id=client_id, secret=secret or None)


def _basic(encoded: str) -> Credentials:
    # Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1).
    try:
        name, colon, secret = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
    except ValueError as error:
        raise InvalidClientError from error
    client_id = unquote_plus(name)
    if not colon or not client_id.isprintable() or len(secret) > _MAX_SECRET:
        raise InvalidClientError
    return Credentials(client_id=client_id, secret=unquote_plus(secret) or None)


def _refused(error: OAuthError) -> Response:
    body = {"error": error.code, "error_description": error.description}
    if isinstance(error, InvalidClientError):
        return JSONResponse(body, 401, _NO_STORE | {"WWW-Authenticate": 'Basic realm="parvis"'})
    return JSONResponse(body, 400, _NO_STORE)
