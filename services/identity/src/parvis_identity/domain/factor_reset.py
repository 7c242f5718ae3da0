# SPDX-License-Identifier: EUPL-1.2
"""Taking the second factor from somebody who has lost it, and the codes on paper with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_identity.domain.pivot import Document


class ResetReason(StrEnum):
    """Why the person at the counter can show neither a code of the application nor one on paper."""

    LOST = "lost"
    STOLEN = "stolen"
    BROKEN = "broken"


class State(StrEnum):
    """Where a reset stands."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


class StoppedBy(StrEnum):
    """What called a reset off: an agent, the letter's link, the factor that was said to be lost, or an erasure."""

    AGENT = "agent"
    LETTER = "letter"
    FACTOR = "factor"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorReset:
    """A reset, which the worker carries out from ``due_at`` on; ``agent`` saw the document, and asked for it."""

    id: UUID
    person: UUID
    collectivity: str
    document: Document
    reason: ResetReason
    agent: UUID
    created_at: datetime
    due_at: datetime


class NoSecondFactorError(Exception):
    """The account asks for no second factor."""


class ResetWaitsError(Exception):
    """A reset of the same account waits already."""


class UnknownResetError(Exception):
    """No reset of this account waits, or no longer."""
