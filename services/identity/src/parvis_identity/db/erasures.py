# SPDX-License-Identifier: EUPL-1.2
"""Erasures of accounts: at most one of a person waits, and each is carried out or taken back once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.erasure_tables import AccountErasureRow as Row
from parvis_identity.domain.erasure import SETTLED, Erasure, State, StoppedBy
from parvis_identity.domain.pivot import Document

_WAITS = Row.state == State.WAITING.value


async def add(session: AsyncSession, erasure: Erasure, objection_hash: bytes) -> bool:
    """An erasure that waits, and what takes it back; False where one of the person does already."""
    added = await session.scalar(
        insert(Row)
        .values(
            id=erasure.id,
            person=erasure.person,
            collectivity=erasure.collectivity,
            document=erasure.document.value if erasure.document else None,
            agent=erasure.agent,
            state=State.WAITING.value,
            created_at=erasure.created_at,
            due_at=erasure.due_at,
            objection_hash=objection_hash,
        )
        .on_conflict_do_nothing(index_elements=["person"], index_where=text("state = 'waiting'"))
        .returning(Row.id)
    )
    return added is not None


async def of_person(session: AsyncSession, person: UUID) -> Erasure | None:
    """The one that waits."""
    row = await session.scalar(select(Row).where(Row.person == person, _WAITS))
    return _erasure(row) if row else None


async def behind(session: AsyncSession, objection_hash: bytes) -> Erasure | None:
    """The one that this link takes back, while it waits."""
    row = await session.scalar(select(Row).where(Row.objection_hash == objection_hash, _WAITS))
    return _erasure(row) if row else None


async def stop_of(session: AsyncSession, person: UUID, by: StoppedBy, now: datetime) -> Erasure | None:
    """Take the one of that person back; None where none waits."""
    return await _stop(session, Row.person == person, by, now)


async def stop_behind(session: AsyncSession, objection_hash: bytes, now: datetime) -> Erasure | None:
    """Take the one of that link back; None where it waits no more."""
    return await _stop(session, Row.objection_hash == objection_hash, StoppedBy.LETTER, now)


async def due(session: AsyncSession, now: datetime) -> Erasure | None:
    """The one that is due for longest; it is not locked, so that its person can be, first."""
    row = await session.scalar(select(Row).where(_WAITS, Row.due_at <= now).order_by(Row.due_at).limit(1))
    return _erasure(row) if row else None


async def take(session: AsyncSession, id_: UUID, keys: Sequence[UUID], now: datetime) -> bool:
    """Its account is empty once the caller commits, and the keys fall due; False where it waits no more."""
    values = {
        "state": State.EMPTIED.value,
        "keys": list(keys),
        "due_at": now + SETTLED,
        "decided_at": now,
        "failures": 0,
    }
    return await _changed(session, id_, State.WAITING, {**values, "objection_hash": None})


async def hold(session: AsyncSession, erasure: Erasure, until: datetime, now: datetime) -> bool:
    """Something stands in its way: try again then; False where it waits no more."""
    return await _changed(session, erasure.id, State.WAITING, {"due_at": until, "held_at": erasure.held_at or now})


async def put_off(session: AsyncSession, erasure: Erasure, until: datetime, before: State) -> bool:
    """It has failed once more: try again then; False where another process has gone on with it."""
    return await _changed(session, erasure.id, before, {"due_at": until, "failures": erasure.failures + 1})


async def emptied(session: AsyncSession, now: datetime) -> tuple[Erasure, Sequence[UUID]] | None:
    """One whose keys are to be destroyed now, and the keys."""
    mine = Row.state == State.EMPTIED.value
    row = await session.scalar(select(Row).where(mine, Row.due_at <= now).order_by(Row.due_at).limit(1))
    return (_erasure(row), row.keys) if row else None


async def done(session: AsyncSession, id_: UUID) -> bool:
    """Its keys are destroyed; False where another process said so first."""
    return await _changed(session, id_, State.EMPTIED, {"state": State.DONE.value})


async def _changed(session: AsyncSession, id_: UUID, before: State, values: dict[str, Any]) -> bool:
    changed = await session.scalar(
        update(Row)
        .where(Row.id == id_, Row.state == before.value)
        .values(**values)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def _stop(session: AsyncSession, which: ColumnElement[bool], by: StoppedBy, now: datetime) -> Erasure | None:
    row = await session.scalar(
        update(Row)
        .where(which, _WAITS)
        .values(state=State.CANCELLED.value, stopped_by=by.value, decided_at=now, objection_hash=None)
        .returning(Row)
        .execution_options(synchronize_session=False)
    )
    return _erasure(row) if row else None


def _erasure(row: Row) -> Erasure:
    return Erasure(
        id=row.id,
        person=row.person,
        collectivity=row.collectivity,
        document=Document(row.document) if row.document else None,
        agent=row.agent,
        created_at=row.created_at,
        due_at=row.due_at,
        held_at=row.held_at,
        failures=row.failures,
    )
