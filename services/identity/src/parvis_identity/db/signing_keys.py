# SPDX-License-Identifier: EUPL-1.2
"""The signing keys, sealed: one current, one next, and past ones for as long as their tokens live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import SigningKeyRow

CURRENT = "current"
NEXT = "next"
PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One key: the private part sealed, the public part as it is published."""

    kid: str
    status: str
    sealed: bytes
    public_jwk: dict[str, Any]
    created_at: datetime


async def lock(session: AsyncSession) -> None:
    """One process at a time makes or rotates keys."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('parvis-identity-signing-keys'))"))


async def published(session: AsyncSession, retired_after: datetime) -> list[SigningKey]:
    """The keys that verifiers may still meet."""
    rows: Sequence[SigningKeyRow] = (
        await session.scalars(
            select(SigningKeyRow)
            .where((SigningKeyRow.status != PAST) | (SigningKeyRow.retired_at > retired_after))
            .order_by(SigningKeyRow.created_at)
        )
    ).all()
    return [
        SigningKey(
            kid=row.kid, status=row.status, sealed=row.sealed, public_jwk=row.public_jwk, created_at=row.created_at
        )
        for row in rows
    ]


async def add(session: AsyncSession, key: SigningKey) -> None:
    """A new key."""
    session.add(
        SigningKeyRow(
            kid=key.kid,
            status=key.status,
            sealed=key.sealed,
            public_jwk=key.public_jwk,
            created_at=key.created_at,
        )
    )
    await session.flush()


async def retire_current(session: AsyncSession, now: datetime) -> None:
    """The current key signs no more; it is still published for a while."""
    await session.execute(
        update(SigningKeyRow).where(SigningKeyRow.status == CURRENT).values(status=PAST, retired_at=now)
    )


async def remove_current(session: AsyncSession) -> None:
    """The current key is not trusted any more: nothing that it signed verifies once caches have ended."""
    await session.execute(delete(SigningKeyRow).where(SigningKeyRow.status == CURRENT))


async def promote_next(session: AsyncSession) -> None:
    """The next key signs from now on."""
    await session.execute(update(SigningKeyRow).where(SigningKeyRow.status == NEXT).values(status=CURRENT))
