# SPDX-License-Identifier: EUPL-1.2
"""Calls to addresses that others wrote down: to the address that was judged, and never to our own network."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from parvis_outside.destination import Network, may_be_called

FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)
"""What a call that may have been made can raise; a time-out is an OSError."""
_CONNECTIONS: Final = 20
_PORTS: Final = {"https": 443, "http": 80}


class NotSentError(Exception):
    """Nothing left: no such name, an address that may not be called, nobody who listens.

    The message is a code: ``name-unknown``, ``address-refused`` or ``unreachable``.
    """


class Outside:
    """One HTTP client for all; it follows no redirect and asks no proxy, which would look up names by itself."""

    def __init__(self, timeout: float, allowed: Sequence[Network]) -> None:
        self._timeout = timeout
        self._allowed = allowed
        self._client: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> AsyncIterator[httpx.Response]:
        """The answer, whose body was not read yet; raises NotSentError, or one of FAILURES.

        The whole call, with whatever is done with the answer, has the time of one.
        """
        if self._client is None:  # in the loop that uses it
            self._client = httpx.AsyncClient(
                timeout=self._timeout,
                follow_redirects=False,
                trust_env=False,
                verify=ssl.create_default_context(),
                # A connection was verified for one name; another name may have the same address.
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=0),
            )
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        async with asyncio.timeout(self._timeout):
            address = await self._address(host, port, encrypted=parts.scheme == "https")
            # To the address that was judged, and to no other that the name may have by now; the certificate is the
            # name's.
            there = httpx.URL(url).copy_with(host=address)
            named = {**(headers or {}), "Host": parts.netloc.rpartition("@")[2]}
            try:
                async with self._client.stream(
                    method, there, headers=named, extensions={"sni_hostname": host}, **content
                ) as answer:
                    yield answer
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                raise NotSentError("unreachable") from error

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _address(self, host: str, port: int, *, encrypted: bool) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NotSentError("name-unknown") from error
        addresses = [str(entry[4][0]) for entry in found]
        # One that must not be called makes the name suspect as a whole.
        if not addresses or not all(may_be_called(a, self._allowed, encrypted=encrypted) for a in addresses):
            raise NotSentError("address-refused")
        return addresses[0]
