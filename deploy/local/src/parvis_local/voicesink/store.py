# SPDX-License-Identifier: EUPL-1.2
"""The calls, as a provider has them, and what is said in them; the oldest go when there are too many."""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

_MOST: Final = 2_000
_RINGS_AFTER: Final = 0.2
_FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(slots=True)
class Call:
    """One call; ``said`` is what was heard so far, ``action`` where a key would be brought."""

    account: str
    to: str
    sender: str
    twiml: str
    timeout: float
    ended_url: str
    detects: bool
    sid: str = field(default_factory=lambda: f"CA{secrets.token_hex(16)}")
    taken_at: float = field(default_factory=time.time)
    said: list[tuple[str, str]] = field(default_factory=list)
    action: str | None = None
    answered_by: str | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    ended_as: str | None = None
    keys: str = ""

    @property
    def status(self) -> str:
        """As far as it has come by now."""
        if self.ended_as is not None:
            return self.ended_as
        if self.answered_at is not None:
            return "in-progress"
        age = time.time() - self.taken_at
        if age < _RINGS_AFTER:
            return "queued"
        return "ringing" if age < self.timeout else "no-answer"

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self.status in _FINAL

    def hear(self, twiml: str) -> None:
        """Say what a document has it say, as far as the next wait for a key; without one the call ends."""
        self.action = None
        for verb in ET.fromstring(twiml):  # noqa: S314 - from the services of this stack
            if verb.tag == "Say":
                self.said.append((verb.get("language", ""), verb.text or ""))
            elif verb.tag == "Gather":
                self.said += [(each.get("language", ""), each.text or "") for each in verb if each.tag == "Say"]
                self.action = verb.get("action")
                return
            elif verb.tag == "Hangup":
                break
        self.end("completed")

    def answer(self, by: str) -> None:
        """Somebody, or a machine, lifts the receiver."""
        self.answered_at = time.time()
        self.answered_by = by if self.detects else None
        self.hear(self.twiml)

    def end(self, how: str) -> None:
        """It is over."""
        self.ended_as, self.ended_at, self.action = how, time.time(), None

    def shown(self) -> dict[str, Any]:
        """As the Call resource shows it."""
        status, spoken = self.status, self.answered_at is not None and self.ended_at is not None
        duration = max(1, round((self.ended_at or 0) - (self.answered_at or 0))) if spoken else 0
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "to": self.to,
            "from": self.sender,
            "status": status,
            "direction": "outbound-api",
            "answered_by": self.answered_by,
            "duration": str(duration) if status in _FINAL else None,
            "price": None,
            "price_unit": "EUR",
            "start_time": _instant(self.answered_at),
            "end_time": _instant(self.ended_at),
            "date_created": _instant(self.taken_at),
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Calls/{self.sid}.json",
        }


def _instant(at: float | None) -> str | None:
    return format_datetime(datetime.fromtimestamp(at, UTC)) if at is not None else None


class CallStore:
    """All of them, for as long as this process lives."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, Call] = OrderedDict()

    def add(self, call: Call) -> None:
        """Keep one."""
        self._calls[call.sid] = call
        while len(self._calls) > _MOST:
            self._calls.popitem(last=False)

    def get(self, sid: str) -> Call | None:
        """One of them."""
        return self._calls.get(sid)

    def forget(self, sid: str) -> None:
        """As if the provider had never had it."""
        self._calls.pop(sid, None)

    def newest(self, to: str | None, limit: int) -> list[Call]:
        """The newest first, to one number where one is given."""
        return [call for call in reversed(self._calls.values()) if to in {None, call.to}][:limit]
