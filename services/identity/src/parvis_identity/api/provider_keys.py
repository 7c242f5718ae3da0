# SPDX-License-Identifier: EUPL-1.2
"""Our public keys at a provider of identities: what it verifies our calls with, and encrypts its answers to."""

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import parts_of
from parvis_identity.settings import Profile
from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.operation import problems, public, router

routes = router(tags=["discovery"])
_CACHED = {"Cache-Control": "public, max-age=300"}


class OwnKeyView(BaseModel):
    """A public key (RFC 7517), of type EC or RSA."""

    kty: str
    use: str = Field(description="`sig`: we sign with it; `enc`: encrypt to it.")
    kid: str = Field(description="Thumbprint of the key (RFC 7638).")
    alg: str | None = None
    crv: str | None = None
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None


class OwnKeySetView(BaseModel):
    """Our keys at one provider."""

    keys: list[OwnKeyView] = Field(min_length=1)


@routes.get(
    "/login/{provider}/keys.json",
    **public(),
    operation_id="readOwnKeys",
    response_model=OwnKeySetView,
    response_model_exclude_none=True,
    responses=problems(404, 422),
)
async def read_own_keys(provider: Profile, request: Request) -> Response:
    """Our keys, for the provider; 404 where we have none there."""
    keys = parts_of(request).sign_in.own_keys(provider)
    if not keys["keys"]:
        raise NOT_FOUND.problem("Nous n'avons pas de clé chez ce fournisseur.", "We have no key at this provider.")
    return JSONResponse(keys, headers=_CACHED)
