# SPDX-License-Identifier: EUPL-1.2
"""Clients that register and manage themselves: RFC 7591 and RFC 7592, with their own errors."""

import json
from typing import Annotated, Any, Final, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.documents import oauth_errors
from parvis_identity.api.protocol import NO_STORE, protocol_router
from parvis_identity.domain.client import Client
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.scopes import written
from parvis_identity.service.register_client import InvalidRegistrationTokenError, Registration
from parvis_kit.web.operation import problems, service

routes = protocol_router()
_PATH: Final = "/oauth2/register/{client_id}"
_LIMIT: Final = 32_768
_AUTHORIZATION: Final = {
    "in": "header",
    "name": "Authorization",
    "required": False,
    "description": "`Bearer`, with the token that an administrator gave for one registration, or that came with it.",
    "schema": {"type": "string", "maxLength": 255},
}
ClientId = Annotated[str, Path(max_length=64, description="Identifier of the client.")]


_Uri = Annotated[str, Field(max_length=1_000)]
_Uris = Annotated[list[_Uri], Field(max_length=20)]
_Words = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=10)]


class ClientMetadata(BaseModel):
    """Metadata of a client (RFC 7591 section 2); members that we do not know are ignored."""

    model_config = ConfigDict(extra="allow")

    client_name: str = Field(
        max_length=100, description="What people read before they consent; also `client_name#fr`, `client_name#en`."
    )
    redirect_uris: _Uris = Field(description="https, http on a loopback address, or a private-use scheme.")
    token_endpoint_auth_method: str = Field(
        default="client_secret_basic", max_length=100, description="`none` for who keeps no secret."
    )
    grant_types: _Words = ["authorization_code"]
    response_types: _Words = ["code"]
    scope: str | None = Field(
        default=None, max_length=2_000, description="Among those allowed; all of them where it is absent."
    )
    jwks: dict[str, Any] | None = Field(default=None, description="Public keys, with `private_key_jwt`.")
    post_logout_redirect_uris: _Uris = []
    backchannel_logout_uri: _Uri | None = None
    require_pushed_authorization_requests: bool = False
    dpop_bound_access_tokens: bool = False
    id_token_signed_response_alg: Literal["RS256", "ES256"] = "RS256"  # noqa: S105 - the name of an algorithm


class ClientInformation(ClientMetadata):
    """The client as it is registered (RFC 7591 section 3.2.1)."""

    client_id: str
    client_id_issued_at: int = Field(description="Seconds since 1970.")
    client_secret: str | None = Field(default=None, description="Shown this once.")
    client_secret_expires_at: int | None = Field(default=None, description="0: it does not.")
    registration_client_uri: str = Field(description="Where the client manages itself (RFC 7592).")
    registration_access_token: str | None = Field(default=None, description="With this; shown this once.")


def _body(model: type[BaseModel]) -> dict[str, Any]:
    content = {"application/json": {"schema": model.model_json_schema(ref_template="#/components/schemas/{model}")}}
    return {"required": True, "content": content}


def _options(*, body: bool) -> dict[str, Any]:
    options = service(headers=[_AUTHORIZATION], body_limit=_LIMIT if body else None, cors=False)
    if body:
        options["openapi_extra"]["requestBody"] = _body(ClientMetadata)
    return options


@routes.post(
    "/oauth2/register",
    **_options(body=True),
    operation_id="registerClient",
    status_code=201,
    response_model=ClientInformation,
    responses=problems(413) | oauth_errors(400, 401),
)
async def register_client(request: Request) -> Response:
    """Register a client, with a token that an administrator gave out for that."""
    try:
        token = _token(request)
        made = await parts_of(request).register_client.register(token, await _metadata(request), now())
    except InvalidRegistrationTokenError:
        return _unauthorized()
    return _answer(request, made, 201)


@routes.get(
    _PATH,
    **_options(body=False),
    operation_id="readRegistration",
    response_model=ClientInformation,
    responses=problems() | oauth_errors(401),
)
async def read_registration(client_id: ClientId, request: Request) -> Response:
    """The client that the token manages."""
    try:
        found = await parts_of(request).register_client.read(client_id, _token(request))
    except InvalidRegistrationTokenError:
        return _unauthorized()
    return _answer(request, found, 200)


@routes.put(
    _PATH,
    **_options(body=True),
    operation_id="changeRegistration",
    response_model=ClientInformation,
    responses=problems(413) | oauth_errors(400, 401),
)
async def change_registration(client_id: ClientId, request: Request) -> Response:
    """Describe the client anew, `client_id` included; it keeps its secret and gets no further scope."""
    try:
        token, body = _token(request), await _metadata(request)
        changed = await parts_of(request).register_client.change(client_id, token, body, now())
    except InvalidRegistrationTokenError:
        return _unauthorized()
    return _answer(request, changed, 200)


@routes.delete(
    _PATH,
    **_options(body=False),
    operation_id="removeRegistration",
    status_code=204,
    responses=problems() | oauth_errors(401),
)
async def remove_registration(client_id: ClientId, request: Request) -> Response:
    """End the client, with all that people allowed it."""
    try:
        await parts_of(request).register_client.remove(client_id, _token(request), now())
    except InvalidRegistrationTokenError:
        return _unauthorized()
    return Response(None, 204, NO_STORE)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise InvalidRegistrationTokenError
    return token.strip()


async def _metadata(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise OAuthError("invalid_client_metadata", "send the metadata as a JSON object") from error
    if not isinstance(body, dict):
        raise OAuthError("invalid_client_metadata", "send the metadata as a JSON object")
    return body


def _unauthorized() -> Response:
    body = {"error": "invalid_token", "error_description": "the token registers or manages nothing"}
    return JSONResponse(body, 401, NO_STORE | {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _answer(request: Request, registration: Registration, status: int) -> Response:
    client = registration.managed.client
    base = parts_of(request).settings.public_url
    members: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": int(registration.managed.created_at.timestamp()),
        "registration_client_uri": f"{base}/oauth2/register/{client.client_id}",
        "registration_access_token": registration.token,
        **_shown(client),
    }
    if registration.secret:
        members |= {"client_secret": registration.secret, "client_secret_expires_at": 0}
    return JSONResponse({name: value for name, value in members.items() if value is not None}, status, NO_STORE)


def _shown(client: Client) -> dict[str, Any]:
    method = "private_key_jwt" if client.jwks else "none" if client.is_public else "client_secret_basic"
    return {
        "client_name": client.name_fr,
        "client_name#fr": client.name_fr,
        "client_name#en": client.name_en,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "token_endpoint_auth_method": method,
        "grant_types": sorted(client.grant_types),
        "response_types": ["code"],
        "scope": written(client.scopes),
        "jwks": client.jwks,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "require_pushed_authorization_requests": client.pushes_requests,
        "dpop_bound_access_tokens": client.binds_tokens,
        "id_token_signed_response_alg": client.id_token_algorithm,
        "subject_type": "pairwise",
    }
