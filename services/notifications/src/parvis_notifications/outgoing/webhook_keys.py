# SPDX-License-Identifier: EUPL-1.2
"""The keys of a webhook subscription: a secret that both sides share, and a pair of which we keep the private half.

Standard Webhooks 1.0.0 has both: ``v1`` is HMAC-SHA256, ``v1a`` is Ed25519 (RFC 8032). A receiver checks the one it
prefers; who checks ``v1a`` keeps nothing that could be stolen.
"""

import os
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from hmac import digest
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SECRET_BYTES: Final = 32
_SEED_BYTES: Final = 32
# To read a private key takes as long as to sign with it.
_KEYS_KNOWN: Final = 1_024
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the prefix that the specification gives to secrets
_PUBLIC_PREFIX: Final = "whpk_"


def new_keys() -> bytes:
    """The secret, followed by the private key; both together are what is sealed."""
    return os.urandom(_SECRET_BYTES + _SEED_BYTES)


def shown_secret(keys: bytes) -> str:
    """The secret as its subscriber receives it."""
    return _SECRET_PREFIX + b64encode(keys[:_SECRET_BYTES]).decode()


def shown_public_key(keys: bytes) -> str | None:
    """The public key as everybody may see it; None for keys from before there were any."""
    private = _private(keys)
    return _PUBLIC_PREFIX + b64encode(private.public_key().public_bytes_raw()).decode() if private else None


def signatures(all_keys: Sequence[bytes], id_: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` of one attempt over id, time of the attempt and raw body, by each of these keys."""
    signed = f"{id_}.{timestamp}.".encode() + body
    made = ["v1," + b64encode(digest(keys[:_SECRET_BYTES], signed, sha256)).decode() for keys in all_keys]
    made += ["v1a," + b64encode(private.sign(signed)).decode() for keys in all_keys if (private := _private(keys))]
    return " ".join(made)


@lru_cache(_KEYS_KNOWN)
def _private(keys: bytes) -> Ed25519PrivateKey | None:
    seed = keys[_SECRET_BYTES:]
    return Ed25519PrivateKey.from_private_bytes(seed) if seed else None
