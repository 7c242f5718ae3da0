# SPDX-License-Identifier: EUPL-1.2
"""Passwords that were stolen elsewhere, looked up offline in a file that an operator brings (NIST SP 800-63B 3.1.1.2).

The file is made of the corpus of Have I Been Pwned (:mod:`parvis_identity.service.build_breached_passwords`): the first
six bytes of each SHA-1 hash, sorted, mapped into memory and never read whole. Of passwords that nobody stole, one in
280,000 is refused where the file has a thousand million: n of 2^48 hashes stand in it.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha1, sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import Struct
from threading import Lock
from typing import Final, overload

from parvis_kit.logs import logger
from parvis_kit.web.internal import READY

WIDTH: Final = 6
MAGIC: Final = b"parvis-breached1"
HEADER: Final = Struct(">16sQ32s")
"""What the file is, how many records follow, and the SHA-256 of those."""
_SAMPLES: Final = 1_000
_PIECE: Final = 1 << 22
_log = logger(__name__)


class BreachedListError(Exception):
    """The file is missing, or is not what :mod:`parvis_identity.service.build_breached_passwords` makes."""


class _Records(Sequence[bytes]):
    """The records of a file, where they are."""

    def __init__(self, mapped: mmap, count: int) -> None:
        self._mapped = mapped
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        start = HEADER.size + place * WIDTH
        return self._mapped[start : start + WIDTH]


class BreachedPasswords:
    """The list of one process; without a file nothing is on it.

    A file that is not there yet, or was spoiled, is tried again at the next look: nothing needs a restart.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._records: _Records | None = None
        self._lock = Lock()

    def has(self, *passwords: str) -> bool:
        """True where one of them is on the list; raises BreachedListError. Blocks while the disk is read."""
        if self._file is None:
            return False
        with self._lock:
            records = self._records = self._records or opened(self._file)
        return any(_found(records, shortened(password)) for password in passwords)

    async def state(self) -> str:
        """For readiness."""
        try:
            await asyncio.to_thread(self.has, "")
        except BreachedListError as error:
            return str(error)
        return READY


def shortened(password: str) -> bytes:
    """What of the password's hash is in the file."""
    return sha1(password.encode(), usedforsecurity=False).digest()[:WIDTH]


def opened(file: Path) -> _Records:
    """The records of a file, whose form is checked but not each of its bytes; raises BreachedListError."""
    try:
        with file.open("rb") as source:
            mapped = mmap(source.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError) as error:
        raise _unusable(file, "cannot be read") from error
    if len(mapped) < HEADER.size or mapped[: len(MAGIC)] != MAGIC:
        raise _unusable(file, "is no list of breached passwords")
    _, count, _ = HEADER.unpack(mapped[: HEADER.size])
    if not count or len(mapped) != HEADER.size + count * WIDTH:
        raise _unusable(file, "is cut off")
    records = _Records(mapped, count)
    samples = [records[place * (count - 1) // _SAMPLES] for place in range(_SAMPLES + 1)]
    if samples != sorted(samples):
        raise _unusable(file, "is out of order")
    return records


def checked(file: Path) -> int:
    """How many records it has, after each of its bytes was read; raises BreachedListError."""
    count = len(opened(file))
    digest = sha256()
    with file.open("rb") as source:
        _, _, written = HEADER.unpack(source.read(HEADER.size))
        while piece := source.read(_PIECE):
            digest.update(piece)
    if digest.digest() != written:
        raise _unusable(file, "was changed since it was built")
    return count


def _unusable(file: Path, what: str) -> BreachedListError:
    _log.error("breached_passwords_unusable", file=file.name, reason=what)
    return BreachedListError(f"{file.name} {what}")


def _found(records: _Records, record: bytes) -> bool:
    place = bisect_left(records, record)
    return place < len(records) and records[place] == record
