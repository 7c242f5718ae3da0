# SPDX-License-Identifier: EUPL-1.2
"""The erasure of an account that its person asks for (GDPR, article 17), after days in which it can be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_identity.domain.pivot import Document

FEWEST_BY_AGENT: Final = timedelta(days=3)
"""At the counter somebody can be taken for another: that person has so long at least to read the letter and stop it."""
AGAIN: Final = timedelta(days=1)
"""When an erasure that something stands in the way of is tried again."""
SETTLED: Final = timedelta(minutes=2)
"""After that long no process knows a key any more that is destroyed, nor writes with what it read before.

Processes keep a key for a minute (``parvis_kit.crypto.persons``), and no call takes longer than that.
"""
LAST_LETTER: Final = timedelta(days=3)
"""How long the mail relay may be away before the letter that says that it is done is given up."""


FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)


class State(StrEnum):
    """Where an erasure stands: ``emptied`` once all is gone but the keys."""

    WAITING = "waiting"
    EMPTIED = "emptied"
    DONE = "done"
    CANCELLED = "cancelled"


class StoppedBy(StrEnum):
    """Who took it back; ``erasure`` where the account went with another one's."""

    PERSON = "person"
    AGENT = "agent"
    LETTER = "letter"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure, which the worker carries out from ``due_at`` on.

    Asked for by the person, or by ``agent`` who saw the ``document`` and has the demand in writing; ``held_at`` is
    when something was first found to stand in its way, such as that nobody else administers the town; ``failures``
    counts the errors at what it waits for now.
    """

    id: UUID
    person: UUID
    collectivity: str
    document: Document | None
    agent: UUID | None
    created_at: datetime
    due_at: datetime
    held_at: datetime | None = None
    failures: int = 0


def pause_after(failures: int) -> timedelta:
    """How long an erasure waits that has failed that often, 1 or more: others are carried out meanwhile."""
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)


class ErasureWaitsError(Exception):
    """An erasure of the same account waits already."""


class StaffErasureError(Exception):
    """Whoever is an agent, of whatever town, is not erased on the word of another agent."""


class NobodyToTellError(Exception):
    """No letter about the erasure reaches anybody, so nobody could stop what an agent was talked into."""


class UnknownErasureError(Exception):
    """No erasure of this account waits, or no longer."""
