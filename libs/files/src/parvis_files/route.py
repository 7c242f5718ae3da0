# SPDX-License-Identifier: EUPL-1.2
"""Doors at which files come in: all that come at once share a bounded part of memory, and none comes for ever."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from parvis_kit.problems import UNAVAILABLE, Problem
from parvis_kit.web.operation import DEFAULT_BODY_LIMIT, Operation

_MIB: Final = 1 << 20


class Uploads:
    """The bodies with files that this process holds."""

    def __init__(self, most_mib: int, seconds: float) -> None:
        """At most so many MiB of all of them together, each of which has so many seconds to arrive."""
        self._most = most_mib * _MIB
        self._seconds = seconds
        self._held = 0

    @contextmanager
    def counted(self, receive: Receive) -> Iterator[Receive]:
        """A ``receive`` whose bytes count until the end of this; it raises the 503 problem where a bound is passed.

        Who sends slowly holds as much as came so far, and no place that others wait for.
        """
        taken, coming, until = 0, True, asyncio.get_running_loop().time() + self._seconds

        async def received() -> Message:
            nonlocal taken, coming
            if not coming:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as error:
                raise _refused(
                    f"Le contenu n'est pas arrivé en {self._seconds:g} secondes ; rien n'a été enregistré.",
                    f"The body did not arrive within {self._seconds:g} seconds; nothing was stored.",
                ) from error
            coming = message.get("more_body", False)
            size = len(message.get("body", b""))
            if self._held + size > self._most:
                raise _refused(
                    "Trop de fichiers arrivent en ce moment ; rien n'a été enregistré, réessayez.",
                    "Too many files are coming in; nothing was stored, try again.",
                )
            self._held += size
            taken += size
            return message

        try:
            yield received
        finally:
            self._held -= taken


class FileRoute(Operation):
    """A route by which a file may come in: more than the body of any other."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with what comes in counted until then."""
        if self.body_limit <= DEFAULT_BODY_LIMIT:
            await super().answer(scope, receive, send)
            return
        uploads: Uploads = scope["app"].state.parts.uploads
        with uploads.counted(receive) as received:
            await super().answer(scope, received, send)


def _refused(french: str, english: str) -> Problem:
    # What is left of the body is not read: no other request can follow it on this connection.
    return UNAVAILABLE.problem(french, english, headers={"Retry-After": "5", "Connection": "close"})
