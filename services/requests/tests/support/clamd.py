# SPDX-License-Identifier: EUPL-1.2
"""A clamd as its manual describes the wire: INSTREAM in chunks of a stated length, answers that end with a NUL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# Ours, so that no virus scanner stops this repository: not the EICAR test string.
SIGNATURE = b"PARVIS-TEST-SIGNATURE"
NAME = "Parvis.Test.Signature"


@dataclass
class SimulatedClamd:
    stream_limit: int = 25 * 1024 * 1024
    breaks_on: bytes | None = None
    port: int = 0
    seen: list[int] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = await reader.readuntil(b"\0")
            answer = await self._stream(reader) if command == b"zINSTREAM\0" else b"UNKNOWN COMMAND"
            if answer:
                writer.write(answer + b"\0")
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _stream(self, reader: asyncio.StreamReader) -> bytes:
        content = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if len(content) > self.stream_limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(len(content))
        if self.breaks_on and self.breaks_on in content:
            return b""
        return f"stream: {NAME} FOUND".encode() if SIGNATURE in content else b"stream: OK"


@asynccontextmanager
async def running_clamd(clamd: SimulatedClamd) -> AsyncIterator[SimulatedClamd]:
    server = await asyncio.start_server(clamd.talk, "127.0.0.1", clamd.port)
    clamd.port = server.sockets[0].getsockname()[1]
    async with server:
        yield clamd
