# SPDX-License-Identifier: EUPL-1.2
"""Our keys at one provider: with one we sign in place of a secret, to the other it encrypts what it says of people."""

import time
import warnings
from typing import Any, Final, Self

from joserfc import jwe, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from parvis_identity.domain.opaque import new_opaque

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SIGNING: Final = "ES256"
# What FranceConnect+ and ProConnect offer, and nothing else: RSA1_5 would open an oracle (RFC 8725 section 3.2), and a
# compressed text can grow without bounds.
_MANAGEMENT: Final = ("ECDH-ES", "RSA-OAEP", "RSA-OAEP-256")
_CONTENT: Final = "A256GCM"
# FranceConnect+ repeats iss and aud in the header (RFC 7519 section 5.3): a strict registry does not know them.
_REGISTRY: Final = jwe.JWERegistry(algorithms=[*_MANAGEMENT, _CONTENT], strict_check_header=False)
_LIFE_SECONDS: Final = 60
_ENCRYPTED_DOTS: Final = 4


class OwnKeys:
    """Those that are configured for one provider; each is named by its thumbprint (RFC 7638)."""

    def __init__(self, signing: ECKey | None = None, encryption: ECKey | RSAKey | None = None) -> None:
        self._signing = signing
        self._encryption = encryption

    @classmethod
    def read(cls, signing_pem: str | None, encryption_pem: str | None) -> Self:
        """The keys of two PEM texts; raises ValueError where one is no private key that fits its purpose."""
        signing = signing_pem and _imported(ECKey, signing_pem, "sig")
        encryption = encryption_pem and (
            _imported(RSAKey, encryption_pem, "enc") or _imported(ECKey, encryption_pem, "enc")
        )
        for given, key in ((signing_pem, signing), (encryption_pem, encryption)):
            if given and not key:
                raise ValueError("a private key in PEM: EC P-256, or RSA of at least 2048 bits to encrypt to")
        return cls(signing or None, encryption or None)

    def assertion(self, client_id: str, audience: str) -> str:
        """Who we are, for one call of that provider (RFC 7523 section 3, ``private_key_jwt``)."""
        if self._signing is None:
            raise RuntimeError("no key to sign with")
        now = int(time.time())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": new_opaque(),
            "iat": now,
            "exp": now + _LIFE_SECONDS,
        }
        return jwt.encode({"alg": _SIGNING, "kid": self._signing.kid}, claims, self._signing)

    def opened(self, token: str) -> str:
        """The signed token inside of an encrypted one, or the token itself; raises ValueError or JoseError.

        A provider that was given our key may still send what is only signed: the signature is what is believed.
        """
        if token.count(".") != _ENCRYPTED_DOTS:
            return token
        if self._encryption is None:
            raise ValueError("encrypted, and there is no key to open it")
        return (jwe.decrypt_compact(token, self._encryption, registry=_REGISTRY).plaintext or b"").decode("ascii")

    def public(self) -> dict[str, Any]:
        """The JWK set that the provider reads (RFC 7517 section 5)."""
        keys: list[ECKey | RSAKey] = [key for key in (self._signing, self._encryption) if key]
        return {"keys": [key.as_dict(private=False) for key in keys]}


def _imported(kind: type[Any], pem: str, use: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # RSA of less than 2048 bits
            key = kind.import_key(pem, {"use": use})
    except (JoseError, SecurityWarning, ValueError, TypeError):
        return None
    if not key.is_private or (kind is ECKey and key.curve_name != "P-256"):
        return None
    return kind.import_key(pem, {"use": use, "kid": key.thumbprint(), **({"alg": _SIGNING} if use == "sig" else {})})
