# SPDX-License-Identifier: EUPL-1.2
"""Pack the contents of a closed file with their slip, as a ZIP that is handed on while it is made."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parvis_requests.domain.seda import MANIFEST, Dossier, Piece, manifest
from parvis_requests.service.zip_stream import ZipStream

JSON: Final = "application/json"
_SUFFIXES: Final = {
    JSON: "json",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What becomes a file of the package; ``name`` is ASCII and needs not be unique."""

    name: str
    title: str
    media_type: str
    created_at: datetime
    data: bytes


async def packed(dossier: Dossier, contents: AsyncIterator[Content], now: datetime) -> AsyncIterator[bytes]:
    """The ZIP in pieces of one content each; the slip comes last, when all digests are known.

    Memory holds one content at a time. Whatever fails on the way leaves a file without its end, which opens nowhere.
    """
    stream, pieces = ZipStream(), list[Piece]()
    async for content in contents:
        path = f"content/{len(pieces) + 1:03}-{content.name}.{_SUFFIXES[content.media_type]}"
        piece, written = await asyncio.to_thread(_pack, stream, path, content)
        pieces.append(piece)
        del content  # or it would wait in memory for the next one, as what was written of it
        yield written
        del written
    yield stream.entry(MANIFEST, manifest(dossier, pieces, now), now, deflate=True)
    yield stream.end()


def _pack(stream: ZipStream, path: str, content: Content) -> tuple[Piece, bytes]:
    digest = hashlib.sha512(content.data).hexdigest()
    piece = Piece(path, content.title, content.media_type, digest, len(content.data), content.created_at)
    # Photos and documents are compressed already.
    return piece, stream.entry(path, content.data, content.created_at, deflate=content.media_type == JSON)
