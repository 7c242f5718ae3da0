# SPDX-License-Identifier: EUPL-1.2
"""Webhooks of Parvis: Standard Webhooks 1.0.0 signatures (HMAC-SHA256) over CloudEvents."""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from parvis_events.event import Event, from_structured

TOLERANCE_SECONDS: Final = 300
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"


class SignatureError(Exception):
    """Nobody who holds the secret signed this body at this time: answer 401 and do nothing."""


def receive(body: bytes, headers: Mapping[str, str], *, secrets: Iterable[str], now: float | None = None) -> Event[Any]:
    """The event of a webhook whose signature is genuine and fresh.

    The same event may come again (``webhook-id`` is its id): remember the ids that were handled.

    Args:
        body: as it was received, to the byte.
        headers: of the request; the case of their names does not matter.
        secrets: ``whsec_…``, one, or two while a secret is being changed.
        now: Unix time in seconds; the present where it is not given.

    Raises:
        SignatureError: the signature is missing, wrong or older than five minutes.
        MalformedEventError: what was signed is no event.
        ValueError: a secret is not in the form that Parvis gives out.
    """
    named = {name.lower(): value for name, value in headers.items()}
    verify(body, named, secrets, time.time() if now is None else now)
    return from_structured(body)


def verify(body: bytes, headers: Mapping[str, str], secrets: Iterable[str], now: float) -> None:
    """Raise SignatureError unless one of the secrets signed this body; names of headers in lower case."""
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdecimal()) or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        raise SignatureError("no time of sending, or one too far from now")
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    given = [
        signature.encode()
        for version, _, signature in (part.partition(",") for part in headers.get("webhook-signature", "").split())
        if version == _VERSION
    ]
    for secret in secrets:
        wanted = b64encode(hmac.digest(_key(secret), signed, sha256))
        if any(hmac.compare_digest(wanted, signature) for signature in given):
            return
    raise SignatureError("no signature by a secret that is known here")


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        raise ValueError(f"a secret begins with {_PREFIX}")
    return b64decode(secret.removeprefix(_PREFIX), validate=True)
