# SPDX-License-Identifier: EUPL-1.2
"""Photos in HEIC (ISO/IEC 23008-12), as telephones keep them, become JPEG: in a process apart (decision 29)."""

import asyncio
import sys
from typing import Final

from parvis_files.errors import HeicError, ImageTooLargeError, NotAnImageError
from parvis_files.heic_verdict import Verdict

# -I: nothing of the caller's folder or environment is imported.
_PROGRAM: Final = ("-I", "-m", "parvis_files.heic_decoder")
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
        decoder = await asyncio.create_subprocess_exec(
            *(sys.executable, *_PROGRAM, str(most_pixels), str(len(content))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(_SECONDS):
                jpeg, _ = await decoder.communicate(content)
        except TimeoutError as error:
            raise HeicError from error
        finally:
            if decoder.returncode is None:
                decoder.kill()
                await decoder.wait()
    match decoder.returncode:
        case Verdict.DECODED:
            return jpeg
        case Verdict.TOO_LARGE:
            raise ImageTooLargeError
        case Verdict.NOT_CONFINED:
            raise HeicError
        case _:  # unreadable, or ended by the kernel at one of its bounds
            raise NotAnImageError
