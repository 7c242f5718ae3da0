# SPDX-License-Identifier: EUPL-1.2
"""Passkeys (WebAuthn level 3): keys on a person's devices that open their account, each by itself two factors.

A passkey is something the person has, and the device asks for something they know or are before it signs (user
verification, which is always demanded here): so a sign-in by it counts as one by several factors (RFC 8176).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_identity.domain.assurance import DEVICE_KEY, MULTI_FACTOR, PRESENCE, SYNCED_KEY

MAX_PASSKEYS: Final = 20
MAX_LABEL: Final = 60
MAX_CREDENTIAL: Final = 16_000
"""Longest answer of a browser, in characters; an identifier has 1,023 bytes at most (WebAuthn section 4)."""

CHALLENGE_LIFE: Final = timedelta(minutes=10)


class WrongPasskeyError(Exception):
    """What the browser sent is not an answer by a key that we know; which part of it is wrong, is not said."""


class TooManyPasskeysError(Exception):
    """The person has as many as anybody may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One key; ``label`` is sealed with the person's key, ``synced`` says that copies of it may be made."""

    id: UUID
    person: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    synced: bool
    backed_up: bool
    label: bytes
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """What a sign-in by this key was done with (``amr``)."""
        return (SYNCED_KEY if self.synced else DEVICE_KEY, PRESENCE, MULTI_FACTOR)


def label_of(text: str | None, otherwise: str) -> str:
    """What the person calls a key: one line, cut to the longest that is kept, and something in any case."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
    return line[:MAX_LABEL].rstrip() or otherwise
