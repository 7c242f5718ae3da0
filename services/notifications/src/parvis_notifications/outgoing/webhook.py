# SPDX-License-Identifier: EUPL-1.2
"""Calls to subscribers: signed, without redirects, and never to an address of this network."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
from opentelemetry.propagate import inject

from parvis_kit.messaging.events import Event, dataschema, instant
from parvis_notifications.outgoing.guarded import code_of, guarded_session, seconds_of
from parvis_notifications.outgoing.webhook_keys import signatures
from parvis_outside.destination import Network, is_allowed, is_open

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
# What a subscriber answers is not read beyond this; a short answer lets the connection be used again.
_READ_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or 0 and a stable kebab-case code of what went wrong."""

    status: int
    error: str | None = None
    retry_after: float | None = None


def cloud_event(event: Event, public_url: str) -> bytes:
    """The event in the structured mode of CloudEvents 1.0 (HTTP protocol binding section 3.2)."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": instant(event.time),
        "datacontenttype": "application/json",
        "dataschema": public_url + dataschema(event.type),
        "collectivity": event.collectivity,
        "sequence": str(event.sequence),
    }
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    return json.dumps(attributes | {"data": event.data}, ensure_ascii=False, separators=(",", ":")).encode()


class Webhooks:
    """Two pools of connections: https to the open internet, http to the allowed networks alone."""

    def __init__(self, allowed: Sequence[Network], *, timeout: float, connections: int) -> None:
        self._allowed = allowed
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._connections = connections
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        self._sessions = {"https": self._session(is_open), "http": self._session(is_allowed)}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def send(self, url: str, keys: Sequence[bytes], event_id: str, body: bytes) -> Answer:
        """One attempt, signed with each of the keys."""
        timestamp = int(time.time())
        headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": "Parvis-Webhooks/1",
            "webhook-id": event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(keys, event_id, timestamp, body),
        }
        inject(headers)
        session = self._sessions[urlsplit(url).scheme]
        try:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                await response.content.read(_READ_BYTES)
                return Answer(response.status, retry_after=seconds_of(response.headers.get("Retry-After")))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Answer(0, code_of(error))

    def _session(self, permitted: Any) -> aiohttp.ClientSession:
        return guarded_session(permitted, self._allowed, timeout=self._timeout, connections=self._connections)
