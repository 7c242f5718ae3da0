# SPDX-License-Identifier: EUPL-1.2
"""Statuses of one account, for as long as this process lives; the oldest go when there are too many."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

_MOST: Final = 1_000
# https://docs.joinmastodon.org/methods/statuses/#create
_KEYS_KEPT: Final = timedelta(hours=1)
_FIRST_ID: Final = 114_000_000_000_000_000


class Fault(StrEnum):
    """What goes wrong with the next status."""

    THROTTLED = "throttled"
    """Too many calls: later."""
    AWAY = "away"
    """The server is not available."""
    TOKEN = "token"  # noqa: S105 - the name of a fault
    """The account's token does not hold any more."""
    REFUSED = "refused"
    """The server does not take the text."""
    UNANSWERED = "unanswered"
    """Published, and the connection breaks before the answer."""
    LOST = "lost"
    """Not published, and the connection breaks."""


@dataclass(frozen=True, slots=True)
class Status:
    """One of them; its id is a number that grows, as text."""

    id: str
    text: str
    language: str | None
    reply_to: str | None
    at: datetime


@dataclass(slots=True)
class StatusStore:
    """All of them, and what is to go wrong."""

    statuses: "OrderedDict[str, Status]" = field(default_factory=OrderedDict)
    faults: deque[Fault] = field(default_factory=deque)
    tries: int = 0
    _keys: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def publish(self, key: str | None, text: str, language: str | None, reply_to: str | None) -> Status:
        """A status, or the one that was made with that key within the hour."""
        now = datetime.now(UTC)
        self._keys = {name: kept for name, kept in self._keys.items() if now - kept[0] < _KEYS_KEPT}
        if key is not None and key in self._keys and self._keys[key][1] in self.statuses:
            return self.statuses[self._keys[key][1]]
        newest = next(reversed(self.statuses), str(_FIRST_ID))
        made = Status(str(int(newest) + 1), text, language, reply_to, now)
        self.statuses[made.id] = made
        while len(self.statuses) > _MOST:
            self.statuses.popitem(last=False)
        if key is not None:
            self._keys[key] = (now, made.id)
        return made

    def forget_keys(self) -> None:
        """As an hour later."""
        self._keys.clear()

    def newest(self, limit: int) -> list[Status]:
        """The newest first."""
        return list(reversed(self.statuses.values()))[:limit]
