# SPDX-License-Identifier: EUPL-1.2
"""The rows of people who reported something without an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.moderation_tables import ModerationCase
from parvis_participation.db.notice_tables import ContentNotice as Row
from parvis_participation.db.only import only
from parvis_participation.domain.moderation import CaseState


async def by_digest(session: AsyncSession, digest: bytes) -> Row:
    """Whose secret it is; raises NotFoundError."""
    return await only(session, select(Row).where(Row.digest == digest))


async def given_since(session: AsyncSession, collectivity: str, since: datetime, limit: int) -> int:
    """How many were given in a collectivity since then, counted up to that number."""
    some = select(Row.person).where(Row.collectivity == collectivity, Row.created_at > since).limit(limit)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0


async def mailed_since(session: AsyncSession, address: bytes, since: datetime) -> int:
    """Of how many notices since then, in whichever collectivity, mails go to that mailbox; there are few."""
    wanted = select(func.count()).where(Row.address == address, Row.created_at > since, Row.mailed)
    return await session.scalar(wanted) or 0


async def of_person(session: AsyncSession, collectivity: str, person: UUID) -> Row:
    """That of somebody who is written to; raises NotFoundError."""
    wanted = select(Row).where(Row.person == person, Row.collectivity == collectivity, Row.mailed)
    return await only(session, wanted)


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[Row]:
    """Those of a case, the first first; there are never many."""
    return (await session.scalars(select(Row).where(Row.case_id == case_id).order_by(Row.created_at))).all()


async def to_forget(session: AsyncSession, before: datetime, limit: int) -> Sequence[Row]:
    """Those given before then about what was decided before then, the first first."""
    done = (CaseState.DECIDED, CaseState.CLOSED)
    wanted = select(Row).join(ModerationCase, ModerationCase.id == Row.case_id)
    wanted = wanted.where(Row.created_at < before, ModerationCase.decided_at < before, ModerationCase.state.in_(done))
    return (await session.scalars(wanted.order_by(Row.created_at).limit(limit))).all()


async def forget(session: AsyncSession, person: UUID) -> None:
    """Delete one; the report itself stays, of nobody."""
    await session.execute(delete(Row).where(Row.person == person).execution_options(synchronize_session=False))
