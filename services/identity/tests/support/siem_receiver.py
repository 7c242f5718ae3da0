# SPDX-License-Identifier: EUPL-1.2
"""A SIEM: a real socket that reads frames, in the clear or over TLS."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parvis_identity.service.stream_audit import StreamAudit
from parvis_local.ports import free_port


def listening_context(certified: Path, asks_for: Path) -> ssl.SSLContext:
    """TLS of a receiver that shows this certificate, and takes lines from who shows the other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified)
    context.load_verify_locations(asks_for)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass
class Siem:
    """A receiver of RFC 6587 octet counting, or of lines; it may be deaf: it takes the connection and reads nothing.

    Its port is its own also while it does not listen.
    """

    port: int = field(default_factory=free_port)
    messages: list[str] = field(default_factory=list)
    counted: bool = True
    reads: int | None = None
    givers: list[StreamAudit] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    versions: set[str] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Siem"]:
        writers: list[asyncio.StreamWriter] = []

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            self._look_at(writer)
            try:
                while self.reads is None or self.reads > 0:
                    self.messages.append(await self._message(reader))
                    self.reads = None if self.reads is None else self.reads - 1
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):
                pass
            writer.transport.abort()

        server = await asyncio.start_server(take, "127.0.0.1", self.port, ssl=self.tls)
        try:
            yield self
        finally:
            server.close()
            for giver in self.givers:
                giver.close()
            for writer in writers:
                writer.transport.abort()
            await server.wait_closed()

    def _look_at(self, writer: asyncio.StreamWriter) -> None:
        secured: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        if secured:
            self.versions.add(secured.version() or "")
            shown: Any = secured.getpeercert()
            subject = shown["subject"]
            self.peers |= {str(value) for names in subject for name, value in names if name == "commonName"}

    async def _message(self, reader: asyncio.StreamReader) -> str:
        if not self.counted:
            return (await reader.readuntil(b"\n")).decode("ascii")
        length = int((await reader.readuntil(b" ")).decode("ascii"))
        return (await reader.readexactly(length)).decode("ascii")

    async def sequences(self, expected: int) -> list[int]:
        """The places in the chain of what has come, once the last one expected is there."""
        async with asyncio.timeout(30):
            while not self.messages or self._sequence(self.messages[-1]) < expected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return [self._sequence(message) for message in self.messages]

    def _sequence(self, message: str) -> int:
        found: int = json.loads(message[message.index("{") :])["sequence"]
        return found
