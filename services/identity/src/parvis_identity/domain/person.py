# SPDX-License-Identifier: EUPL-1.2
"""People: who they are as a provider vouches for it, and as their account keeps it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is known of a person: the pivot identity (French civil status) and contact points.

    ``given_names`` are all civil first names, separated by spaces; ``family_name`` the name at birth;
    ``preferred_name`` the name used. ``birth_date`` is YYYY, YYYY-MM or YYYY-MM-DD; ``birth_place`` an INSEE commune,
    ``birth_country`` an INSEE country (99100 is France).
    """

    given_names: str | None = None
    family_name: str | None = None
    preferred_name: str | None = None
    gender: str | None = None
    birth_date: str | None = None
    birth_place: str | None = None
    birth_country: str | None = None
    email: str | None = None
    phone: str | None = None

    def refreshed_by(self, newer: "Identity") -> "Identity":
        """This identity with what the provider says now; what it no longer says is kept."""
        return Identity(**{name: getattr(newer, name) or getattr(self, name) for name in Identity.__dataclass_fields__})

    @property
    def first_given_name(self) -> str | None:
        """The first of the civil first names: how a letter begins."""
        return self.given_names.split(" ")[0] if self.given_names else None

    @property
    def used_family_name(self) -> str | None:
        """The name that the person uses, else the one at birth."""
        return self.preferred_name or self.family_name

    @property
    def display_name(self) -> str:
        """First name and name used, for the person's own eyes."""
        return " ".join(part for part in (self.first_given_name, self.used_family_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account; one for a whole deployment. ``collectivity`` is where the person first signed in.

    ``email_verified_at`` is when the person showed that they read what is sent to their address, ``phone_verified_at``
    when the number was shown to be theirs: an agent heard it ring, or they typed a code that was sent there. ``own``
    names the members that the person chose, or took out.
    """

    id: UUID
    collectivity: str
    language: str
    version: int
    created_at: datetime
    identity: Identity
    email_verified_at: datetime | None = None
    phone_verified_at: datetime | None = None
    own: frozenset[str] = frozenset()

    def told_by(self, vouched: Identity) -> "Person":
        """The person with what a provider says of them now; what they chose themselves stays."""
        return self.known_as(self.identity.refreshed_by(replace(vouched, **dict.fromkeys(self.own, None))))

    def known_as(self, identity: Identity) -> "Person":
        """The person with that identity; a contact point that is another one now was not verified."""
        same_email, same_phone = identity.email == self.identity.email, identity.phone == self.identity.phone
        return replace(
            self,
            identity=identity,
            email_verified_at=self.email_verified_at if same_email else None,
            phone_verified_at=self.phone_verified_at if same_phone else None,
        )


def normal_email(email: str) -> str:
    """The form under which an address is looked up: trimmed, and case folded as no provider tells them apart."""
    return email.strip().casefold()
