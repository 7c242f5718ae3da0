# SPDX-License-Identifier: EUPL-1.2
"""Reading a client's keys where it publishes them: bounded in time and size."""

from typing import Final

import httpx

from parvis_outside.client import FAILURES, NotSentError, Outside

_MAX_BYTES: Final = 65_536
_HEADERS: Final = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}


class UnreadableKeysError(Exception):
    """The keys cannot be read there; the message is a code for the log."""


class KeySetReader:
    """Reads from outside."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def read(self, url: str) -> bytes:
        """What is published there; raises UnreadableKeysError."""
        try:
            async with self._outside.stream("GET", url, headers=_HEADERS) as answer:
                return await _content(answer)
        except NotSentError as error:
            raise UnreadableKeysError(str(error)) from error
        except FAILURES as error:
            raise UnreadableKeysError(type(error).__name__) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._outside.aclose()


async def _content(answer: httpx.Response) -> bytes:
    if answer.status_code != httpx.codes.OK:
        raise UnreadableKeysError(f"status-{answer.status_code}")
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > _MAX_BYTES:
            raise UnreadableKeysError("too-large")
    return bytes(content)
