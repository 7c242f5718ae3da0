# SPDX-License-Identifier: EUPL-1.2
"""Who was convened to which session."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.assembly_tables import AssemblyConvocation as Row
from parvis_participation.db.assembly_tables import AssemblySession as Session
from parvis_participation.domain.assembly import SessionState

# Who was convened by both accounts was convened once.
_MOVE = text("""
UPDATE assembly_convocation SET person = :kept WHERE person = :absorbed AND NOT EXISTS (
    SELECT FROM assembly_convocation mine
    WHERE mine.session_id = assembly_convocation.session_id AND mine.person = :kept)
""")


async def add(session: AsyncSession, row: Session, people: Collection[UUID]) -> Sequence[UUID]:
    """Note that these are convened; returns those who were not before, in the order of their ids."""
    if not people:
        return []
    own = {"session_id": row.id, "collectivity": row.collectivity, "begins_at": row.begins_at}
    made = insert(Row).values([own | {"person": person} for person in people])
    return sorted((await session.scalars(made.on_conflict_do_nothing().returning(Row.person))).all())


async def people(session: AsyncSession, session_id: UUID) -> set[UUID]:
    """Who was convened to that session."""
    return set((await session.scalars(select(Row.person).where(Row.session_id == session_id))).all())


async def to_come(session: AsyncSession, assembly_id: UUID, now: datetime) -> Sequence[Session]:
    """The sessions of an assembly to which people were convened and that have not begun."""
    wanted = select(Session).where(Session.assembly_id == assembly_id, Session.state == SessionState.CONVENED)
    return (await session.scalars(wanted.where(Session.begins_at > now).order_by(Session.begins_at))).all()


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Have who was convened by an account that is no more be convened by the kept one."""
    await session.execute(_MOVE, {"absorbed": absorbed, "kept": kept})
    left = delete(Row).where(Row.person == absorbed)
    await session.execute(left.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, before: datetime) -> None:
    """Keep no longer who was convened to sessions that began before that instant."""
    gone = delete(Row).where(Row.begins_at < before)
    await session.execute(gone.execution_options(synchronize_session=False))
