# SPDX-License-Identifier: EUPL-1.2
"""How organisations and their members are written in the API."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_identity.db.organisations import Belonging
from parvis_identity.domain.address import MAX_LENGTH, deliverable
from parvis_identity.domain.organisation import (
    Evidence,
    Member,
    MemberRole,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)

# A line of text: it stands in letters.
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]+$", max_length=200)]


def _deliverable(text: str) -> str:
    address = deliverable(text)
    if address is None:
        raise ValueError("no address that mail reaches")
    return address


class NewOrganisation(BaseModel):
    """An organisation, as who speaks for it declares it."""

    model_config = ConfigDict(extra="forbid")

    kind: OrganisationKind
    name: Line = Field(min_length=1, description="As it stands in the statutes or in the register.")
    siret: str | None = Field(default=None, pattern=r"^[0-9]{14}$", description="Of a company in any case.")
    rna: str | None = Field(
        default=None, pattern=r"^W[0-9A-Z]{9}$", description="Number in the national register of associations."
    )
    legal_form: str = Field(
        pattern=r"^[0-9]{4}$", description="Legal category of INSEE, level III: 9220 is a declared association."
    )


class VerificationBody(BaseModel):
    """What an agent saw; never its number."""

    model_config = ConfigDict(extra="forbid")

    evidence: Evidence


class InvitationBody(BaseModel):
    """Who is to be a member, and what they may do."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, AfterValidator(_deliverable)] = Field(
        min_length=3, max_length=MAX_LENGTH, description="Where the code goes; kept until it has gone."
    )
    role: MemberRole


class InvitationAcceptanceBody(BaseModel):
    """The code of the letter."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")


class OrganisationView(BaseModel):
    """An association or a company as the collectivity knows it."""

    id: UUID
    kind: OrganisationKind
    status: OrganisationStatus
    name: str
    siret: str | None
    rna: str | None
    legal_form: str
    evidence: Evidence | None = Field(description="The document that an agent saw.")
    created_at: AwareDatetime
    verified_at: AwareDatetime | None
    closed_at: AwareDatetime | None


class OwnOrganisationView(BaseModel):
    """An organisation that the caller is of."""

    organisation: OrganisationView
    member_id: UUID = Field(description="The caller's membership, by which they leave.")
    role: MemberRole


class OwnOrganisationListView(BaseModel):
    """The oldest membership first; at most a hundred."""

    items: list[OwnOrganisationView]


class MemberView(BaseModel):
    """A member, or an invitation that waits."""

    id: UUID
    person: UUID | None = Field(description="Who it is: opaque; null while the invitation waits.")
    role: MemberRole
    created_at: AwareDatetime
    offer_ends_at: AwareDatetime | None = Field(description="Until when an invitation could be accepted.")
    accepted_at: AwareDatetime | None


class MemberListView(BaseModel):
    """The oldest first; an organisation has at most two hundred."""

    items: list[MemberView]


def organisation_view(organisation: Organisation) -> OrganisationView:
    """For the API."""
    numbers = organisation.numbers
    return OrganisationView(
        id=organisation.id,
        kind=organisation.kind,
        status=organisation.status,
        name=organisation.name,
        siret=numbers.siret,
        rna=numbers.rna,
        legal_form=numbers.legal_form,
        evidence=organisation.evidence,
        created_at=organisation.created_at,
        verified_at=organisation.verified_at,
        closed_at=organisation.closed_at,
    )


def own_view(belonging: Belonging) -> OwnOrganisationView:
    """For who is of it."""
    return OwnOrganisationView(
        organisation=organisation_view(belonging.organisation), member_id=belonging.member, role=belonging.role
    )


def member_view(member: Member) -> MemberView:
    """For who may see the members."""
    return MemberView(
        id=member.id,
        person=member.person,
        role=member.role,
        created_at=member.created_at,
        offer_ends_at=member.offer_ends_at,
        accepted_at=member.accepted_at,
    )
