# SPDX-License-Identifier: EUPL-1.2
"""What a client learns of the person who allowed it (OpenID Connect Core sections 5.1, 5.3 and 5.4)."""

from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import parts_of
from parvis_identity.domain.person import Person
from parvis_identity.domain.postal_address import PostalAddress
from parvis_identity.domain.scopes import ADDRESS, EMAIL, PHONE, PROFILE
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


class AddressClaim(BaseModel):
    """Where the person lives (OpenID Connect Core section 5.1.1), as they declare it."""

    formatted: str = Field(description="In two or three lines, as on an envelope.")
    street_address: str
    postal_code: str
    locality: str
    country: str = Field(description="ISO 3166-1, two letters.")


class UserinfoView(BaseModel):
    """Claims about the person (OpenID Connect Core section 5.1); those of a scope not granted are absent."""

    sub: str = Field(description="Who this is for the clients of this sector; not the `sub` of the access token.")
    name: str | None = Field(default=None, description="Scope `profile`.")
    given_name: str | None = Field(default=None, description="Scope `profile`.")
    family_name: str | None = Field(default=None, description="Scope `profile`; the name used.")
    locale: str | None = Field(default=None, description="Scope `profile`.")
    email: str | None = Field(default=None, description="Scope `email`.")
    email_verified: bool | None = Field(
        default=None, description="Scope `email`; true once the person showed that they read what is sent there."
    )
    phone_number: str | None = Field(default=None, description="Scope `phone`; E.164.")
    phone_number_verified: bool | None = Field(
        default=None, description="Scope `phone`; true once a code sent there was read, or an agent verified it."
    )
    address: AddressClaim | None = Field(default=None, description="Scope `address`.")


@routes.get(
    "/oauth2/userinfo",
    **token("openid"),
    operation_id="readUserinfo",
    response_model=UserinfoView,
    responses=problems(401, 403, 404),
)
async def read_userinfo(request: Request) -> Response:
    """Who signed in, as far as the scopes say (OpenID Connect Core sections 5.3 and 5.4)."""
    caller, parts = principal_of(request), parts_of(request)
    account = await parts.read_person.account(caller)
    client = await parts.read_person.client(caller.client_id)
    home = await parts.profiles.addresses.home(account.person.id) if ADDRESS in caller.scopes else None
    claims: dict[str, Any] = {"sub": parts.maker.pairwise(client.sector, account.person.id)}
    claims |= _claims(account.person, caller.scopes) | ({"address": _address(home)} if home else {})
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


def _claims(person: Person, scopes: frozenset[str]) -> dict[str, Any]:
    identity, claims = person.identity, dict[str, Any]()
    if PROFILE in scopes:
        claims |= {
            "name": identity.display_name or None,
            "given_name": identity.given_names,
            "family_name": identity.used_family_name,
            "locale": person.language,
        }
    if EMAIL in scopes and identity.email:
        # Neither provider verifies the addresses that it hands on; we do.
        claims |= {"email": identity.email, "email_verified": person.email_verified_at is not None}
    if PHONE in scopes and identity.phone:
        claims |= {"phone_number": identity.phone, "phone_number_verified": person.phone_verified_at is not None}
    return claims


def _address(home: PostalAddress) -> dict[str, str]:
    return {
        "formatted": f"{home.street_lines}\n{home.postcode} {home.city}",
        "street_address": home.street_lines,
        "postal_code": home.postcode,
        "locality": home.city,
        "country": "FR",
    }
