# SPDX-License-Identifier: EUPL-1.2
"""How somebody's own account is shown to them."""

from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from parvis_identity.domain.birth_date import precision_of
from parvis_identity.service.read_person import Account
from parvis_kit.web.etag import entity_tag

PRIVATE: Final = {"Cache-Control": "no-store"}


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
    certified_by: Literal["provider", "document"] | None = Field(
        description="Who vouches for names, gender and birth: FranceConnect or ProConnect, or an agent who saw a "
        "document; null where the person only declared them, and may correct them."
    )
    email: str | None
    email_verified: bool = Field(description="True once the person showed that they read what is sent there.")
    phone: str | None = Field(description="E.164, such as `+33612345678`.")
    phone_verified: bool = Field(
        description="True once an agent verified it in the person's presence: only then are text messages sent to it."
    )
    membership: MembershipView | None = Field(description="For agents.")
    created_at: AwareDatetime


def tag_of(account: Account) -> str:
    """Its entity tag: the version, and what else is shown."""
    membership, certifier = account.membership, account.certifier
    place = (membership.collectivity, *membership.teams, *membership.roles) if membership else ()
    return entity_tag(account.person.version, *([certifier.value] if certifier else []), *place)


def me_answer(account: Account, kind: str) -> Response:
    """The account, with its entity tag."""
    content = _me(account, kind).model_dump_json()
    return Response(content, 200, PRIVATE | {"ETag": tag_of(account)}, "application/json")


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
            "certified_by": account.certifier,
            "email": identity.email,
            "email_verified": person.email_verified_at is not None,
            "phone": identity.phone,
            "phone_verified": person.phone_verified_at is not None,
            "membership": membership,
            "created_at": person.created_at,
        }
    )
