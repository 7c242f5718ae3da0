# SPDX-License-Identifier: EUPL-1.2
"""What a browser is told by web push: the words of a notification, how urgent it is, and how long it is of use.

RFC 8030 (delivery), RFC 8291 (encryption), and the declarative form of the W3C's Push API.
"""

import base64
import hashlib
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.topic import LEGAL, TOPICS, Topic

# RFC 8030 section 7.2: a push service takes 4,096 octets; the header of RFC 8188 takes 86 of them, the end 17.
MOST_BYTES: Final = 4_096 - 86 - 17
# Lengths in steps: the push service does not learn from the length what the message says (RFC 8291 section 6).
PADDED_TO: Final = 256
_TOPIC_CHARACTERS: Final = 32
_SOON: Final = timedelta(days=1)
FIRST_RETRY_SECONDS: Final = 30.0
LONGEST_RETRY_SECONDS: Final = 3_600.0
LONGEST_RETRY_AFTER: Final = 24 * 3_600.0


def is_served(endpoint: str, hosts: Collection[str]) -> bool:
    """Whether an endpoint is at one of these push services, or at a host below one; none: whoever runs one is served.

    By http go only those in networks that the operators name.
    """
    parts = urlsplit(endpoint)
    name = f".{parts.hostname or ''}"
    return not hosts or parts.scheme == "http" or any(name.endswith(f".{host}") for host in hosts)


class Urgency(StrEnum):
    """How much a device may wake up for a message (RFC 8030 section 5.3)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


def urgency(occasion: Template, useless_at: datetime | None, now: datetime) -> Urgency:
    """Of a message: high where it is of no more use within a day, low where nothing is waited for."""
    if useless_at is not None and useless_at - now <= _SOON:
        return Urgency.HIGH
    if TOPICS[occasion] is Topic.PARTICIPATION and occasion not in LEGAL:
        return Urgency.LOW
    return Urgency.NORMAL


def urgency_to_many(lane: Lane) -> Urgency:
    """Of what goes to many: an alert wakes a device, news wait until it is awake."""
    return Urgency.HIGH if lane is Lane.ALERT else Urgency.LOW


def time_to_live(useless_at: datetime | None, now: datetime, longest: timedelta) -> int:
    """For how many seconds the push service keeps the message for a browser that is away; at least one."""
    left = longest if useless_at is None else min(useless_at - now, longest)
    return max(1, int(left.total_seconds()))


def topic_of(delivery_id: UUID) -> str:
    """By it the push service knows the same message again, and replaces one that still waits (section 5.4).

    A hash: the service learns of no identifier that others know.
    """
    digest = hashlib.sha256(b"web-push-topic" + delivery_id.bytes).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_TOPIC_CHARACTERS]


def notification(*, title: str, body: str, link: str, language: str, message_id: UUID) -> bytes:
    """The words as JSON, which browsers show by themselves where they know the form, and service workers else.

    ``tag`` is the message's: a browser that has it already shows it once. A body that is too long loses its end.
    """
    while True:
        shown: dict[str, Any] = {
            "title": title,
            "body": body,
            "lang": language,
            "navigate": link,
            "tag": str(message_id),
        }
        said = {"web_push": 8030, "notification": shown, "mutable": True}
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        over = len(written) - MOST_BYTES
        if over <= 0 or not body:
            return written
        # A character is four bytes at the most: no more is cut off than must be, and each turn cuts something.
        body = body[: -max(1, over // 4) - 1].rstrip() + "…" if len(body) > 1 else ""


def padded_length(length: int) -> int:
    """To how many bytes a text of so many is filled up."""
    return min(-(-max(length, 1) // PADDED_TO) * PADDED_TO, MOST_BYTES)


def retry_seconds(attempts: int, retry_after: float | None, chance: float) -> float:
    """Seconds before the next attempt: what the service asked for, or doubling from half a minute to an hour.

    Args:
        attempts: how many were made, 1 or more.
        retry_after: what the service's answer said, in seconds, if anything.
        chance: 0 to 1, which spreads those that were refused together.
    """
    whole = min(FIRST_RETRY_SECONDS * 2.0 ** min(attempts - 1, 20), LONGEST_RETRY_SECONDS)
    own = whole * (0.5 + chance / 2)
    return own if retry_after is None else min(max(retry_after, 0.0) + own / 10, LONGEST_RETRY_AFTER)
