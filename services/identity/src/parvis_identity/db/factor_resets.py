# SPDX-License-Identifier: EUPL-1.2
"""Resets of second factors: at most one of a person waits, and each is decided once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import SecondFactorResetRow
from parvis_identity.domain.factor_reset import FactorReset, ResetReason, State, StoppedBy
from parvis_identity.domain.pivot import Document

_WAITS = SecondFactorResetRow.state == State.WAITING.value


async def add(session: AsyncSession, reset: FactorReset, objection_hash: bytes) -> bool:
    """A reset that waits, and what calls it off; False where one of the person does already."""
    added = await session.scalar(
        insert(SecondFactorResetRow)
        .values(
            id=reset.id,
            person=reset.person,
            collectivity=reset.collectivity,
            document=reset.document.value,
            reason=reset.reason.value,
            state=State.WAITING.value,
            agent=reset.agent,
            created_at=reset.created_at,
            due_at=reset.due_at,
            objection_hash=objection_hash,
        )
        .on_conflict_do_nothing(index_elements=["person"], index_where=text("state = 'waiting'"))
        .returning(SecondFactorResetRow.id)
    )
    return added is not None


async def behind(session: AsyncSession, objection_hash: bytes) -> FactorReset | None:
    """The reset that this link calls off, while it waits."""
    row = await session.scalar(select(SecondFactorResetRow).where(_linked(objection_hash), _WAITS))
    return _reset(row) if row else None


async def stop_of(session: AsyncSession, person: UUID, by: StoppedBy, now: datetime) -> FactorReset | None:
    """Call off the one of that person; None where none waits."""
    return await _stop(session, SecondFactorResetRow.person == person, by, now)


async def stop_behind(session: AsyncSession, objection_hash: bytes, now: datetime) -> FactorReset | None:
    """Call off the one of that link; None where it waits no more."""
    return await _stop(session, _linked(objection_hash), StoppedBy.LETTER, now)


async def take_due(session: AsyncSession, now: datetime) -> FactorReset | None:
    """One that has waited long enough, done once the caller commits; None where there is none."""
    due = (
        select(SecondFactorResetRow.id)
        .where(_WAITS, SecondFactorResetRow.due_at <= now)
        .order_by(SecondFactorResetRow.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = await session.scalar(
        update(SecondFactorResetRow)
        .where(SecondFactorResetRow.id == due)
        .values(state=State.DONE.value, decided_at=now, objection_hash=None)
        .returning(SecondFactorResetRow)
        .execution_options(synchronize_session=False)
    )
    return _reset(row) if row else None


async def _stop(session: AsyncSession, which: ColumnElement[bool], by: StoppedBy, now: datetime) -> FactorReset | None:
    row = await session.scalar(
        update(SecondFactorResetRow)
        .where(which, _WAITS)
        .values(state=State.CANCELLED.value, stopped_by=by.value, decided_at=now, objection_hash=None)
        .returning(SecondFactorResetRow)
        .execution_options(synchronize_session=False)
    )
    return _reset(row) if row else None


def _linked(objection_hash: bytes) -> ColumnElement[bool]:
    return SecondFactorResetRow.objection_hash == objection_hash


def _reset(row: SecondFactorResetRow) -> FactorReset:
    return FactorReset(
        id=row.id,
        person=row.person,
        collectivity=row.collectivity,
        document=Document(row.document),
        reason=ResetReason(row.reason),
        agent=row.agent,
        created_at=row.created_at,
        due_at=row.due_at,
    )
