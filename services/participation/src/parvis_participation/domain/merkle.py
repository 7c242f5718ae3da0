# SPDX-License-Identifier: EUPL-1.2
"""The root of a Merkle tree (RFC 6962 section 2.1): one hash that stands for a list, in its order."""

from collections.abc import Sequence
from hashlib import sha256


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The tree head of these leaves."""
    if not leaves:
        return sha256().digest()
    level = [sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]
