# SPDX-License-Identifier: EUPL-1.2
"""Reading a client's keys where it publishes them: bounded in time and size, and never from our own network."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx

from parvis_identity.domain.destination import Network, may_be_called

_MAX_BYTES: Final = 65_536
_HEADERS: Final = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
_CONNECTIONS: Final = 20
_PORTS: Final = {"https": 443, "http": 80}


class UnreadableKeysError(Exception):
    """The keys cannot be read there; the message is a code for the log."""


class KeySetReader:
    """One HTTP client for all of them, which asks no proxy: it would look up names by itself."""

    def __init__(self, timeout: float, allowed: Sequence[Network]) -> None:
        self._timeout = timeout
        self._allowed = allowed
        self._client: httpx.AsyncClient | None = None

    async def read(self, url: str) -> bytes:
        """What is published there; raises UnreadableKeysError."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._timeout,
                follow_redirects=False,
                trust_env=False,
                verify=ssl.create_default_context(),
                # A connection was verified for one name; another name may have the same address.
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=0),
            )
        try:
            async with asyncio.timeout(self._timeout):
                return await self._read(self._client, url)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise UnreadableKeysError(type(error).__name__) from error

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _read(self, client: httpx.AsyncClient, url: str) -> bytes:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        address = await self._address(host, port, encrypted=parts.scheme == "https")
        # To the address that was judged, and to no other that the name may have by now; the certificate is the name's.
        there = httpx.URL(url).copy_with(host=address)
        named = {**_HEADERS, "Host": parts.netloc.rpartition("@")[2]}
        async with client.stream("GET", there, headers=named, extensions={"sni_hostname": host}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise UnreadableKeysError(f"status-{answer.status_code}")
            content = bytearray()
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > _MAX_BYTES:
                    raise UnreadableKeysError("too-large")
            return bytes(content)

    async def _address(self, host: str, port: int, *, encrypted: bool) -> str:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        # One that must not be called makes the name suspect as a whole.
        if not addresses or not all(may_be_called(a, self._allowed, encrypted=encrypted) for a in addresses):
            raise UnreadableKeysError("address-refused")
        return addresses[0]
