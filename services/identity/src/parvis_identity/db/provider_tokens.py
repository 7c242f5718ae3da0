# SPDX-License-Identifier: EUPL-1.2
"""The refresh tokens that a provider gave for sessions: by them it is asked whether it still vouches for somebody.

Each is sealed with the person's key, and goes when the session ends; the statements here compare it with the one that
was read, so that a sign-in in between, which brings a new one, is not undone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import SessionRow


@dataclass(frozen=True, slots=True)
class Claimed:
    """A session whose turn it is, and nobody else's until the next one."""

    session: UUID
    person: UUID
    provider: str
    sealed: bytes


async def due(session: AsyncSession, id_: UUID, before: datetime) -> bool:
    """True for a session that lives, whose provider can be asked, and was not since that instant."""
    found = await session.scalar(select(SessionRow.id).where(*_due(id_, before)))
    return found is not None


async def claim(session: AsyncSession, id_: UUID, before: datetime, now: datetime) -> Claimed | None:
    """The same, for the one of many callers who shall ask."""
    row = (
        await session.execute(
            update(SessionRow)
            .where(*_due(id_, before))
            .values(provider_asked_at=now)
            .returning(SessionRow.person, SessionRow.provider, SessionRow.refresh_token)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    return Claimed(id_, row[0], row[1], row[2]) if row else None


async def rotate(session: AsyncSession, claimed: Claimed, sealed: bytes) -> bool:
    """Keep the next one; False where the session has ended meanwhile, or the person has signed in again."""
    found = await session.scalar(
        update(SessionRow)
        .where(SessionRow.id == claimed.session, SessionRow.refresh_token == claimed.sealed)
        .values(refresh_token=sealed)
        .returning(SessionRow.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


def _due(id_: UUID, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SessionRow.id == id_,
        SessionRow.ended_at.is_(None),
        SessionRow.refresh_token.is_not(None),
        SessionRow.provider_asked_at <= before,
    )
