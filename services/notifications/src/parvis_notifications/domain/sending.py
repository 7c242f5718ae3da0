# SPDX-License-Identifier: EUPL-1.2
"""Messages that other applications of a town send: their keys, and where such a message stands."""

import hmac
import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from parvis_notifications.domain.delivery import Fault, SendingState
from parvis_notifications.domain.topic import Channel

APPLICATION_MESSAGE: Final = "application-message"
"""What such a message's ``template`` is called where those of people's inboxes name their occasion."""
CLOCK_SECONDS: Final = 30
_LATEST: Final = 2**40
"""How far the clock of a client may be off (GOV.UK Notify, its authentication)."""
_KEY: Final = re.compile(r"[a-z0-9-]{0,64}-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f-]{36})")
_REFUSED_LOCAL: Final = "perm-fail"
_REFUSED_NUMBER: Final = "+33600000002"


class KeyKind(StrEnum):
    """What a key may do."""

    LIVE = "live"
    TEAM = "team"
    """Sends to the key's own guests alone."""
    TEST = "test"
    """Goes the whole way but to a provider: it is answered as if one had delivered the message."""


class SentStatus(StrEnum):
    """Where a message of an application stands, in the words of GOV.UK Notify.

    `permanent-failure`: nothing arrives at that address, or whoever has it wants nothing. `temporary-failure`: it was
    "not now" until its time was over; the address may be good. `technical-failure`: the trouble was ours, a provider's
    or the content's, and says nothing of the address.
    """

    CREATED = "created"
    SENDING = "sending"
    PENDING = "pending"
    """It went out, and nobody said what became of it: that is being asked."""
    SENT = "sent"
    """Whoever carries it has taken it, and tells nothing more unless it comes back."""
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    TECHNICAL_FAILURE = "technical-failure"


class LetterStatus(StrEnum):
    """Where a letter stands, in the words of GOV.UK Notify that it has for letters alone."""

    ACCEPTED = "accepted"
    """It will be printed and posted."""
    RECEIVED = "received"
    """It was printed, and the post has it."""
    RETURNED = "returned-letter"


@dataclass(frozen=True, slots=True)
class Sender:
    """An application that has shown a key."""

    key_id: UUID
    collectivity: str
    application: str
    kind: KeyKind
    per_minute: int
    per_day: int
    guests: Collection[str] = ()
    letters_per_day: int = 0
    calls_per_day: int = 0

    def own_day(self, channel: Channel) -> int | None:
        """How many it may send in a day by a channel that is dear, and so bounded by itself; None for any other."""
        return {Channel.LETTER: self.letters_per_day, Channel.VOICE: self.calls_per_day}.get(channel)

    def may_write_to(self, address: str) -> bool:
        """Whether this key reaches that address."""
        return self.kind is not KeyKind.TEAM or address in self.guests


class TokenFault(StrEnum):
    """What is wrong with what an application showed."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    ALGORITHM = "algorithm"
    ISSUER = "issuer"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token of a client of GOV.UK Notify, before its signature is checked."""

    key_id: UUID
    issued_at: int
    signed: bytes
    signature: bytes

    def fits(self, secret: str) -> bool:
        """Whether that secret made the signature (HS256, RFC 7518 section 3.2)."""
        return hmac.compare_digest(hmac.digest(secret.encode(), self.signed, sha256), self.signature)

    def is_timely(self, now: float) -> bool:
        """Whether it was made just now."""
        return abs(now - self.issued_at) <= CLOCK_SECONDS


def read_token(token: str) -> SignedToken | TokenFault:
    """A JWS in compact form (RFC 7515 section 7.1), or what is wrong with it."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if not (head and body and signature) or len(token) > 4_096:  # noqa: PLR2004 - a client's has some 200
        return TokenFault.UNREADABLE
    try:
        header, claims = _json(head), _json(body)
        made = _decoded(signature)
    except (ValueError, Base64Error, RecursionError):
        return TokenFault.UNREADABLE
    if header.get("alg") != "HS256":
        return TokenFault.ALGORITHM
    issued = claims.get("iat")
    try:
        key_id = UUID(str(claims["iss"]))
    except (KeyError, ValueError):
        return TokenFault.ISSUER
    if isinstance(issued, bool) or not isinstance(issued, int) or not 0 <= issued < _LATEST:
        return TokenFault.CLOCK
    return SignedToken(key_id, issued, f"{head}.{body}".encode(), made)


def shown_key(application: str, key_id: UUID, secret: str) -> str:
    """The key as its application gets it; the form is that of GOV.UK Notify, whose clients take it apart."""
    return f"{application}-{key_id}-{secret}"


def read_key(shown: str) -> tuple[UUID, str] | None:
    """The id and the secret of a key that is shown whole; None where it is none."""
    found = _KEY.fullmatch(shown)
    return (UUID(found[1]), found[2]) if found else None


def is_refused_in_tests(address: str) -> bool:
    """Whether a test key is to see how a permanent failure looks: ``perm-fail@…``, and +33600000002."""
    return address == _REFUSED_NUMBER or address.partition("@")[0] == _REFUSED_LOCAL


def status_of(state: SendingState, reply: str | None, fault: str | None) -> SentStatus:
    """Where a message stands, by its delivery's state, the last that was said of it, and why it does not arrive."""
    if state is SendingState.FAILED and reply == CANCELLED_REPLY:
        return SentStatus.CANCELLED
    if state in {SendingState.FAILED, SendingState.BOUNCED}:
        return FAILURES[Fault(fault or UNSAID[state])]
    return _STATUSES[state]


def letter_status(status: SentStatus, report: str | None) -> SentStatus | LetterStatus:
    """Where a letter stands, by the last that was told of it."""
    if status is SentStatus.DELIVERED or (status is SentStatus.SENT and report == POSTED):
        return LetterStatus.RECEIVED
    if status in {SentStatus.CREATED, SentStatus.SENDING, SentStatus.PENDING, SentStatus.SENT}:
        return LetterStatus.ACCEPTED
    returned = status is SentStatus.PERMANENT_FAILURE and report == RETURNED
    return LetterStatus.RETURNED if returned else status


POSTED: Final = "posted"
"""What is told of a letter that the post has."""
RETURNED: Final = "returned"
"""What is told of one that the post brought back."""
_STATUSES: Final = {
    SendingState.PENDING: SentStatus.CREATED,
    SendingState.SENDING: SentStatus.SENDING,
    SendingState.RETRY: SentStatus.SENDING,
    SendingState.UNKNOWN: SentStatus.PENDING,
    SendingState.SENT: SentStatus.SENT,
    SendingState.DELIVERED: SentStatus.DELIVERED,
}
FAILURES: Final = {
    Fault.PERMANENT: SentStatus.PERMANENT_FAILURE,
    Fault.TEMPORARY: SentStatus.TEMPORARY_FAILURE,
    Fault.TECHNICAL: SentStatus.TECHNICAL_FAILURE,
}
UNSAID: Final = {SendingState.FAILED: Fault.TECHNICAL, SendingState.BOUNCED: Fault.PERMANENT}
"""What is taken for the fault of a delivery of which none was kept."""
CANCELLED_REPLY: Final = "cancelled"


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _json(part: str) -> dict[str, Any]:
    found = json.loads(_decoded(part))
    if not isinstance(found, dict):
        raise ValueError(part)  # noqa: TRY004 - as the decoder says of what is no JSON
    return found
