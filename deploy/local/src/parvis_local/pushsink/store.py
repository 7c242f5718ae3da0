# SPDX-License-Identifier: EUPL-1.2
"""Browsers and what they were told, for as long as this process lives; the oldest go when there are too many."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from parvis_local.pushsink.browser import Browser

_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """One message that a browser could read."""

    token: str
    text: str
    seconds: int
    urgency: str
    topic: str | None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def shown(self) -> dict[str, Any]:
        """For pages and tests."""
        try:
            said: Any = json.loads(self.text)
        except ValueError:
            said = self.text
        return {
            "browser": self.token,
            "said": said,
            "ttl": self.seconds,
            "urgency": self.urgency,
            "topic": self.topic,
            "at": self.at.isoformat(),
        }


class PushStore:
    """All of them; a message takes the place of one with its topic (RFC 8030 section 5.4)."""

    def __init__(self) -> None:
        self.browsers: OrderedDict[str, Browser] = OrderedDict()
        self._told: list[Told] = []
        self.taken = 0

    def add(self, browser: Browser) -> None:
        """A browser subscribes."""
        self.browsers[browser.token] = browser
        while len(self.browsers) > _MOST:
            self.browsers.popitem(last=False)

    def tell(self, told: Told) -> None:
        """A browser is told something."""
        self.taken += 1
        same = {(told.token, told.topic)} if told.topic else set()
        self._told = [each for each in self._told if (each.token, each.topic) not in same][-_MOST:]
        self._told.append(told)

    def newest(self, token: str | None, limit: int) -> list[Told]:
        """The newest first, of one browser where one is named."""
        return [each for each in reversed(self._told) if token in {None, each.token}][:limit]
