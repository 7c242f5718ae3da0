# SPDX-License-Identifier: EUPL-1.2
"""A letter as a PDF that can be archived and read aloud (PDF/A-3a and PDF/UA-1), set by a process apart."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from parvis_files.apart import MODULE, run_apart

_PROGRAM: Final = (*MODULE, "parvis_notifications.outgoing.letter_renderer")
# Of waiting for a processor too: the program's own time is bounded much closer.
_SECONDS: Final = 60.0
_TURNS = asyncio.Semaphore(2)


class NotSetError(Exception):
    """No PDF was made: the kernel cannot confine the program, or it did not come to its end. The argument is a code."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is set: ``sender`` and ``address`` are lines, the sender's name first.

    ``text`` is plain: paragraphs have an empty line between them, items of a list begin with a hyphen.
    """

    sender: Sequence[str]
    address: Sequence[str]
    date: str
    subject: str
    text: str
    language: str


async def letter_pdf(letter: Letter) -> bytes:
    """The PDF; raises NotSetError."""
    content = json.dumps(
        {
            "sender": list(letter.sender),
            "address": list(letter.address),
            "date": letter.date,
            "subject": letter.subject,
            "blocks": blocks(letter.text),
            "language": letter.language,
        }
    ).encode()
    async with _TURNS:
        try:
            status, pdf = await run_apart(_PROGRAM, content, _SECONDS)
        except TimeoutError as error:
            raise NotSetError("timeout") from error
    if status:
        raise NotSetError(f"end-{status}")
    return pdf


def blocks(text: str) -> list[dict[str, Any]]:
    """Paragraphs and lists, so that the PDF says which is which."""
    found: list[dict[str, Any]] = []
    for part in text.split("\n\n"):
        lines = [line for line in part.split("\n") if line.strip()]
        if lines and all(line.lstrip().startswith("- ") for line in lines):
            found.append({"kind": "list", "items": [line.lstrip()[2:] for line in lines]})
        elif lines:
            found.append({"kind": "paragraph", "lines": lines})
    return found
