# SPDX-License-Identifier: EUPL-1.2
"""Push services, which take a message for one browser (RFC 8030): by https, never at an address of this network."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp

from parvis_notifications.domain.push import Urgency, is_served, padded_length
from parvis_notifications.outgoing.guarded import code_of, guarded_session, seconds_of
from parvis_notifications.outgoing.push_crypto import BrowserKeys, ServerKey, encrypt
from parvis_outside.destination import Network, is_allowed, is_open

_READ_BYTES: Final = 4_096
_GONE: Final = frozenset({404, 410})
_THROTTLED: Final = 429
_SERVER_ERROR: Final = 500
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where one browser's messages go, and what they are encrypted with."""

    endpoint: str
    keys: BrowserKeys


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A notification, how long it is kept for a browser that is away, and by what it is known again."""

    text: bytes
    seconds: int
    urgency: Urgency
    topic: str


class PushFate(Enum):
    """What came of an attempt."""

    TAKEN = auto()
    GONE = auto()
    """There is no such subscription any more (RFC 8030 section 7.3)."""
    LATER = auto()
    """Nothing was taken: the service is overburdened, in trouble or away."""
    REFUSED = auto()
    """This service will not take this message for this browser."""
    UNANSWERED = auto()
    """The message went out and no answer came."""


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What the push service said: a code, never its words, and when to come back, in seconds."""

    fate: PushFate
    reply: str
    retry_after: float | None = None


class PushServices:
    """Two pools of connections: https to the push services that are used, http to the allowed networks alone."""

    def __init__(
        self, allowed: Sequence[Network], *, timeout: float, connections: int, hosts: Collection[str] = ()
    ) -> None:
        self._allowed = allowed
        self._hosts = hosts
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._connections = connections
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        for scheme, permitted in (("https", is_open), ("http", is_allowed)):
            self._sessions[scheme] = guarded_session(
                permitted, self._allowed, timeout=self._timeout, connections=self._connections
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def push(self, browser: Browser, key: ServerKey, message: PushMessage) -> PushAnswer:
        """One attempt. No trace context goes along: a push service is none of the town's."""
        if not is_served(browser.endpoint, self._hosts):
            return PushAnswer(PushFate.REFUSED, "service-unknown")
        headers = {
            "Authorization": key.authorization(browser.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.seconds),
            "Urgency": message.urgency,
            "Topic": message.topic,
        }
        body = encrypt(message.text, browser.keys, length=padded_length(len(message.text)))
        session = self._sessions[urlsplit(browser.endpoint).scheme]
        try:
            async with session.post(browser.endpoint, data=body, headers=headers, allow_redirects=False) as answer:
                status, retry_after = answer.status, seconds_of(answer.headers.get("Retry-After"))
                await answer.content.read(_READ_BYTES)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            reply = code_of(error)
            return PushAnswer(PushFate.REFUSED if reply == "address-refused" else PushFate.LATER, reply)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return PushAnswer(PushFate.UNANSWERED, code_of(error))
        return PushAnswer(_fate(status), str(status), retry_after)


def _fate(status: int) -> PushFate:
    if status in _SUCCESS:
        return PushFate.TAKEN
    if status in _GONE:
        return PushFate.GONE
    return PushFate.LATER if status == _THROTTLED or status >= _SERVER_ERROR else PushFate.REFUSED
