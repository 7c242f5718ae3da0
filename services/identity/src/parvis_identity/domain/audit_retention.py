# SPDX-License-Identifier: EUPL-1.2
"""How long lines of the audit trail are kept, and what stands for those that are not any more.

CNIL, deliberation 2021-122 of 14 October 2021 (recommendation on logging): six months to a year; up to three years
where a documented internal control needs them.
"""

from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final
from uuid import UUID

LEAST_MONTHS: Final = 6
DEFAULT_MONTHS: Final = 12
MOST_MONTHS: Final = 36
_LINE: Final = b"line purged"
_ANCHOR: Final = b"chain begins after"


class StaleRetentionError(Exception):
    """Somebody changed the period since it was read."""


def line_seal(key: bytes, sequence: int, hash_: bytes, entry: UUID) -> bytes:
    """What only the service can write in the place of a line that had its time: the chain goes on over it."""
    return digest(key, _LINE + sequence.to_bytes(8, "big") + hash_ + entry.bytes, sha256)


def anchor_seal(key: bytes, sequence: int, hash_: bytes) -> bytes:
    """What only the service can write where the chain begins, all lines up to that place having had their time."""
    return digest(key, _ANCHOR + sequence.to_bytes(8, "big") + hash_, sha256)


def fits(seal: bytes | None, expected: bytes) -> bool:
    """True for a seal of ours."""
    return seal is not None and compare_digest(seal, expected)
