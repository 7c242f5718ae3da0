# SPDX-License-Identifier: EUPL-1.2
"""The order that breaks ties: drawn from public data, so that nobody chooses it and all can redo it."""

from collections.abc import Iterable
from hashlib import sha256


def tie_order(codes: Iterable[str], seed: bytes) -> dict[str, int]:
    """The place of each code when projects are even: ascending SHA-256 of the seed, a zero byte and the code in UTF-8.

    The seed is published before the vote (the digest of its frozen options) or drawn in public after it.
    """
    ordered = sorted(codes, key=lambda code: (sha256(seed + b"\0" + code.encode()).digest(), code))
    return {code: place for place, code in enumerate(ordered)}
