# SPDX-License-Identifier: EUPL-1.2
"""The name of one recipient of an alert in the link by which they answer: short, for it goes by text message."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_NUMBER_BYTES: Final = 6
_MAC_BYTES: Final = 9
CHARACTERS: Final = 20


class RecipientTokens:
    """Makes and reads them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, number: int) -> str:
        """20 characters of base 64 for URLs."""
        name = number.to_bytes(_NUMBER_BYTES)
        return urlsafe_b64encode(name + self._mac(name)).decode()

    def read(self, token: str) -> int | None:
        """The recipient's number; None for what we did not make."""
        if len(token) != CHARACTERS:
            return None
        try:
            raw = urlsafe_b64decode(token)
        except ValueError:
            return None
        name, mac = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
        return int.from_bytes(name) if compare_digest(mac, self._mac(name)) else None

    def _mac(self, name: bytes) -> bytes:
        return digest(self._key, name, sha256)[:_MAC_BYTES]
