# SPDX-License-Identifier: EUPL-1.2
"""Calls that others sign for us, by Standard Webhooks 1.0.0: whether one is from who shares a secret, and of now."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

WINDOW: Final = timedelta(minutes=5)
"""How far the time of a call may be from ours, before or after: what was overheard is good for no longer."""
PREFIX: Final = "whsec_"
# The specification has secrets of 24 to 64 bytes.
_SECRET_SIZES: Final = range(24, 65)
_ID: Final = re.compile(r"[!-~]{1,255}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
# One for each secret while they are changed, and some of kinds that are not read here.
_MOST_SIGNATURES: Final = 10


class HookRefusedError(Exception):
    """It is not signed with a secret of that town's, or not of now."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """What a call shows: ``id``, ``timestamp`` and ``signature`` are its headers, ``body`` its bytes as they came."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def read_secret(shown: str) -> bytes:
    """The bytes of a secret as it is written, ``whsec_`` and base64; raises ValueError for what is none."""
    if not shown.startswith(PREFIX):
        raise ValueError("a secret begins with whsec_")
    secret = b64decode(shown.removeprefix(PREFIX), validate=True)
    if len(secret) not in _SECRET_SIZES:
        raise ValueError("a secret has 24 to 64 bytes")
    return secret


def check(call: SignedCall, secrets: Iterable[bytes], now: datetime) -> None:
    """Nothing for a call that one of the secrets signed within the window; raises HookRefusedError."""
    if not _ID.fullmatch(call.id) or not _TIMESTAMP.fullmatch(call.timestamp):
        raise HookRefusedError
    if abs(int(call.timestamp) - now.timestamp()) > WINDOW.total_seconds():
        raise HookRefusedError
    signed = f"{call.id}.{call.timestamp}.".encode() + call.body
    shown = [each.encode("latin-1", "replace") for each in call.signature.split(" ")[:_MOST_SIGNATURES]]
    wanted = [b"v1," + b64encode(digest(secret, signed, sha256)) for secret in secrets]
    if not any(compare_digest(one, other) for one in wanted for other in shown):
        raise HookRefusedError
