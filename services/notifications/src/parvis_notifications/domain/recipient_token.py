# SPDX-License-Identifier: EUPL-1.2
"""The name of one recipient of what goes to many, as strangers hand it back to us: nobody but us can make one.

In the link by which they answer an alert it is short, for it goes by text message. In the envelope sender to which a
bounce comes back it is in base 32, of which case is no part (RFC 5321 section 2.4 notwithstanding).
"""

from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_NUMBER_BYTES: Final = 6
_MAC_BYTES: Final = 9
CHARACTERS: Final = 20
_SENDER_MAC_BYTES: Final = 14
SENDER_CHARACTERS: Final = 32
# What is signed for an envelope sender is no name of a link: it is longer.
_SENDER: Final = b"return-path "


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

    def for_sender(self, number: int) -> str:
        """32 characters of base 32, small letters."""
        name = number.to_bytes(_NUMBER_BYTES)
        return b32encode(name + self._sender_mac(name)).decode().lower()

    def of_sender(self, token: str) -> int | None:
        """The recipient that a local part names, in whatever case; None for what we did not make."""
        if len(token) != SENDER_CHARACTERS:
            return None
        try:
            raw = b32decode(token, casefold=True)
        except ValueError:
            return None
        name, mac = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
        return int.from_bytes(name) if compare_digest(mac, self._sender_mac(name)) else None

    def _sender_mac(self, name: bytes) -> bytes:
        return digest(self._key, _SENDER + name, sha256)[:_SENDER_MAC_BYTES]

    def _mac(self, name: bytes) -> bytes:
        return digest(self._key, name, sha256)[:_MAC_BYTES]
