# SPDX-License-Identifier: EUPL-1.2
"""An antivirus that speaks clamd's protocol: each file on a connection of its own, by INSTREAM (clamd(8))."""

import asyncio
import re
from typing import Final

_CHUNK: Final = 65_536
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 60.0
_LONGEST_ANSWER: Final = 1_024
_FOUND: Final = re.compile(r"^stream: ([!-~]{1,200}) FOUND$")


class AntivirusDownError(Exception):
    """Nobody answers at the antivirus's address."""


class AntivirusFailedError(Exception):
    """The antivirus answers, but gave no verdict on this file."""


class Clamd:
    """A clamd at ``host:port``."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.rpartition(":")

    async def look(self, content: bytes) -> str | None:
        """What it found, or None for a clean file; raises AntivirusDownError or AntivirusFailedError."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(self._host, int(self._port), limit=_LONGEST_ANSWER)
        except OSError as error:  # a TimeoutError is one
            raise AntivirusDownError from error
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await _send(writer, content)
                answer = await reader.readuntil(b"\0")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise AntivirusFailedError(type(error).__name__) from error
        finally:
            writer.close()
        return _verdict(answer[:-1].decode("ascii", "replace"))


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(b"zINSTREAM\0")
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        writer.write(len(chunk).to_bytes(4, "big") + chunk)
        await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


def _verdict(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if found := _FOUND.match(answer):
        return found[1]
    raise AntivirusFailedError("no verdict")
