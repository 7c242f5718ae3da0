# SPDX-License-Identifier: EUPL-1.2
"""Connections to addresses that somebody else wrote down: what they resolve to is judged when the socket is made.

A name that resolves to something else the second time gets no further.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from parvis_outside.destination import Network


class RefusedAddressError(OSError):
    """The name leads to an address that may not be called."""


def guarded_session(
    permitted: Callable[[str, Sequence[Network]], bool],
    allowed: Sequence[Network],
    *,
    timeout: aiohttp.ClientTimeout,
    connections: int,
) -> aiohttp.ClientSession:
    """A pool of connections to the addresses that ``permitted`` lets pass, without cookies or proxies."""

    def checked(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        if not permitted(address[0], allowed):
            raise RefusedAddressError("address refused")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        limit=connections, limit_per_host=0, ttl_dns_cache=30, keepalive_timeout=15, socket_factory=checked
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


def code_of(error: Exception) -> str:
    """What went wrong, as a stable kebab-case code."""
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, RefusedAddressError):
        return "address-refused"
    if isinstance(error, aiohttp.ClientSSLError):
        return "tls-failed"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name-unknown"
    return "unreachable" if isinstance(error, (aiohttp.ClientConnectionError, OSError)) else "bad-answer"


def seconds_of(retry_after: str | None) -> float | None:
    """What a ``Retry-After`` says (RFC 9110 section 10.2.3), in seconds from now."""
    if retry_after is None:
        return None
    if retry_after.isdecimal() and retry_after.isascii():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
