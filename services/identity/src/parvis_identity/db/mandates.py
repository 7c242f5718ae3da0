# SPDX-License-Identifier: EUPL-1.2
"""Mandates between people, and from people to organisations."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import organisations
from parvis_identity.db.behalf_tables import MandateRow
from parvis_identity.db.organisation_members import spoken_for
from parvis_identity.domain.behalf import Behalf, Ground, Mandate

_LISTED = 100


async def add(session: AsyncSession, mandate: Mandate, code_hash: bytes) -> None:
    """A mandate that waits for who brings the code."""
    session.add(
        MandateRow(
            id=mandate.id,
            collectivity=mandate.collectivity,
            mandator=mandate.mandator,
            organisation=mandate.organisation,
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
    """Take the mandate, once, for oneself or for the organisation that it names and one represents.

    None for a code that is no use any more, for the mandator, and for who does not represent that organisation.
    """
    row = await session.scalar(
        update(MandateRow)
        .where(
            MandateRow.code_hash == code_hash,
            MandateRow.collectivity == collectivity,
            MandateRow.mandator != mandatary,
            or_(MandateRow.organisation.is_(None), MandateRow.organisation.in_(_spoken_for(mandatary))),
            MandateRow.offer_ends_at > now,
            MandateRow.ends_at > now,
            MandateRow.ended_at.is_(None),
        )
        .values(mandatary=case((MandateRow.organisation.is_(None), mandatary)), accepted_at=now, code_hash=None)
        .returning(MandateRow)
        .execution_options(synchronize_session=False)
    )
    return (await _mandates(session, [row]))[0] if row else None


async def end(session: AsyncSession, id_: UUID, person: UUID, collectivity: str, now: datetime) -> Mandate | None:
    """Revoked by the mandator, or given back by the mandatary; None for anybody else's, or where it is over."""
    row = await session.scalar(
        update(MandateRow)
        .where(
            MandateRow.id == id_,
            MandateRow.collectivity == collectivity,
            _of(person),
            MandateRow.ended_at.is_(None),
        )
        .values(ended_at=now, code_hash=None)
        .returning(MandateRow)
        .execution_options(synchronize_session=False)
    )
    return (await _mandates(session, [row]))[0] if row else None


async def of_person(session: AsyncSession, person: UUID, collectivity: str) -> list[Mandate]:
    """The mandates that somebody gave or was given in that collectivity, the latest first; at most a hundred.

    Those of an organisation are its representatives', once they are accepted.
    """
    rows = await session.scalars(
        select(MandateRow)
        .where(MandateRow.collectivity == collectivity, _of(person))
        .order_by(MandateRow.id.desc())
        .limit(_LISTED)
    )
    return await _mandates(session, rows.all())


async def counterparts(session: AsyncSession, person: UUID) -> list[UUID]:
    """The people to whom that person gave a mandate that stands, or who gave them one."""
    standing = (MandateRow.ended_at.is_(None), MandateRow.accepted_at.is_not(None))
    given = select(MandateRow.mandatary).where(
        MandateRow.mandator == person, MandateRow.mandatary.is_not(None), *standing
    )
    taken = select(MandateRow.mandator).where(MandateRow.mandatary == person, *standing)
    return sorted(set(await session.scalars(given.union(taken))))


async def ground(session: AsyncSession, id_: UUID, actor: UUID, collectivity: str, now: datetime) -> Behalf | None:
    """That the mandatary may act now; None for a mandate that is over, not accepted, or another's."""
    speaking = spoken_for(actor).subquery()
    found = (
        await session.execute(
            select(MandateRow, speaking.c.id)
            .outerjoin(speaking, speaking.c.organisation == MandateRow.organisation)
            .where(
                MandateRow.id == id_,
                MandateRow.collectivity == collectivity,
                MandateRow.accepted_at.is_not(None),
                or_(MandateRow.mandatary == actor, speaking.c.id.is_not(None)),
                MandateRow.ended_at.is_(None),
                MandateRow.ends_at > now,
            )
        )
    ).one_or_none()
    if found is None:
        return None
    row, member = found
    return Behalf(
        ground=Ground.MANDATE,
        id=row.id,
        collectivity=row.collectivity,
        person=row.mandator,
        actor=actor,
        scopes=frozenset(row.scopes),
        ends_at=row.ends_at,
        rests_on=(row.id, row.organisation, member) if row.organisation else (row.id,),
        organisation=row.organisation,
    )


def _spoken_for(person: UUID) -> Select[tuple[UUID]]:
    speaking = spoken_for(person).subquery()
    return select(speaking.c.organisation)


def _of(person: UUID) -> ColumnElement[bool]:
    accepted = and_(MandateRow.accepted_at.is_not(None), MandateRow.organisation.in_(_spoken_for(person)))
    return or_(MandateRow.mandator == person, MandateRow.mandatary == person, accepted)


async def _mandates(session: AsyncSession, rows: Iterable[MandateRow]) -> list[Mandate]:
    rows = list(rows)
    names = await organisations.names(session, {row.organisation for row in rows if row.organisation})
    return [
        Mandate(
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
            organisation=row.organisation,
            organisation_name=names[row.organisation] if row.organisation else None,
        )
        for row in rows
    ]
