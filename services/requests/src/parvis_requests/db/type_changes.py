# SPDX-License-Identifier: EUPL-1.2
"""Of which types requests were before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import AnswerKey, TypeChange
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain import answer_filters


async def of(session: AsyncSession, request_id: UUID) -> Sequence[TypeChange]:
    """All of a request's, the first first."""
    wanted = select(TypeChange).where(TypeChange.request_id == request_id).order_by(TypeChange.sequence)
    return (await session.scalars(wanted)).all()


async def become(
    session: AsyncSession,
    row: Row,
    form: tuple[FormKey, str],
    answers: bytes,
    facets: list[bytes],
    keys: Sequence[answer_filters.AnswerKey],
) -> None:
    """Make it a request of that form, with these answers and what it is found by; the row is locked."""
    key, code = form
    values = {"type_id": key.type_id, "type_version": key.number, "type_code": code}
    await _set(session, row, **values, answers=answers, facets=facets)
    gone = delete(AnswerKey).where(AnswerKey.request_id == row.id)
    await session.execute(gone.execution_options(synchronize_session=False))
    session.add_all(
        AnswerKey(
            request_id=row.id,
            position=position,
            collectivity=row.collectivity,
            question=each.question,
            number=each.number,
            day=each.day,
            words=each.words,
        )
        for position, each in enumerate(keys, 1)
    )


async def without_clock(session: AsyncSession, row: Row) -> None:
    """Let no legal period run for it."""
    none = {"clock_started_on": None, "clock_paused_on": None, "clock_extra_days": 0, "clock_extended_months": 0}
    await _set(session, row, **none, legal_end_at=None)


async def _set(session: AsyncSession, row: Row, **values: object) -> None:
    changed = update(Row).where(Row.id == row.id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))
