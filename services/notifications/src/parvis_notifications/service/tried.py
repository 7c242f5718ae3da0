# SPDX-License-Identifier: EUPL-1.2
"""The attempts of one recipient's turn, as they are made."""

from datetime import UTC, datetime

from parvis_notifications.db.broadcast_deliveries import ClaimedPart
from parvis_notifications.domain.broadcast import Tried
from parvis_notifications.domain.delivery import AttemptOutcome, Fault


class Attempts:
    """Those of a turn that begins now; each ends when its answer is there, and the next begins then."""

    def __init__(self, part: ClaimedPart) -> None:
        self._number = part.attempts + 1
        self._began_at = datetime.now(UTC)
        self.made: list[Tried] = []

    def begin(self) -> None:
        """What comes next goes out now."""
        self._began_at = datetime.now(UTC)

    def accepted(
        self,
        provider: str,
        reply: str,
        *,
        reference: str | None = None,
        segments: int | None = None,
        cost_millicents: int | None = None,
    ) -> None:
        """It was taken, by that name and at that cost."""
        began, ended = self._began_at, datetime.now(UTC)
        taken = (None, reference, segments, cost_millicents)
        self.made.append(Tried(self._number, provider, AttemptOutcome.ACCEPTED, reply, began, ended, *taken))

    def deferred(self, provider: str, reply: str, fault: Fault) -> None:
        """It was refused for now."""
        self._end(provider, AttemptOutcome.DEFERRED, reply, fault)

    def refused(self, provider: str, reply: str, fault: Fault) -> None:
        """It was refused for good."""
        self._end(provider, AttemptOutcome.REFUSED, reply, fault)

    def unanswered(self, provider: str, reply: str) -> None:
        """It went out, and no answer came."""
        self._end(provider, AttemptOutcome.UNANSWERED, reply, None)

    def _end(self, provider: str, outcome: AttemptOutcome, reply: str, fault: Fault | None) -> None:
        self.made.append(Tried(self._number, provider, outcome, reply, self._began_at, datetime.now(UTC), fault))
