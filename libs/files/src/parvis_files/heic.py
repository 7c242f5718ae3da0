# SPDX-License-Identifier: EUPL-1.2
"""Photos in HEIC (ISO/IEC 23008-12), as telephones keep them, become JPEG: in a process apart (decision 29)."""

import asyncio
from typing import Final

from parvis_files.apart import MODULE, run_apart
from parvis_files.errors import HeicError, ImageTooLargeError, NotAnImageError
from parvis_files.heic_verdict import Verdict

_PROGRAM: Final = (*MODULE, "parvis_files.heic_decoder")
# Of waiting for a processor too: the decoder's own time is bounded much closer.
_SECONDS: Final = 60.0
# One at a time: it holds some 500 MB for a photo of 50 megapixels.
_TURN = asyncio.Semaphore(1)


async def jpeg_of_heic(content: bytes, most_pixels: int) -> bytes:
    """The photo as a JPEG that keeps the camera's words, its main picture alone.

    Raises NotAnImageError, ImageTooLargeError, or HeicError where the kernel cannot confine the decoder, or where the
    decoder takes too long.
    """
    async with _TURN:
        try:
            status, jpeg = await run_apart((*_PROGRAM, most_pixels, len(content)), content, _SECONDS)
        except TimeoutError as error:
            raise HeicError from error
    match status:
        case Verdict.DECODED:
            return jpeg
        case Verdict.TOO_LARGE:
            raise ImageTooLargeError
        case Verdict.NOT_CONFINED:
            raise HeicError
        case _:  # unreadable, or ended by the kernel at one of its bounds
            raise NotAnImageError
