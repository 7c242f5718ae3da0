# SPDX-License-Identifier: EUPL-1.2
"""One-time codes from the clock (RFC 6238 with its defaults: SHA-1, 30 s, 6 digits, which every application knows)."""

import secrets
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest, digest
from typing import Final
from urllib.parse import quote

DIGITS: Final = 6
STEP_SECONDS: Final = 30
_SECRET_BYTES: Final = 20
_AROUND: Final = (0, -1, 1)
"""Steps beside the present one that are taken too: clocks differ, and people type (RFC 6238 section 5.2)."""


def new_secret() -> bytes:
    """160 random bits, as long as the hash (RFC 4226 section 4)."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a time step (RFC 4226 section 5.3)."""
    mac = digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code this is, or None; whoever takes it must remember it, for a code works once."""
    present = int(now.timestamp()) // STEP_SECONDS
    steps = [present + beside for beside in _AROUND]
    given = code.encode()
    return next((step for step in steps if compare_digest(code_of(secret, step).encode(), given)), None)


def readable(secret: bytes) -> str:
    """The secret as people type it into an application: base32, in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def provisioning_uri(secret: bytes, issuer: str, account: str) -> str:
    """What the QR code says (the `otpauth` scheme that applications agree on)."""
    label = f"{quote(issuer)}:{quote(account)}"
    return f"otpauth://totp/{label}?secret={b32encode(secret).decode()}&issuer={quote(issuer)}"
