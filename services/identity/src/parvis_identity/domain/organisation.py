# SPDX-License-Identifier: EUPL-1.2
"""Associations and companies of a collectivity: the numbers that tell one from another, its status, its members."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_identity.domain.errors import OrganisationTransitionError, WrongOrganisationNumberError

INVITATION: Final = timedelta(days=14)
"""How long an invitation waits to be accepted."""

MOST_MEMBERS: Final = 200
"""How many members and open invitations an organisation has at most."""

_LA_POSTE: Final = "356000000"
_SIRET: Final = re.compile(r"[0-9]{14}")
_RNA: Final = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_ASSOCIATIONS: Final = "92"


class OrganisationKind(StrEnum):
    """The two sorts of organisations."""

    ASSOCIATION = "association"
    COMPANY = "company"


class OrganisationStatus(StrEnum):
    """Where an organisation stands: said to exist, seen by an agent to exist, or over."""

    DECLARED = "declared"
    VERIFIED = "verified"
    CLOSED = "closed"


class Evidence(StrEnum):
    """The document by which an agent saw that an organisation exists and whom it lets speak for it."""

    STATUTES = "statutes"
    RNA_RECEIPT = "rna-receipt"
    REGISTER_EXTRACT = "register-extract"
    MINUTES = "minutes"


class MemberRole(StrEnum):
    """What a member may do: a representative speaks for the organisation, invites and removes."""

    REPRESENTATIVE = "representative"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What tells an organisation from another: ``siret`` of an establishment, ``rna`` of an association.

    ``legal_form`` is the legal category of INSEE, level III: four digits, 92 first for associations.
    """

    siret: str | None
    rna: str | None
    legal_form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An association or a company as one collectivity knows it."""

    id: UUID
    collectivity: str
    kind: OrganisationKind
    status: OrganisationStatus
    numbers: Numbers
    name: str
    version: int
    created_at: datetime
    evidence: Evidence | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None

    def verified(self, evidence: Evidence, now: datetime) -> "Organisation":
        """Once an agent has seen the document; raises OrganisationTransitionError for any but a declared one."""
        if self.status is not OrganisationStatus.DECLARED:
            raise OrganisationTransitionError
        return replace(
            self, status=OrganisationStatus.VERIFIED, evidence=evidence, verified_at=now, version=self.version + 1
        )

    def closed(self, now: datetime) -> "Organisation":
        """Once it is over, for good; raises OrganisationTransitionError where it is already."""
        if self.status is OrganisationStatus.CLOSED:
            raise OrganisationTransitionError
        return replace(self, status=OrganisationStatus.CLOSED, closed_at=now, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of an organisation; ``person`` is None while an invitation waits."""

    id: UUID
    collectivity: str
    organisation: UUID
    person: UUID | None
    role: MemberRole
    created_at: datetime
    offer_ends_at: datetime | None
    accepted_at: datetime | None


def is_siret(text: str) -> bool:
    """True for 14 digits whose Luhn sum is a multiple of ten (ISO/IEC 7812-1 annex B, as INSEE uses it).

    Establishments of La Poste, whose SIREN is 356000000, may instead have digits that sum to a multiple of five.
    """
    if not _SIRET.fullmatch(text):
        return False
    if text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(text)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - digits of a number


def is_rna(text: str) -> bool:
    """True for W and nine more characters: digits, but for a letter of the prefecture in Corsica and overseas."""
    return _RNA.fullmatch(text) is not None


def check_numbers(kind: OrganisationKind, numbers: Numbers) -> None:
    """Raises WrongOrganisationNumberError, which names the member that is wrong.

    An association has one of the two numbers at least; a company has a SIRET and no RNA number; the legal form is one
    of associations for associations alone.
    """
    if numbers.siret is not None and not is_siret(numbers.siret):
        raise WrongOrganisationNumberError("siret")
    if numbers.rna is not None and (kind is OrganisationKind.COMPANY or not is_rna(numbers.rna)):
        raise WrongOrganisationNumberError("rna")
    if numbers.siret is None and numbers.rna is None:
        raise WrongOrganisationNumberError("siret")
    if numbers.legal_form.startswith(_ASSOCIATIONS) != (kind is OrganisationKind.ASSOCIATION):
        raise WrongOrganisationNumberError("legal_form")
