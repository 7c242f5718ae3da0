# SPDX-License-Identifier: EUPL-1.2
"""Acting for somebody else: on what ground, with which scopes, and for how long.

Three grounds: an agent assists a person who is at the counter or on the phone; a citizen gave a mandate to another; a
parent acts for a child of the household. A vote is one's own: no ground reaches the scopes of participation.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

DELEGABLE: Final = frozenset(
    {
        "requests.requests.read",
        "requests.requests.write",
        "requests.attachments.write",
        "requests.appointments.read",
        "requests.appointments.write",
    }
)
"""The scopes that a token on behalf can carry at all."""

ASSISTED: Final = timedelta(minutes=30)
"""How long an agent assists somebody before they begin anew."""

OFFER: Final = timedelta(days=14)
"""How long a mandate waits to be accepted."""

LONGEST_MANDATE: Final = timedelta(days=5 * 365)
_MAJORITY: Final = 18
_TYPE: Final = "urn:parvis:token-type:"


class Ground(StrEnum):
    """On what ground somebody acts for another."""

    ASSISTED = "assisted"
    MANDATE = "mandate"
    PARENT = "parent"


SUBJECT_TYPES: Final = {
    f"{_TYPE}assisted-session": Ground.ASSISTED,
    f"{_TYPE}mandate": Ground.MANDATE,
    f"{_TYPE}child": Ground.PARENT,
}
"""What ``subject_token`` is in a token exchange (RFC 8693 section 3), by its type: the id of the ground."""


class Channel(StrEnum):
    """Where the person is whom an agent assists."""

    COUNTER = "counter"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """That ``actor`` may act for ``person`` in one collectivity, until ``ends_at``, with these scopes at most.

    It ends at once with whatever it ``rests_on``; ``organisation`` is the one through which the actor does so.
    """

    ground: Ground
    id: UUID
    collectivity: str
    person: UUID
    actor: UUID
    scopes: frozenset[str]
    ends_at: datetime
    rests_on: tuple[UUID, ...] = ()
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """A person whom an agent assists for a short while; why is kept for the person's own eyes."""

    id: UUID
    collectivity: str
    person: UUID
    agent: UUID
    channel: Channel
    reason: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What a person lets another do for them; ``mandatary`` is None until somebody accepts it.

    A mandate to an ``organisation`` has no mandatary: whoever represents it acts, as long as they do.
    """

    id: UUID
    collectivity: str
    mandator: UUID
    mandatary: UUID | None
    scopes: frozenset[str]
    created_at: datetime
    offer_ends_at: datetime
    ends_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    organisation: UUID | None = None
    organisation_name: str | None = None

    def status(self, now: datetime) -> str:
        """``offered``, ``accepted``, ``ended`` by one of the two, or ``expired``."""
        if self.ended_at:
            return "ended"
        if now >= (self.ends_at if self.accepted_at else min(self.ends_at, self.offer_ends_at)):
            return "expired"
        return "accepted" if self.accepted_at else "offered"


def delegable(scopes: Collection[str]) -> bool:
    """True for scopes that can be given to another, one at least."""
    return bool(scopes) and DELEGABLE.issuperset(scopes)


def of_age_at(birth_date: str, clock: ZoneInfo) -> datetime:
    """The instant from which nobody acts as a parent for who was born on that day, written YYYY-MM-DD.

    Who has reached eighteen is a minor no more (articles 388 and 414 of the Code civil): the birthday begins by the
    clocks of the town, and not with the day of UTC.
    """
    born = date.fromisoformat(birth_date)
    try:
        birthday = born.replace(year=born.year + _MAJORITY)
    except ValueError:  # born on a 29 February
        birthday = date(born.year + _MAJORITY, 3, 1)
    return datetime.combine(birthday, time(), clock).astimezone(UTC)
