# SPDX-License-Identifier: EUPL-1.2
"""What clients and services read first: this server's description and its public keys."""

from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import parts_of
from parvis_identity.api.protocol import AUTH_METHODS
from parvis_identity.domain.client import GrantType
from parvis_identity.domain.scopes import CATALOGUE
from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.service.client_keys import ALGORITHMS
from parvis_kit.problems import NOT_FOUND
from parvis_kit.security.assurance import LADDERS
from parvis_kit.security.dpop import ALGORITHM as PROOF_ALGORITHM
from parvis_kit.web.operation import problems, public, router

routes = router(tags=["discovery"])
keys = router(tags=["discovery"])
_CACHED: Final = {"Cache-Control": "public, max-age=300"}
_STATIC: Final[dict[str, Any]] = {
    "scopes_supported": list(CATALOGUE),
    "response_types_supported": ["code"],
    "response_modes_supported": ["query"],
    "grant_types_supported": [grant.value for grant in GrantType],
    "subject_types_supported": ["pairwise"],
    "id_token_signing_alg_values_supported": [algorithm.value for algorithm in SigningAlgorithm],
    "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
    "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
    "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
    "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
    "introspection_endpoint_auth_methods_supported": [method for method in AUTH_METHODS if method != "none"],
    "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
    "code_challenge_methods_supported": ["S256"],
    "dpop_signing_alg_values_supported": [PROOF_ALGORITHM],
    "require_pushed_authorization_requests": False,
    "prompt_values_supported": ["none", "login", "consent", "select_account"],
    "acr_values_supported": [level for ladder in LADDERS for level in ladder],
    "ui_locales_supported": ["fr", "en"],
    "claims_supported": [
        "sub", "name", "given_name", "family_name", "locale", "email", "email_verified", "phone_number",
        "phone_number_verified", "address", "auth_time", "acr", "amr", "sid",
    ],
    "authorization_response_iss_parameter_supported": True,
    "backchannel_logout_supported": True,
    "backchannel_logout_session_supported": True,
    "claims_parameter_supported": False,
    "request_parameter_supported": False,
    "request_uri_parameter_supported": False,
}  # fmt: skip


class ServerView(BaseModel):
    """Metadata of this server (RFC 8414, OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    pushed_authorization_request_endpoint: str
    device_authorization_endpoint: str
    registration_endpoint: str
    end_session_endpoint: str
    jwks_uri: str
    service_documentation: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_signing_alg_values_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_signing_alg_values_supported: list[str]
    code_challenge_methods_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    prompt_values_supported: list[str]
    acr_values_supported: list[str]
    ui_locales_supported: list[str]
    claims_supported: list[str]
    require_pushed_authorization_requests: bool
    authorization_response_iss_parameter_supported: bool
    backchannel_logout_supported: bool
    backchannel_logout_session_supported: bool
    claims_parameter_supported: bool
    request_parameter_supported: bool
    request_uri_parameter_supported: bool


class KeyView(BaseModel):
    """A public key (RFC 7517), of type EC or RSA."""

    kty: str
    kid: str
    use: str
    alg: str
    crv: str | None = None
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None


class KeySetView(BaseModel):
    """The public keys of each algorithm: the one that signs, the next one, and those that signed a short while ago."""

    keys: list[KeyView] = Field(min_length=1)


@routes.get(
    "/.well-known/openid-configuration",
    **public(),
    operation_id="readOpenidConfiguration",
    response_model=ServerView,
    responses=problems(),
)
async def read_openid_configuration(request: Request) -> Response:
    """This server, as OpenID Connect Discovery describes it."""
    return _description(request)


@routes.get(
    "/.well-known/oauth-authorization-server",
    **public(),
    operation_id="readServerMetadata",
    response_model=ServerView,
    responses=problems(),
)
async def read_server_metadata(request: Request) -> Response:
    """The same document where RFC 8414 looks for it."""
    return _description(request)


class ResourceView(BaseModel):
    """Metadata of what our tokens open (RFC 9728 section 2)."""

    resource: str
    resource_name: str
    authorization_servers: list[str]
    scopes_supported: list[str]
    bearer_methods_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    dpop_bound_access_tokens_required: bool
    resource_documentation: str


@routes.get(
    "/.well-known/oauth-protected-resource",
    **public(),
    operation_id="readResourceMetadata",
    response_model=ResourceView,
    responses=problems(),
)
async def read_resource_metadata(request: Request) -> Response:
    """All APIs of this deployment as one resource (RFC 9728): which server gives tokens for them, and how they come."""
    return _resource(request, "", "Parvis", list(CATALOGUE), "/developers")


@routes.get(
    "/.well-known/oauth-protected-resource/{service}",
    **public(),
    operation_id="readServiceMetadata",
    response_model=ResourceView,
    responses=problems(404),
)
async def read_service_metadata(service: str, request: Request) -> Response:
    """The API of one service as a resource of its own."""
    scopes = [scope.name for scope in CATALOGUE.values() if scope.service == service]
    if not scopes:
        raise NOT_FOUND.problem()
    return _resource(request, f"/{service}", f"Parvis {service}", scopes, f"/developers/apis/{service}")


@keys.get(
    "/.well-known/jwks.json",
    **public(),
    operation_id="readKeys",
    response_model=KeySetView,
    responses=problems(),
)
async def read_keys(request: Request) -> Response:
    """The keys that verify our tokens; keep them for five minutes, read them again for an unknown `kid`."""
    published = await parts_of(request).ring.published()
    members = KeyView.model_fields
    shown = [
        {name: value for name, value in key.as_dict(private=False).items() if name in members} for key in published.keys
    ]
    return JSONResponse({"keys": shown}, headers=_CACHED)


def _resource(request: Request, path: str, name: str, scopes: list[str], documentation: str) -> Response:
    settings = parts_of(request).settings
    return JSONResponse(
        {
            "resource": f"{settings.public_url}{path}",
            "resource_name": name,
            "authorization_servers": [settings.issuer_url],
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": [PROOF_ALGORITHM],
            "dpop_bound_access_tokens_required": False,
            "resource_documentation": f"{settings.public_url}{documentation}",
        },
        headers=_CACHED,
    )


def _description(request: Request) -> Response:
    settings = parts_of(request).settings
    base = settings.public_url
    addresses = {
        "issuer": settings.issuer_url,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "userinfo_endpoint": f"{base}/oauth2/userinfo",
        "revocation_endpoint": f"{base}/oauth2/revoke",
        "introspection_endpoint": f"{base}/oauth2/introspect",
        "pushed_authorization_request_endpoint": f"{base}/oauth2/par",
        "device_authorization_endpoint": f"{base}/oauth2/device_authorization",
        "registration_endpoint": f"{base}/oauth2/register",
        "end_session_endpoint": f"{base}/logout",
        "jwks_uri": f"{settings.issuer_url}/.well-known/jwks.json",
        "service_documentation": f"{base}/developers",
    }
    return JSONResponse(addresses | _STATIC, headers=_CACHED)
