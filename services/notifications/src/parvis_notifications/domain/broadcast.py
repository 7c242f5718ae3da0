# SPDX-License-Identifier: EUPL-1.2
"""What goes to many at once: its lanes, its states, and what becomes of it with each recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.delivery import AttemptOutcome, Fault, Finality


class Lane(StrEnum):
    """News and alerts have senders and connections of their own: neither waits for the other, nor mails for either."""

    NEWS = "news"
    ALERT = "alert"


class BroadcastState(StrEnum):
    """Where it stands; ``ready`` waits for its audience to be frozen."""

    DRAFT = "draft"
    READY = "ready"
    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class PartState(StrEnum):
    """What became of it with one recipient, by one channel."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    GATHERED = "gathered"
    """It waits for a mail that tells of several, and becomes what that mail becomes."""
    SENT = "sent"
    """Whoever carries it has taken it; it may yet come back."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """It was taken, and told later that it does not arrive."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Reach(StrEnum):
    """How far an alert came to somebody, by all channels together."""

    REACHED = "reached"
    """A carrier has it and has not told that it does not arrive; or they answered, or opened it."""
    UNDER_WAY = "under-way"
    UNREACHED = "unreached"
    """Nothing went, none took it, it came back, or nobody knows: somebody must knock at their door."""


_FINAL: Final = {PartState.DELIVERED, PartState.BOUNCED, PartState.FAILED, PartState.SKIPPED}


def part_finality(state: PartState) -> Finality:
    """How far that can be relied on; what was taken may yet come back, and so is open."""
    if state is PartState.UNKNOWN:
        return Finality.UNKNOWN
    return Finality.FINAL if state in _FINAL else Finality.OPEN


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt of a recipient's turn ``number``, which counts from 1: with whom, and what they answered.

    ``fault`` says of a refusal whose trouble it is. With ``found`` nobody answered the attempt when it was made, and
    this is what its provider told later. Costs are in thousandths of a eurocent.
    """

    number: int
    provider: str | None
    outcome: AttemptOutcome
    reply: str
    began_at: datetime
    ended_at: datetime
    fault: Fault | None = None
    reference: str | None = None
    segments: int | None = None
    cost_millicents: int | None = None
    found: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of one recipient's turn; without a ``pause`` it is final.

    ``doubtful``: it went out and nobody said whether it was taken. Costs are in thousandths of a eurocent. ``tried``
    are the attempts of the turn, in their order: none where nobody was offered it.
    """

    recipient: int
    state: PartState
    reply: str
    pause: timedelta | None = None
    doubtful: bool = False
    provider: str | None = None
    reference: str | None = None
    segments: int | None = None
    cost_millicents: int | None = None
    tried: Sequence[Tried] = ()


LONGEST_HOURS: Final = {Lane.ALERT: 6, Lane.NEWS: 48}
"""For so long what is refused for now is tried again."""
EXERCISE: Final = {"fr": "EXERCICE – ", "en": "EXERCISE – "}
"""What each text of an exercise begins with: nobody is to run for it."""
