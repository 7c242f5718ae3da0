# SPDX-License-Identifier: EUPL-1.2
"""The ballot paper of a secret poll: what is in the envelope, the same length for every choice of one poll.

Content: 32 random bytes, then the choice as JSON, filled up with spaces. The commitment, which the voter keeps and the
town publishes, is the SHA-256 of the content: it tells nothing of the choice without the random bytes, and nobody can
later put another choice behind it.
"""

import json
from hashlib import sha256
from typing import Final

from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import BallotError, BallotFault

NONCE_BYTES: Final = 32
# A code of at most 32 characters and points of at most 6 digits, with the signs around them.
_BYTES_EACH: Final = 46
_MOST_POINTS: Final = 999_999


def paper_size(most: int) -> int:
    """The bytes of the content of every ballot that names at most ``most`` options: a multiple of 64."""
    return -(-(NONCE_BYTES + 2 + most * _BYTES_EACH) // 64) * 64


def fold(choice: Choice, nonce: bytes, most: int) -> bytes:
    """The content of an envelope."""
    text = json.dumps(choice, separators=(",", ":")).encode()
    return (nonce + text).ljust(paper_size(most), b" ")


def unfold(content: bytes) -> Choice:
    """The choice in an envelope; raises BallotError for what is no choice at all."""
    try:
        items = json.loads(content[NONCE_BYTES:])
    except (ValueError, RecursionError) as error:
        raise BallotError(BallotFault.UNREADABLE) from error
    if not isinstance(items, list):
        raise BallotError(BallotFault.UNREADABLE)
    return tuple(_item(item) for item in items)


def _item(item: object) -> tuple[str, int]:
    match item:
        case [str(code), int(points)] if not isinstance(points, bool) and abs(points) <= _MOST_POINTS:
            return code, points
    raise BallotError(BallotFault.UNREADABLE)


def commitment_of(content: bytes) -> bytes:
    """What the voter keeps of the ballot."""
    return sha256(content).digest()
