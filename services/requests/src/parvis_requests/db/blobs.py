# SPDX-License-Identifier: EUPL-1.2
"""Where the bytes of attachments lie: a port in the shape of an object store, and local files behind it."""

import asyncio
import os
from pathlib import Path
from typing import Protocol
from uuid import UUID


class Blobs(Protocol):
    """Objects by key, written whole or not at all."""

    async def put(self, key: UUID, content: bytes) -> None:
        """Store; raises OSError when the store cannot."""

    async def get(self, key: UUID) -> bytes:
        """Read; raises FileNotFoundError."""

    async def delete(self, key: UUID) -> None:
        """Remove; an absent object is no error."""


class FileBlobs:
    """Blobs as files of one folder, spread over 256 sub-folders by the random end of their id."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def put(self, key: UUID, content: bytes) -> None:
        """Write beside, flush to disk, then rename: a reader never sees half a file."""
        await asyncio.to_thread(self._write, self._path(key), content)

    async def get(self, key: UUID) -> bytes:
        """The whole content."""
        return await asyncio.to_thread(self._path(key).read_bytes)

    async def delete(self, key: UUID) -> None:
        """Remove the file where it is."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def _path(self, key: UUID) -> Path:
        return self._directory / key.hex[-2:] / key.hex

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
