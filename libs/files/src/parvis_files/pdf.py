# SPDX-License-Identifier: EUPL-1.2
"""PDFs that are printed and posted: how many sheets of A4 they are, and what stands in the window of the envelope."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from parvis_files.apart import MODULE, run_apart
from parvis_files.errors import PdfError, PdfFault, PdfNotNowError
from parvis_files.pdf_verdict import Verdict

_PROGRAM: Final = (*MODULE, "parvis_files.pdf_reader")
# Of waiting for a processor too: the reader's own time is bounded much closer.
_SECONDS: Final = 30.0
_WAIT_SECONDS: Final = 15.0
_TURNS = asyncio.Semaphore(2)
_FAULTS: Final = {
    Verdict.LOCKED: PdfFault.LOCKED,
    Verdict.TOO_MANY_PAGES: PdfFault.TOO_MANY_PAGES,
    Verdict.NOT_A4: PdfFault.NOT_A4,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the first page: its left and top edge from those of the sheet, its sides; in millimetres."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheets:
    """A PDF of that many pages, each of them A4 upright, and the lines of text in the frame, from the top."""

    pages: int
    lines: tuple[str, ...]


async def sheets_of(content: bytes, most_pages: int, frame: Frame) -> Sheets:
    """Read by a process apart; the text may be that of a layer which a scanner laid below its picture.

    Raises PdfError, or PdfNotNowError where too many are read at once, or the kernel cannot confine the reader.
    """
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await _TURNS.acquire()
    except TimeoutError as error:
        raise PdfNotNowError from error
    try:
        values = (len(content), most_pages, frame.left, frame.top, frame.width, frame.height)
        status, told = await run_apart((*_PROGRAM, *values), content, _SECONDS)
    except TimeoutError as error:
        raise PdfError(PdfFault.UNREADABLE) from error
    finally:
        _TURNS.release()
    if status == Verdict.NOT_CONFINED:
        raise PdfNotNowError
    if status != Verdict.READ:  # unreadable, or ended by the kernel at one of its bounds
        raise PdfError(next((_FAULTS[each] for each in _FAULTS if each == status), PdfFault.UNREADABLE))
    found = json.loads(told)
    return Sheets(found["pages"], tuple(found["lines"]))
