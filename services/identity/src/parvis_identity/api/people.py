# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person: for themselves, and for a client that they allowed."""

from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import parts_of
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.scopes import EMAIL, PROFILE
from parvis_identity.service.read_person import Account
from parvis_kit.web.etag import entity_tag, not_modified
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, principal_of, problems, router, token

routes = router(tags=["people"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


class BirthView(BaseModel):
    """Birth as the civil register has it; day or month may be unknown."""

    date: str | None = Field(description="`YYYY`, `YYYY-MM` or `YYYY-MM-DD`.")
    precision: Literal["year", "month", "day"] | None
    place: str | None = Field(description="INSEE code of the commune, for a birth in France.")
    country: str | None = Field(description="INSEE code of the country; 99100 is France.")


class MembershipView(BaseModel):
    """What an agent is in the collectivity of the client."""

    collectivity: str
    teams: list[str]
    roles: list[str]


class MeView(BaseModel):
    """The caller's own account."""

    id: UUID
    kind: Literal["citizen", "agent"]
    language: Literal["fr", "en"]
    given_names: str | None = Field(description="All civil first names, separated by spaces.")
    family_name: str | None = Field(description="Name at birth.")
    preferred_name: str | None = Field(description="Name used, where it is another one.")
    gender: str | None
    birth: BirthView
    email: str | None
    phone: str | None
    membership: MembershipView | None = Field(description="For agents.")
    created_at: AwareDatetime


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
    "/v1/me",
    **token("identity.profile.read", headers=[IF_NONE_MATCH]),
    operation_id="readMe",
    response_model=MeView,
    responses=problems(401, 403, 404) | NOT_MODIFIED,
)
async def read_me(request: Request) -> Response:
    """The caller's own account, as the identity provider vouched for it."""
    account = await parts_of(request).read_person.account(principal_of(request))
    tag = entity_tag(account.person.version, *_variant(account))
    headers = _PRIVATE | {"ETag": tag}
    if not_modified(request, tag):
        return Response(None, 304, headers)
    view = _me(account, principal_of(request).kind.value)
    return Response(view.model_dump_json(), 200, headers, "application/json")


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
        # Neither provider verifies the addresses that it hands on; we do, for accounts of our own.
        verified = await parts.read_person.verified_email(account.person)
        claims |= {"email": identity.email, "email_verified": verified}
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


def _variant(account: Account) -> tuple[str, ...]:
    membership = account.membership
    return (membership.collectivity, *membership.teams, *membership.roles) if membership else ()


def _me(account: Account, kind: str) -> MeView:
    person, identity = account.person, account.person.identity
    birth = {
        "date": identity.birth_date,
        "precision": precision_of(identity.birth_date) if identity.birth_date else None,
        "place": identity.birth_place,
        "country": identity.birth_country,
    }
    membership = None
    if account.membership:
        membership = {
            "collectivity": account.membership.collectivity,
            "teams": list(account.membership.teams),
            "roles": list(account.membership.roles),
        }
    return MeView.model_validate(
        {
            "id": person.id,
            "kind": kind,
            "language": person.language,
            "given_names": identity.given_names,
            "family_name": identity.family_name,
            "preferred_name": identity.preferred_name,
            "gender": identity.gender,
            "birth": birth,
            "email": identity.email,
            "phone": identity.phone,
            "membership": membership,
            "created_at": person.created_at,
        }
    )
