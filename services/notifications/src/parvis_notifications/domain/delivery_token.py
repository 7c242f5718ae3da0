# SPDX-License-Identifier: EUPL-1.2
"""The name of a delivery as strangers hand it back to us: nobody but us can make one, and it tells nothing.

It stands in two places: in the link that ends a subscription (RFC 8058), and in the envelope sender to which a bounce
comes back (variable envelope return path). The local part of an address is often changed to small letters on its way
(RFC 5321 section 2.4 notwithstanding): there it is written in base 32, of which case is no part.
"""

from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final
from uuid import UUID

_ID_BYTES: Final = 16
_LINK_MAC_BYTES: Final = 17
_SENDER_MAC_BYTES: Final = 14
_LINK_CHARACTERS: Final = 44
_SENDER_CHARACTERS: Final = 48


class AddressTokens:
    """Names of things in the local parts of addresses, by one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, thing: UUID) -> str:
        """48 characters of base 32, small letters."""
        return b32encode(_signed(self._key, thing, _SENDER_MAC_BYTES)).decode().lower()

    def read(self, token: str) -> UUID | None:
        """The thing that a local part names, in whatever case; None for what we did not make."""
        if len(token) != _SENDER_CHARACTERS:
            return None
        try:
            return _opened(self._key, b32decode(token, casefold=True), _SENDER_MAC_BYTES)
        except ValueError:
            return None


class DeliveryTokens:
    """Makes and reads both forms, each with a key of its own."""

    def __init__(self, link_key: bytes, sender_key: bytes) -> None:
        self._link_key = link_key
        self._senders = AddressTokens(sender_key)

    def for_link(self, delivery: UUID) -> str:
        """44 characters of base 64 for URLs."""
        return urlsafe_b64encode(_signed(self._link_key, delivery, _LINK_MAC_BYTES)).decode()

    def of_link(self, token: str) -> UUID | None:
        """The delivery that a link names; None for what we did not make."""
        if len(token) != _LINK_CHARACTERS:
            return None
        try:
            return _opened(self._link_key, urlsafe_b64decode(token), _LINK_MAC_BYTES)
        except ValueError:
            return None

    def for_sender(self, delivery: UUID) -> str:
        """48 characters of base 32, small letters."""
        return self._senders.of(delivery)

    def of_sender(self, token: str) -> UUID | None:
        """The delivery that a local part names, in whatever case; None for what we did not make."""
        return self._senders.read(token)


def _signed(key: bytes, delivery: UUID, size: int) -> bytes:
    return delivery.bytes + digest(key, delivery.bytes, sha256)[:size]


def _opened(key: bytes, signed: bytes, size: int) -> UUID | None:
    id_, mac = signed[:_ID_BYTES], signed[_ID_BYTES:]
    return UUID(bytes=id_) if compare_digest(mac, digest(key, id_, sha256)[:size]) else None
