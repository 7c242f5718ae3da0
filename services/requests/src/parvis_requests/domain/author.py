# SPDX-License-Identifier: EUPL-1.2
"""Whoever a request or an appointment is of, as agents learn it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.request import OnBehalf

MAX_NAMES: Final = 50
"""The names of how many people are asked for at once."""


class Known(StrEnum):
    """Where it is known who somebody is: by their account, by the contact that they left, or nowhere any more."""

    ACCOUNT = "account"
    CONTACT = "contact"
    NOWHERE = "nowhere"


class PeopleDownError(RequestError):
    """The service that knows who people are does not answer; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("people")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What somebody is called: the first of their civil first names, the last name that they use."""

    given_name: str | None
    family_name: str | None

    @property
    def whole(self) -> str | None:
        """Both in one; None where neither is known."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached(Named):
    """Somebody with where they are reached, and whether they showed that it is theirs."""

    language: str
    email: str | None
    email_verified: bool
    phone: str | None
    phone_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars(Reached):
    """What an account says of its holder.

    ``certifier`` is who vouches for the civil status, None where it is only declared; ``postal_address`` the lines of
    an envelope; ``parent`` who declared the account, for a child that is reached through them.
    """

    person: UUID
    certifier: Literal["provider", "document"] | None
    postal_address: tuple[str, ...] | None
    parent: Reached | None


@dataclass(frozen=True, slots=True)
class Author:
    """Whoever something is of; ``by`` is who did it for them, and ``mandatary`` that person where it was no agent."""

    known: Known
    particulars: Particulars | None = None
    by: OnBehalf | None = None
    mandatary: Particulars | None = None
