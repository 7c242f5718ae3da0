# SPDX-License-Identifier: EUPL-1.2
"""Encryption for one browser (RFC 8291, content coding aes128gcm of RFC 8188), and how we say who we are (RFC 8292)."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE: Final = ec.SECP256R1()
_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16
_SCALAR_BYTES: Final = 32
_RECORD: Final = 4_096
# RFC 8292 section 2 forbids more than a day; renewed at half of that.
_TOKEN_SECONDS: Final = 12 * 3_600
_KEPT_TOKENS: Final = 256


class BrowserKeyError(ValueError):
    """Not the keys of a browser; the argument is the name of the faulty one, ``p256dh`` or ``auth``."""


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """What a browser gave for its subscription: a point on P-256 and a secret, as bytes."""

    p256dh: bytes
    auth: bytes


def browser_keys(p256dh: str, auth: str) -> BrowserKeys:
    """From base64url; raises BrowserKeyError."""
    try:
        point = from_base64url(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise BrowserKeyError("p256dh") from error
    if len(point) != _POINT_BYTES:
        raise BrowserKeyError("p256dh")
    try:
        secret = from_base64url(auth)
    except ValueError as error:
        raise BrowserKeyError("auth") from error
    if len(secret) != _AUTH_BYTES:
        raise BrowserKeyError("auth")
    return BrowserKeys(point, secret)


def encrypt(
    text: bytes,
    browser: BrowserKeys,
    *,
    length: int = 0,
    salt: bytes | None = None,
    private: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body for the push service, of one record; filled up to ``length`` bytes before.

    ``salt`` and ``private`` are new each time: they are given by whoever compares with the RFC alone.
    """
    salt, own = salt or os.urandom(16), private or ec.generate_private_key(_CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, browser.p256dh)
    public = point_of(own)
    # RFC 8291 section 3.4.
    secret = _hmac(browser.auth, own.exchange(ec.ECDH(), theirs))
    material = _hmac(secret, b"WebPush: info\x00" + browser.p256dh + public + b"\x01")
    # RFC 8188 sections 2.2 and 2.3.
    key = _hmac(salt, material)
    content = _hmac(key, b"Content-Encoding: aes128gcm\x00\x01")[:16]
    nonce = _hmac(key, b"Content-Encoding: nonce\x00\x01")[:12]
    record = text + b"\x02" + bytes(max(0, length - len(text)))
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + AESGCM(content).encrypt(nonce, record, None)


class ServerKey:
    """A key pair by which push services know this deployment; its tokens are kept for as long as they hold."""

    def __init__(self, private: str, contact: str) -> None:
        self._private = private_key(private)
        self._contact = contact
        self.public = to_base64url(point_of(self._private))
        self._tokens: dict[str, tuple[float, str]] = {}

    def authorization(self, endpoint: str) -> str:
        """The value of the header for that push service (RFC 8292 section 3)."""
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", time.time()
        ends, token = self._tokens.get(audience, (0.0, ""))
        if ends - now < _TOKEN_SECONDS / 2:
            ends = now + _TOKEN_SECONDS
            token = self._token({"aud": audience, "exp": int(ends), "sub": self._contact})
            if len(self._tokens) >= _KEPT_TOKENS:
                self._tokens.clear()
            self._tokens[audience] = ends, token
        return f"vapid t={token}, k={self.public}"

    def _token(self, claims: dict[str, object]) -> str:
        header = {"typ": "JWT", "alg": "ES256"}
        signed = ".".join(to_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = r.to_bytes(_SCALAR_BYTES, "big") + s.to_bytes(_SCALAR_BYTES, "big")
        return f"{signed}.{to_base64url(signature)}"


def private_key(encoded: str) -> ec.EllipticCurvePrivateKey:
    """From base64url of its 32 bytes; raises ValueError."""
    scalar = from_base64url(encoded)
    if len(scalar) != _SCALAR_BYTES:
        raise ValueError("a private key on P-256 has 32 bytes, in base64url")
    return ec.derive_private_key(int.from_bytes(scalar, "big"), _CURVE)


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """Its public key, as an uncompressed point."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def to_base64url(value: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def from_base64url(value: str) -> bytes:
    """With padding or without; raises ValueError."""
    bare = value.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
