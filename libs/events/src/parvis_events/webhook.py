# SPDX-License-Identifier: EUPL-1.2
"""Webhooks of Parvis: Standard Webhooks 1.0.0 signatures over CloudEvents.

Each webhook is signed twice: with the secret that both sides share (``v1``, HMAC-SHA256), and with a key of which
Parvis keeps the private half (``v1a``, Ed25519, RFC 8032). A subscriber checks the one it prefers.
"""

import hmac
import time
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from parvis_events.event import Event, from_structured

TOLERANCE_SECONDS: Final = 300
_SECRET: Final = "whsec_"  # noqa: S105 - the prefix that the specification gives to secrets
_PUBLIC_KEY: Final = "whpk_"


class SignatureError(Exception):
    """Nobody who holds the key signed this body at this time: answer 401 and do nothing."""


def receive(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Iterable[str] = (),
    public_keys: Iterable[str] = (),
    now: float | None = None,
) -> Event[Any]:
    """The event of a webhook whose signature is genuine and fresh.

    The same event may come again (``webhook-id`` is its id): remember the ids that were handled.

    Args:
        body: as it was received, to the byte.
        headers: of the request; the case of their names does not matter.
        secrets: ``whsec_…``, one, or two while a secret is being changed.
        public_keys: ``whpk_…``, likewise; the package ``cryptography`` checks their signatures (extra ``ed25519``).
        now: Unix time in seconds; the present where it is not given.

    Raises:
        SignatureError: there is no signature by any of these, or it is older than five minutes.
        MalformedEventError: what was signed is no event.
        ValueError: a secret or a public key is not in the form that Parvis gives out, or none was given.
    """
    named = {name.lower(): value for name, value in headers.items()}
    verify(body, named, secrets, public_keys, time.time() if now is None else now)
    return from_structured(body)


def verify(
    body: bytes, headers: Mapping[str, str], secrets: Iterable[str], public_keys: Iterable[str], now: float
) -> None:
    """Raise SignatureError unless one of the keys signed this body; names of headers in lower case."""
    shared, public = [_bytes(key, _SECRET) for key in secrets], [_bytes(key, _PUBLIC_KEY) for key in public_keys]
    if not shared and not public:
        raise ValueError("a secret or a public key is needed")
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdecimal()) or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        raise SignatureError("no time of sending, or one too far from now")
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    given = [part.partition(",") for part in headers.get("webhook-signature", "").split()]
    for version, _, text in given:
        signature = _signature(text)
        if version == "v1" and any(hmac.compare_digest(hmac.digest(key, signed, sha256), signature) for key in shared):
            return
        if version == "v1a" and any(_signed_by(key, signature, signed) for key in public):
            return
    raise SignatureError("no signature by a key that is known here")


def _signed_by(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    # Imported here: who checks by the secret needs Python alone.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _signature(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        return b""


def _bytes(key: str, prefix: str) -> bytes:
    if not key.startswith(prefix):
        raise ValueError(f"a key begins with {prefix}")
    return b64decode(key.removeprefix(prefix), validate=True)
