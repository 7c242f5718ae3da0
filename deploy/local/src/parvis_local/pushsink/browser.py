# SPDX-License-Identifier: EUPL-1.2
"""What a browser does: keys of its own, and the decryption of RFC 8291 and RFC 8188, apart from our sender's."""

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from parvis_local.pushsink.faults import Fault

_SALT: Final = 16
_SIZES: Final = 21
_LAST_RECORD: Final = 2


class UndecipherableError(Exception):
    """The body is not what a browser can read; the argument says where it failed."""


@dataclass(slots=True)
class Browser:
    """One that subscribed for that public key of an application server."""

    server_key: str
    fault: Fault | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def point(self) -> bytes:
        """Its public key."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, base_url: str) -> dict[str, Any]:
        """As ``PushSubscription.toJSON()`` gives it."""
        return {
            "endpoint": f"{base_url}/push/{self.token}",
            "expirationTime": None,
            "keys": {"p256dh": encoded(self.point), "auth": encoded(self.auth)},
        }

    def read(self, body: bytes) -> bytes:
        """What was said; raises UndecipherableError."""
        salt, sizes, rest = body[:_SALT], body[_SALT:_SIZES], body[_SIZES:]
        if len(sizes) < _SIZES - _SALT:
            raise UndecipherableError("header")
        record, length = int.from_bytes(sizes[:4], "big"), sizes[4]
        sender, sealed = rest[:length], rest[length:]
        if len(sealed) > record:
            raise UndecipherableError("more than one record")
        try:
            shared = self.private.exchange(
                ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
            )
        except ValueError as error:
            raise UndecipherableError("key") from error
        material = _derive(shared, self.auth, b"WebPush: info\x00" + self.point + sender, 32)
        key = _derive(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derive(material, salt, b"Content-Encoding: nonce\x00", 12)
        try:
            text = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        except InvalidTag as error:
            raise UndecipherableError("tag") from error
        if not text or text[-1] != _LAST_RECORD:
            raise UndecipherableError("delimiter")
        return text[:-1]


def encoded(value: bytes) -> str:
    """In base64url, without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(value: str) -> bytes:
    """From base64url; raises ValueError."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
