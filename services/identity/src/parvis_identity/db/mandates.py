# SPDX-License-Identifier: EUPL-1.2
"""Mandates between people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.behalf_tables import MandateRow
from parvis_identity.domain.behalf import Behalf, Ground, Mandate

_LISTED = 100


async def add(session: AsyncSession, mandate: Mandate, code_hash: bytes) -> None:
    """A mandate that waits for who brings the code."""
    session.add(
        MandateRow(
            id=mandate.id,
            collectivity=mandate.collectivity,
            mandator=mandate.mandator,
            scopes=sorted(mandate.scopes),
            code_hash=code_hash,
            created_at=mandate.created_at,
            offer_ends_at=mandate.offer_ends_at,
            ends_at=mandate.ends_at,
        )
    )
    await session.flush()


async def accept(
    session: AsyncSession, code_hash: bytes, mandatary: UUID, collectivity: str, now: datetime
) -> Mandate | None:
    """Take the mandate, once; None for a code that is no use any more, and for the mandator."""
    row = await session.scalar(
        update(MandateRow)
        .where(
            MandateRow.code_hash == code_hash,
            MandateRow.collectivity == collectivity,
            MandateRow.mandator != mandatary,
            MandateRow.offer_ends_at > now,
            MandateRow.ends_at > now,
            MandateRow.ended_at.is_(None),
        )
        .values(mandatary=mandatary, accepted_at=now, code_hash=None)
        .returning(MandateRow)
    )
    return _mandate(row) if row else None


async def end(session: AsyncSession, id_: UUID, person: UUID, collectivity: str, now: datetime) -> Mandate | None:
    """Revoked by the mandator, or given back by the mandatary; None for anybody else's, or where it is over."""
    row = await session.scalar(
        update(MandateRow)
        .where(
            MandateRow.id == id_,
            MandateRow.collectivity == collectivity,
            or_(MandateRow.mandator == person, MandateRow.mandatary == person),
            MandateRow.ended_at.is_(None),
        )
        .values(ended_at=now, code_hash=None)
        .returning(MandateRow)
    )
    return _mandate(row) if row else None


async def of_person(session: AsyncSession, person: UUID, collectivity: str) -> list[Mandate]:
    """The mandates that somebody gave or was given in that collectivity, the latest first; at most a hundred."""
    rows = await session.scalars(
        select(MandateRow)
        .where(
            MandateRow.collectivity == collectivity,
            or_(MandateRow.mandator == person, MandateRow.mandatary == person),
        )
        .order_by(MandateRow.id.desc())
        .limit(_LISTED)
    )
    return [_mandate(row) for row in rows]


async def ground(session: AsyncSession, id_: UUID, actor: UUID, collectivity: str, now: datetime) -> Behalf | None:
    """That the mandatary may act now; None for a mandate that is over, not accepted, or another's."""
    row = await session.scalar(
        select(MandateRow).where(
            MandateRow.id == id_,
            MandateRow.mandatary == actor,
            MandateRow.collectivity == collectivity,
            MandateRow.ended_at.is_(None),
            MandateRow.ends_at > now,
        )
    )
    if row is None:
        return None
    return Behalf(
        ground=Ground.MANDATE,
        id=row.id,
        collectivity=row.collectivity,
        person=row.mandator,
        actor=actor,
        scopes=frozenset(row.scopes),
        ends_at=row.ends_at,
    )


def _mandate(row: MandateRow) -> Mandate:
    return Mandate(
        id=row.id,
        collectivity=row.collectivity,
        mandator=row.mandator,
        mandatary=row.mandatary,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        offer_ends_at=row.offer_ends_at,
        ends_at=row.ends_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
    )
