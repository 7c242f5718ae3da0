# SPDX-License-Identifier: EUPL-1.2
"""Nonces of the server for proofs of possession (RFC 9449 section 8): they show that a proof was made just now."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_SECONDS: Final = 120


class Nonces:
    """A nonce for every two minutes, the same in each process: nothing is stored. The one before is still taken."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def current(self, now: float) -> str:
        """The nonce of this moment."""
        return self._of(int(now // _SECONDS))

    def takes(self, nonce: object, now: float) -> bool:
        """True for the nonce of this moment or the one before."""
        turn = int(now // _SECONDS)
        given = nonce.encode() if isinstance(nonce, str) else b""
        return any(compare_digest(given, self._of(one).encode()) for one in (turn, turn - 1))

    def _of(self, turn: int) -> str:
        return urlsafe_b64encode(digest(self._key, str(turn).encode(), sha256)[:18]).decode()
