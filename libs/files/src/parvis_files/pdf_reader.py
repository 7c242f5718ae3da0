# SPDX-License-Identifier: EUPL-1.2
"""A process that looks at one PDF, and can do nothing else: no file, no key, no other process (decision 29).

PDFium is C++ code for input from anybody. It is started anew for each PDF, with no environment, and is confined before
it reads a byte; on a kernel that cannot do that it reads nothing.
"""

import codecs
import json
import os
import sys
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from parvis_files.confined import confined
from parvis_files.pdf_verdict import Verdict

_MEMORY: Final = 1024**3
_CPU_SECONDS: Final = 10
_POINTS: Final = 72 / 25.4
# ISO 216, in millimetres, and how far programs are off it.
_A4: Final = (210.0, 297.0)
_TOLERANCE: Final = 2.0
_MOST_SIGNS: Final = 4_000


def main() -> Verdict:
    """Read a PDF from the standard input; write its count of pages, and the lines in a frame, to the standard output.

    The arguments are the most bytes that are read, the most pages, and the frame on the first page: from the left, from
    the top, width and height in whole millimetres.
    """
    most_bytes, most_pages, *frame = map(int, sys.argv[1:])
    codecs.lookup("utf-16-le")  # in which PDFium gives texts
    if not confined(_MEMORY, _CPU_SECONDS):
        return Verdict.NOT_CONFINED
    content = sys.stdin.buffer.read(most_bytes)
    try:
        document = pypdfium2.PdfDocument(content)
        verdict = _verdict(document, most_pages)
        if verdict is Verdict.READ:
            sys.stdout.write(json.dumps({"pages": len(document), "lines": _lines(document[0], frame)}))
            sys.stdout.flush()
    except pypdfium2.PdfiumError as error:
        return Verdict.LOCKED if error.err_code == pdfium.FPDF_ERR_PASSWORD else Verdict.UNREADABLE
    except (ValueError, OSError, RuntimeError, MemoryError):
        return Verdict.UNREADABLE
    return verdict


def _verdict(document: pypdfium2.PdfDocument, most_pages: int) -> Verdict:
    if pdfium.FPDF_GetSecurityHandlerRevision(document) >= 0:
        return Verdict.LOCKED
    count = len(document)
    if count > most_pages:
        return Verdict.TOO_MANY_PAGES
    upright = count and all(_is_a4(document[number]) for number in range(count))
    return Verdict.READ if upright else Verdict.NOT_A4


def _is_a4(page: pypdfium2.PdfPage) -> bool:
    left, bottom, right, top = page.get_mediabox()
    sizes = (page.get_size(), (right - left, top - bottom))
    return page.get_rotation() == 0 and all(
        abs(points / _POINTS - wanted) <= _TOLERANCE for size in sizes for points, wanted in zip(size, _A4, strict=True)
    )


def _lines(page: pypdfium2.PdfPage, frame: list[int]) -> list[str]:
    from_left, from_top, width, height = (millimetres * _POINTS for millimetres in frame)
    left, _, _, top = page.get_mediabox()
    left, top = left + from_left, top - from_top
    text = page.get_textpage().get_text_bounded(left, top - height, left + width, top)[:_MOST_SIGNS]
    lines = ("".join(sign if sign.isprintable() else " " for sign in line) for line in text.splitlines())
    return [shown for line in lines if (shown := " ".join(line.split()))]


if __name__ == "__main__":
    # What is open is not closed: nothing of it is left, and closing is more code that strangers' content would run.
    os._exit(main())
