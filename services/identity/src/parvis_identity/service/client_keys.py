# SPDX-License-Identifier: EUPL-1.2
"""The public keys with which clients sign: which may be registered, and what they must have signed with."""

import json
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

ALGORITHMS: Final = ("ES256", "PS256")
"""FAPI 2.0 section 5.4.1; RS256 is not among them."""
MAX_ASSERTION_LENGTH: Final = 8_192
_MAX_KEYS: Final = 10
_MAX_PUBLISHED: Final = 100
_MIN_RSA_BITS: Final = 2_048


def registration_error(jwks: dict[str, Any]) -> str | None:
    """Why these keys cannot be registered, or None: public keys for ES256 or PS256, each with a name of its own."""
    keys = jwks.get("keys")
    if set(jwks) != {"keys"} or not isinstance(keys, list) or not 0 < len(keys) <= _MAX_KEYS:
        return f"must be a JWK set of 1 to {_MAX_KEYS} keys"
    if not all(isinstance(key, dict) and _fits(key) for key in keys):
        return "each key must be public, and EC P-256 or RSA of at least 2048 bits"
    names = [key.get("kid") for key in keys]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        return "each key must have a kid of its own"
    try:
        KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, KeyError, TypeError):
        return "a key cannot be read"
    return None


def usable_keys(published: Any) -> dict[str, Any] | None:
    """Those of a published set that we can use, as a set; None where there is none.

    Others in it are for something else: it is the client's whole set (RFC 7517 section 5 has us ignore them).
    """
    keys = published.get("keys") if isinstance(published, dict) else None
    if not isinstance(keys, list) or len(keys) > _MAX_PUBLISHED:
        return None
    named = [key for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str) and key["kid"]]
    fitting = {"keys": [key for key in named if key.get("use", "sig") == "sig" and _fits(key)][:_MAX_KEYS]}
    return None if registration_error(fitting) else fitting


def signed_claims(token: str, jwks: dict[str, Any]) -> dict[str, Any] | None:
    """The claims of what one of these keys signed by a pinned algorithm; None for anything else."""
    if len(token) > MAX_ASSERTION_LENGTH:
        return None
    try:
        return jwt.decode(token, KeySet.import_key_set(jwks), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type]
    except (JoseError, ValueError):
        return None


def claimed_subject(token: str) -> str | None:
    """Whose assertion it says it is; nothing is verified yet."""
    if len(token) > MAX_ASSERTION_LENGTH:
        return None
    try:
        claims = json.loads(extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else None


def claimed_key(token: str) -> str | None:
    """Which key it says it was signed with; nothing is verified yet."""
    try:
        kid = extract_compact(token.encode()).headers().get("kid") if len(token) <= MAX_ASSERTION_LENGTH else None
    except (JoseError, ValueError):
        return None
    return kid if isinstance(kid, str) else None


def _fits(key: dict[str, Any]) -> bool:
    if "d" in key:
        return False
    if key.get("kty") == "EC":
        return key.get("crv") == "P-256"
    modulus = key.get("n")
    return key.get("kty") == "RSA" and isinstance(modulus, str) and len(modulus) * 6 >= _MIN_RSA_BITS
