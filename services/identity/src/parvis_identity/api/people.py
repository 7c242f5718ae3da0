# SPDX-License-Identifier: EUPL-1.2
"""What a client learns of the person who allowed it (OpenID Connect Core sections 5.1, 5.3 and 5.4)."""

from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import parts_of
from parvis_identity.domain.scopes import EMAIL, PROFILE
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


class UserinfoView(BaseModel):
    """Claims about the person (OpenID Connect Core section 5.1); those of a scope not granted are absent."""

    sub: str = Field(description="Who this is for the clients of this sector; not the `sub` of the access token.")
    name: str | None = Field(default=None, description="Scope `profile`.")
    given_name: str | None = Field(default=None, description="Scope `profile`.")
    family_name: str | None = Field(default=None, description="Scope `profile`; the name used.")
    locale: str | None = Field(default=None, description="Scope `profile`.")
    email: str | None = Field(default=None, description="Scope `email`.")
    email_verified: bool | None = Field(default=None, description="Scope `email`.")


@routes.get(
    "/oauth2/userinfo",
    **token("openid"),
    operation_id="readUserinfo",
    response_model=UserinfoView,
    responses=problems(401, 403, 404),
)
async def read_userinfo(request: Request) -> Response:
    """Who signed in, as far as the scopes say (OpenID Connect Core section 5.3)."""
    caller, parts = principal_of(request), parts_of(request)
    account = await parts.read_person.account(caller)
    client = await parts.read_person.client(caller.client_id)
    identity = account.person.identity
    claims: dict[str, Any] = {"sub": parts.maker.pairwise(client.sector, account.person.id)}
    if PROFILE in caller.scopes:
        claims |= {
            "name": identity.display_name or None,
            "given_name": identity.given_names,
            "family_name": identity.used_family_name,
            "locale": account.person.language,
        }
    if EMAIL in caller.scopes and identity.email:
        # Neither provider verifies the addresses that it hands on; we do.
        claims |= {"email": identity.email, "email_verified": account.person.email_verified_at is not None}
    return JSONResponse({name: value for name, value in claims.items() if value is not None}, headers=_PRIVATE)


@routes.post(
    "/oauth2/userinfo",
    **token("openid"),
    operation_id="readUserinfoByPost",
    response_model=UserinfoView,
    responses=problems(401, 403, 404, 413),
)
async def read_userinfo_by_post(request: Request) -> Response:
    """The same: OpenID Connect Core section 5.3.1 wants both methods."""
    return await read_userinfo(request)
