# SPDX-License-Identifier: EUPL-1.2
"""What the endpoints for clients have in common: their errors, and how a client proves who it is."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_plus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.documents import form_field
from parvis_identity.domain import assertion
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.client import Client
from parvis_identity.domain.errors import InvalidClientError, OAuthError
from parvis_identity.service.authenticate_client import Credentials
from parvis_identity.service.client_keys import claimed_subject
from parvis_kit.web.operation import Operation

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
AUTH_METHODS: Final = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")
CLIENT_FIELDS: Final = {
    "client_id": form_field("Client identifier, unless given by Basic or by an assertion."),
    "client_secret": form_field("Secret of a confidential client, unless given by Basic."),
    "client_assertion_type": form_field("With an assertion.", enum=[assertion.TYPE]),
    "client_assertion": form_field(
        "JWT signed by the client (RFC 7523), ES256 or PS256: `iss` and `sub` its identifier, `aud` our issuer, "
        "`exp` within five minutes, and a `jti`: each works once."
    ),
}
_MAX_SECRET: Final = 512


DPOP: Final = {
    "in": "header",
    "name": "DPoP",
    "required": False,
    "description": "Proof that the client holds a key, to which its tokens are bound then (RFC 9449), ES256.",
    "schema": {"type": "string", "maxLength": 4096},
}


class ProtocolOperation(Operation):
    """A route whose errors are those of RFC 6749 section 5.2."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the route, with its own errors."""
        answer = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                response = await answer(request)
            except OAuthError as error:
                response = _refused(error)
            if "dpop" in request.headers:
                response.headers["DPoP-Nonce"] = parts_of(request).check_proof.nonce(now())
            return response

        return told


def protocol_router() -> APIRouter:
    """A router whose routes answer clients of the protocol."""
    return APIRouter(route_class=ProtocolOperation, tags=["tokens"])


async def authenticated(request: Request, parameters: Parameters) -> Client:
    """The client that sent the form; raises OAuthError unless it proves who it is."""
    if parameters.repeated:
        raise OAuthError("invalid_request", "a parameter is repeated")
    return await parts_of(request).authenticate_client.client(_credentials(request, parameters), now())


async def proven_key(request: Request) -> str | None:
    """The thumbprint of the key that the client proves to hold, where it sends a proof."""
    return await parts_of(request).check_proof.key(request.headers.getlist("dpop"), request.url.path, now())


def _credentials(request: Request, parameters: Parameters) -> Credentials:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    client_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    signed = parameters.get("client_assertion")
    if parameters.get("client_assertion_type") not in ({assertion.TYPE} if signed else {assertion.TYPE, None}):
        raise OAuthError("invalid_request", f"client_assertion_type is {assertion.TYPE}, with an assertion")
    if sum(map(bool, (scheme, secret, signed))) > 1 or (scheme and scheme.lower() != "basic"):
        raise OAuthError("invalid_request", "authenticate by Basic, in the form or by an assertion, one of them")
    named = Credentials(client_id=client_id or "", secret=secret)
    if scheme:
        named = _basic(encoded)
    elif signed:
        named = Credentials(client_id=claimed_subject(signed) or "", assertion=signed)
    if client_id not in {None, named.client_id}:
        raise OAuthError("invalid_request", "two different clients are named")
    if not named.client_id or not named.client_id.isprintable() or len(named.secret or "") > _MAX_SECRET:
        raise InvalidClientError
    return named


def _basic(encoded: str) -> Credentials:
    # Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1).
    try:
        name, colon, secret = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
    except ValueError as error:
        raise InvalidClientError from error
    if not colon or len(secret) > _MAX_SECRET:
        raise InvalidClientError
    return Credentials(client_id=unquote_plus(name), secret=unquote_plus(secret) or None)


def _refused(error: OAuthError) -> Response:
    body = {"error": error.code, "error_description": error.description}
    if isinstance(error, InvalidClientError):
        return JSONResponse(body, 401, NO_STORE | {"WWW-Authenticate": 'Basic realm="parvis"'})
    return JSONResponse(body, 400, NO_STORE)
