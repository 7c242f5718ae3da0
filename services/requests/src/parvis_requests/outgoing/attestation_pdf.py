# SPDX-License-Identifier: EUPL-1.2
"""An attestation as a PDF that can be archived and read aloud (PDF/A-3a and PDF/UA-1), set by a process apart."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from parvis_files.apart import MODULE, run_apart

_PROGRAM: Final = (*MODULE, "parvis_requests.outgoing.attestation_renderer")
# Of waiting for a processor too: the program's own time is bounded much closer.
_SECONDS: Final = 60.0
_TURNS = asyncio.Semaphore(2)


class NotSetError(Exception):
    """No PDF was made: the kernel cannot confine the program, or it did not come to its end. The argument is a code."""


@dataclass(frozen=True, slots=True)
class AttestationWords:
    """What it says, in the language that it names; ``sender`` are lines, the name first, ``facts`` names and values."""

    sender: Sequence[str]
    reference: str
    date: str
    title: str
    statement: str
    facts: Sequence[Mapping[str, str]]
    closing: str
    language: str


async def attestation_pdf(words: AttestationWords) -> bytes:
    """The PDF; raises NotSetError."""
    async with _TURNS:
        try:
            status, pdf = await run_apart(_PROGRAM, json.dumps(asdict(words)).encode(), _SECONDS)
        except TimeoutError as error:
            raise NotSetError("timeout") from error
    if status:
        raise NotSetError(f"end-{status}")
    return pdf
