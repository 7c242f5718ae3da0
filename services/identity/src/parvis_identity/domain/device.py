# SPDX-License-Identifier: EUPL-1.2
"""Devices that cannot show a sign-in page, such as kiosks: the person signs in on a device of their own (RFC 8628)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_identity.domain.errors import OAuthError

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowel, so no word; no digit, so nothing that is taken for a letter (section 6.1)."""
LENGTH: Final = 8
"""20^8 codes are 34 bits: enough for minutes, with guesses slowed down (section 5.1)."""
LIFE: Final = timedelta(minutes=10)
INTERVAL_SECONDS: Final = 5
_HALF: Final = LENGTH // 2


def new_user_code() -> str:
    """What the person types."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(user_code: str) -> str:
    """The code as people read it: in two halves."""
    return f"{user_code[:_HALF]}-{user_code[_HALF:]}"


def typed(text: str | None) -> str | None:
    """The code as people type it, in small letters, with or without the dash; None for what cannot be one."""
    code = "".join(
        sign for sign in (text or "")[: 4 * LENGTH].upper() if sign not in " -.\u2010\u2011\u2012\u2013\u00a0\u202f"
    )
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRequest:
    """What a device asks for; ``grant`` is what the person allowed it, once they did."""

    device_hash: bytes
    client_id: str
    scopes: frozenset[str]
    resources: frozenset[str]
    interval_seconds: int
    polled_at: datetime | None
    grant: UUID | None
    denied_at: datetime | None
    redeemed_at: datetime | None
    expires_at: datetime

    def polled(self, now: datetime) -> tuple["DeviceRequest", OAuthError | None]:
        """The request after the device asked for its tokens, and why it has to wait or to stop (section 3.5).

        No error stands for tokens. Who asks too soon waits five seconds longer from then on.
        """
        asked = replace(self, polled_at=now)
        if self.denied_at:
            return asked, OAuthError("access_denied", "the person refused")
        if now >= self.expires_at and self.redeemed_at is None:
            return asked, OAuthError("expired_token", "the device code has expired: begin again")
        if self.grant:
            return asked, None
        if self.polled_at and now - self.polled_at < timedelta(seconds=self.interval_seconds):
            slower = replace(asked, interval_seconds=self.interval_seconds + INTERVAL_SECONDS)
            return slower, OAuthError("slow_down", f"wait {slower.interval_seconds} seconds between two requests")
        return asked, OAuthError("authorization_pending", "the person has not answered yet")
