# SPDX-License-Identifier: EUPL-1.2
"""The text messages, as a provider has them; the oldest go when there are too many."""

import itertools
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

_MOST: Final = 2_000
# So many seconds after it was taken a message is on its way, and so many after it its end is known.
_SENT_SECONDS: Final = 1.0
_END_SECONDS: Final = 2.0
_UNREACHABLE: Final = 30003
# None comes again after a start: who sent the messages knows them by these, longer than this process lives.
_NUMBERS: Final = itertools.count(int(time.time()))
# The default alphabet and its extension (3GPP TS 23.038), and how much one message holds alone and among others.
BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = "\f^{}\\[~]|€"


@dataclass(slots=True)
class Text:
    """One message; ``lost`` is whether its telephone is never reached."""

    account: str
    to: str
    sender: str
    body: str
    lost: bool
    sid: str = field(default_factory=lambda: f"SM{secrets.token_hex(16)}")
    taken_at: float = field(default_factory=time.time)
    tag: str = ""
    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def status(self) -> str:
        """As far as it has come by now."""
        age = time.time() - self.taken_at
        if age < _SENT_SECONDS:
            return "queued"
        return "sent" if age < _END_SECONDS else "undelivered" if self.lost else "delivered"

    def shown(self) -> dict[str, Any]:
        """As the Message resource shows it."""
        status = self.status
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": status,
            "num_segments": str(segments(self.body)),
            "direction": "outbound-api",
            "price": None,
            "price_unit": "EUR",
            "error_code": _UNREACHABLE if status == "undelivered" else None,
            "error_message": None,
            "date_created": format_datetime(datetime.fromtimestamp(self.taken_at, UTC)),
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json",
        }


@dataclass(slots=True)
class ReceivedText:
    """One that somebody wrote to the account's number ``to``."""

    account: str
    to: str
    sender: str
    body: str
    sid: str = field(default_factory=lambda: f"SM{secrets.token_hex(16)}")
    taken_at: float = field(default_factory=time.time)

    def shown(self) -> dict[str, Any]:
        """As the Message resource shows it."""
        date = format_datetime(datetime.fromtimestamp(self.taken_at, UTC))
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": "received",
            "num_segments": str(segments(self.body)),
            "num_media": "0",
            "direction": "inbound",
            "price": None,
            "price_unit": "EUR",
            "error_code": None,
            "error_message": None,
            "date_created": date,
            "date_sent": date,
            "date_updated": date,
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json",
        }


class TextStore:
    """All of them, for as long as this process lives."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, Text] = OrderedDict()
        self._received: deque[ReceivedText] = deque(maxlen=_MOST)

    def add(self, text: Text) -> None:
        """Keep one."""
        self._texts[text.sid] = text
        while len(self._texts) > _MOST:
            self._texts.popitem(last=False)

    def get(self, sid: str) -> Text | None:
        """One of them."""
        return self._texts.get(sid)

    def receive(self, text: ReceivedText) -> None:
        """Keep one that came in."""
        self._received.append(text)

    def listed(self, to: str | None, on: str | None) -> list[Text | ReceivedText]:
        """What was sent and what came in, the newest first: to one number, on one day of UTC (YYYY-MM-DD)."""

        def day(text: Text | ReceivedText) -> str:
            return datetime.fromtimestamp(text.taken_at, UTC).date().isoformat()

        every: list[Text | ReceivedText] = [*self._texts.values(), *self._received]
        found = [each for each in every if to in {None, each.to}]
        return sorted((each for each in found if on in {None, day(each)}), key=lambda each: each.taken_at, reverse=True)

    def newest(self, to: str | None, limit: int) -> list[Text]:
        """The newest first, to one number where one is given."""
        return [text for text in reversed(self._texts.values()) if to in {None, text.to}][:limit]


def segments(body: str) -> int:
    """Of how many messages a body takes the place."""
    if all(sign in BASIC or sign in _EXTENDED for sign in body):
        units, alone, together = sum(2 if sign in _EXTENDED else 1 for sign in body), 160, 153
    else:
        units, alone, together = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= alone else -(-units // together)
