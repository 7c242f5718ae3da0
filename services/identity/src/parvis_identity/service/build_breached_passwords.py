# SPDX-License-Identifier: EUPL-1.2
"""Building the list of breached passwords from the corpus of Have I Been Pwned, as its downloader writes it.

One line for each password, ``HASH:COUNT``: the SHA-1 in 40 hexadecimal digits, ascending, and how often it was stolen.
"""

import os
from binascii import Error, unhexlify
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from parvis_identity.service.breached_passwords import HEADER, MAGIC, WIDTH

_HASH_DIGITS: Final = 40


class CorpusError(Exception):
    """A line is none of the corpus, or stands before a smaller one; the argument says which and why."""


def build(corpus: Path, target: Path, least: int) -> int:
    """Write the list of all that was stolen ``least`` times or more; returns how many records it has.

    The list is beside its place until it is whole: whoever reads it has the former one until then. Memory does not grow
    with the corpus. Raises CorpusError, or OSError.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    count, digest = 0, sha256()
    try:
        with corpus.open("rb") as source, unfinished.open("wb") as made:
            made.write(bytes(HEADER.size))
            for record in _records(source, least):
                made.write(record)
                digest.update(record)
                count += 1
            if not count:
                raise CorpusError("no line of the corpus is to be on the list")
            made.seek(0)
            made.write(HEADER.pack(MAGIC, count, digest.digest()))
            made.flush()
            os.fsync(made.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _records(source: BinaryIO, least: int) -> Iterator[bytes]:
    # Two hashes with the same beginning are one record.
    stolen = (hashed[:WIDTH] for hashed, count in _lines(source) if count >= least)
    before = b""
    for record in stolen:
        if record != before:
            yield record
        before = record


def _lines(source: BinaryIO) -> Iterator[tuple[bytes, int]]:
    before = b""
    for number, line in enumerate(source, 1):
        digits, _, count = line.strip().partition(b":")
        try:
            hashed, times = unhexlify(digits), int(count)
        except (Error, ValueError) as error:
            raise CorpusError(f"line {number} is not HASH:COUNT") from error
        if len(digits) != _HASH_DIGITS:
            raise CorpusError(f"line {number} has no SHA-1: take the corpus of SHA-1 hashes, not of NTLM")
        if hashed <= before:
            raise CorpusError(f"line {number} is not in the order of hashes: take the corpus that is ordered by hash")
        before = hashed
        yield hashed, times
