# SPDX-License-Identifier: EUPL-1.2
"""What comes in as a file is cleaned and looked at before anything is kept, outside of any transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from parvis_files.clamd import AntivirusDownError, AntivirusFailedError
from parvis_files.content import HEIC, media_type_of
from parvis_files.heic import jpeg_of_heic
from parvis_files.image import MAX_PIXELS, CleanImage, clean_image
from parvis_participation.domain.survey_errors import AntivirusAwayError, InfectedFileError

# One photo of 50 million pixels takes some 200 MB while it is decoded.
_DECODING: Final = asyncio.Semaphore(2)
Look = Callable[[bytes], Awaitable[str | None]]


async def known(content: bytes, *, sheets: bool = False) -> tuple[str, bytes]:
    """The media type and the content, of HEIC the JPEG that it becomes; raises FileError."""
    media_type = await asyncio.to_thread(media_type_of, content, sheets=sheets)
    if media_type == HEIC:
        return "image/jpeg", await jpeg_of_heic(content, MAX_PIXELS)
    return media_type, content


async def clean_photo(content: bytes, longest_side: int | None = None) -> CleanImage:
    """The photo upright, no larger than that, without what its camera wrote into it; raises FileError."""
    async with _DECODING:
        return await asyncio.to_thread(clean_image, content, longest_side)


async def look_at(content: bytes, look: Look | None) -> None:
    """Have the antivirus, if there is one, look at it; raises InfectedFileError or AntivirusAwayError."""
    if look is None:
        return
    try:
        found = await look(content)
    except (AntivirusDownError, AntivirusFailedError) as error:
        raise AntivirusAwayError from error
    if found is not None:
        raise InfectedFileError
