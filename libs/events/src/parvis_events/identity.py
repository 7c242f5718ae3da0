# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What identity tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMerged:
    """Two accounts were found to be one person's.

    What is known under the one belongs to the other.

    Attributes:
        person: The account that is no more.
        into: The account that took its place.
        collectivity: Whose agent joined them.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.account-merged.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    into: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """A system has read what is known of a person.

    Attributes:
        access_id: The access itself.
        person: Whose data were read.
        client: OAuth client that read them.
        category: What was read: `contact` is e-mail address, first name and language; `account` is who the
            person is, seen by an agent.
        collectivity: On whose behalf.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.identity.access.v1"

    access_id: UUID
    person: UUID
    client: str
    category: Literal["contact", "account"]
    collectivity: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWithdrawn:
    """A signing key is trusted no more, for somebody else may have it.

    Whatever it signs is refused from now on.

    Attributes:
        kid: The `kid` of the tokens that are refused: the key's RFC 7638 thumbprint.
        collectivity: Always `*`: keys serve the whole deployment.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.key-withdrawn.v1"
    TOPIC: ClassVar[str] = "parvis.identity.session.v1"

    kid: str
    collectivity: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """What is known of a person is something else now; whoever keeps a copy asks for it again.

    Attributes:
        person: The person's internal id.
        changed: What has changed, never to which value.
        collectivity: Where the person has registered.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.person-changed.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    changed: tuple[Literal["civil_status", "email", "language", "phone", "preferred_name"], ...]
    collectivity: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """A person has signed in for the first time.

    Attributes:
        person: Internal id of the person, the `sub` of their access tokens.
        collectivity: Where they first signed in; an account serves the whole deployment.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.person-registered.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    kind: Literal["citizen", "agent"]
    collectivity: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked:
    """A session, a consent, or what lets somebody act for another, was ended before its time.

    Tokens of it are refused from now on, though they have not run out.

    Attributes:
        session: The `sid` of the tokens that are refused, their `grant_id`, or one of what they rest on
            (`rests_on`): a mandate, an assisted session, an organisation, a membership.
        collectivity: Where the person first signed in, as a session serves the whole deployment; or whose
            the application or the mandate was.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.session-revoked.v1"
    TOPIC: ClassVar[str] = "parvis.identity.session.v1"

    session: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
