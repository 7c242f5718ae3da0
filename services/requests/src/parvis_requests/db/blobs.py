# SPDX-License-Identifier: EUPL-1.2
"""Where the bytes of attachments lie: a port in the shape of an object store, and local files behind it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

_BATCH: Final = 1_000
_UNFINISHED: Final = ".part"


class Blobs(Protocol):
    """Objects by key, written whole or not at all."""

    async def put(self, key: UUID, content: bytes) -> None:
        """Store; raises OSError when the store cannot."""

    async def get(self, key: UUID) -> bytes:
        """Read; raises FileNotFoundError."""

    async def delete(self, key: UUID) -> None:
        """Remove; an absent object is no error."""

    def older(self, before: datetime) -> AsyncIterator[Sequence[UUID]]:
        """The keys of what was last written before that time, in batches; of what was half written, too."""


@asynccontextmanager
async def undone_on_failure(blobs: Blobs) -> AsyncIterator[Blobs]:
    """The same store; what is put into it inside of the block goes again where the block fails.

    For what comes before a commit: whatever fails there, no row names these objects.
    """
    fresh = _FreshBlobs(blobs)
    try:
        yield fresh
    except BaseException:
        for key in fresh.written:
            with suppress(OSError):  # the worker removes what nothing names
                await blobs.delete(key)
        raise


class _FreshBlobs:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.get, self.delete, self.older = blobs.get, blobs.delete, blobs.older
        self.written: list[UUID] = []

    async def put(self, key: UUID, content: bytes) -> None:
        self.written.append(key)
        await self._blobs.put(key, content)


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
        """Remove the file where it is, and what a kill left of its writing."""
        for path in (self._path(key), self._path(key).with_suffix(_UNFINISHED)):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def older(self, before: datetime) -> AsyncIterator[Sequence[UUID]]:
        """One sub-folder after the other; what goes while it is looked at is passed over."""
        for folder in await asyncio.to_thread(lambda: sorted(self._directory.glob("[0-9a-f][0-9a-f]"))):
            keys = await asyncio.to_thread(_older, folder, before.timestamp())
            for start in range(0, len(keys), _BATCH):
                yield keys[start : start + _BATCH]

    def _path(self, key: UUID) -> Path:
        return self._directory / key.hex[-2:] / key.hex

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(_UNFINISHED)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def _older(folder: Path, before: float) -> list[UUID]:
    return list(_keys(folder, before))


def _keys(folder: Path, before: float) -> Iterator[UUID]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError, ValueError):  # gone meanwhile, or no file of ours
                if entry.stat().st_mtime < before:
                    yield UUID(entry.name.removesuffix(_UNFINISHED))
