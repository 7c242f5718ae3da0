# SPDX-License-Identifier: EUPL-1.2
"""Keys derived from the service's master key, one for each purpose, and sealing with authenticated encryption."""

import os
from base64 import b64decode
from hashlib import sha256
from hmac import digest as hmac_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE_BYTES = 12
_MASTER_BYTES = 32


class UnreadableError(Exception):
    """A sealed value was altered, moved to another place, or sealed with another key."""


class SealingKey:
    """AES-256-GCM with a random nonce; the context is authenticated, so a value cannot be moved elsewhere unseen."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Version byte, 12-byte nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What :meth:`seal` sealed under the same context; raises UnreadableError otherwise."""
        if sealed[:1] != _VERSION:
            raise UnreadableError(context)
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, context.encode())
        except InvalidTag as error:
            raise UnreadableError(context) from error


class MasterKey:
    """The one secret of a service, 32 bytes in base64; everything else is derived from it (HKDF, RFC 5869)."""

    def __init__(self, encoded: str) -> None:
        self._bytes = b64decode(encoded, validate=True)
        if len(self._bytes) != _MASTER_BYTES:
            raise ValueError(f"the master key must be {_MASTER_BYTES} bytes in base64")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for that purpose alone."""
        return HKDF(SHA256(), _MASTER_BYTES, None, f"parvis/{purpose}".encode()).derive(self._bytes)

    def sealing(self, purpose: str) -> SealingKey:
        """A sealing key for that purpose alone."""
        return SealingKey(self.derive(purpose))


class BlindIndex:
    """Exact look-up of a sealed value: equal values of one column have equal indexes, which tell nothing else."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.derive("blind-index")

    def of(self, column: str, value: str) -> bytes:
        """16 bytes for a value that the caller has normalised."""
        return hmac_digest(self._key, f"{column}\x00{value}".encode(), sha256)[:16]
