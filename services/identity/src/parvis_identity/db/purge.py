# SPDX-License-Identifier: EUPL-1.2
"""Removal of what has had its time; in batches, so that no purge holds many locks."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_BATCH: Final = 1_000
# Past grants, with their used codes and refresh tokens, stay a day: a late replay is still told from a mistake.
_AFTERMATH: Final = timedelta(days=1)
# By then the slowest counts have forgotten what their owners may do freely.
_GUESSES: Final = timedelta(days=7)
# A device that has not been used for so long waits like any other.
_DEVICE_MEMORY: Final = timedelta(days=180)
# What a town brought of somebody who has not come for it within a year is of no use any more.
_UNCLAIMED: Final = timedelta(days=365)
_CONDITIONS: Final = {
    "sign_in": "expires_at < :now",
    "session": "expires_at < :now OR ended_at < :past",
    "token_grant": "expires_at < :past",
    "device_request": "expires_at < :past",
    "spent_identifier": "expires_at < :now",
    "pushed_request": "expires_at < :now",
    "registration_ticket": "expires_at < :past",
    "signing_key": "status = 'past' AND retired_at < :past",
    "rsa_signing_key": "status = 'past' AND retired_at < :past",
    "email_change": "expires_at < :now",
    "phone_code": "expires_at < :now",
    "imported_account": "person IS NULL AND created_at < :year_ago",
    "letter": "expires_at < :now",
    "mail_link": "expires_at < :now",
    "login_attempt": "updated_at < :week_ago",
    "known_device": "last_used_at < :long_ago",
}


async def purge(session: AsyncSession, now: datetime) -> int:
    """Delete one batch of each; returns how many rows went."""
    removed = 0
    for table, condition in _CONDITIONS.items():
        rows = await session.execute(
            text(
                f"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {condition}"
                " LIMIT :batch FOR UPDATE SKIP LOCKED))"
            ).bindparams(**{"batch": _BATCH, **_times(condition, now)})
        )
        removed += rows.rowcount  # type: ignore[attr-defined]
    return removed


def _times(condition: str, now: datetime) -> dict[str, datetime]:
    times = {
        "now": now,
        "past": now - _AFTERMATH,
        "week_ago": now - _GUESSES,
        "long_ago": now - _DEVICE_MEMORY,
        "year_ago": now - _UNCLAIMED,
    }
    return {name: value for name, value in times.items() if f":{name}" in condition}
