# SPDX-License-Identifier: EUPL-1.2
"""The rows of moderation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from parvis_kit.db import keyset
from parvis_participation.db.moderation_tables import ModerationAppeal, ModerationDecision, ModerationReport
from parvis_participation.db.moderation_tables import ModerationCase as Row
from parvis_participation.db.only import only
from parvis_participation.domain.moderation import Case, CaseState, ContentKind, Outcome, Ref

_COLUMNS: Final[dict[ContentKind, Any]] = {
    ContentKind.COMMENT: Row.comment_id,
    ContentKind.PROPOSAL: Row.proposal_id,
    ContentKind.PROJECT: Row.project_id,
    ContentKind.STATEMENT: Row.statement_id,
    ContentKind.PHOTO: Row.photo_id,
    ContentKind.AMENDMENT: Row.amendment_id,
    ContentKind.ANSWER: Row.amendment_answer_id,
    ContentKind.PETITION: Row.petition_id,
}


def about(ref: Ref) -> dict[str, UUID]:
    """The column that says what a case is about."""
    return {_COLUMNS[ref.kind].key: ref.id}


def ref_of(row: Row) -> Ref:
    """What it is about."""
    kind = next(kind for kind, column in _COLUMNS.items() if getattr(row, column.key) is not None)
    return Ref(kind, getattr(row, _COLUMNS[kind].key))


def undecided(kind: ContentKind, content_id: InstrumentedAttribute[UUID] | UUID) -> Exists:
    """Whether a case about it waits for a decision, the first or the one on an appeal."""
    waiting = Row.state.in_((CaseState.OPEN, CaseState.APPEALED))
    return exists().where(_COLUMNS[kind] == content_id, waiting)


async def is_undecided(session: AsyncSession, ref: Ref) -> bool:
    """The same, of one thing."""
    return bool(await session.scalar(select(undecided(ref.kind, ref.id))))


async def one(session: AsyncSession, collectivity: str, case_id: UUID, *, lock: bool = False) -> Row:
    """A case of that collectivity, as it is now; raises NotFoundError."""
    wanted = select(Row).where(Row.id == case_id, Row.collectivity == collectivity)
    wanted = wanted.execution_options(populate_existing=True)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def of_version(session: AsyncSession, ref: Ref, version: int) -> Row | None:
    """The case about what that version of it says, if there is one."""
    wanted = select(Row).where(_COLUMNS[ref.kind] == ref.id, Row.content_version == version)
    return (await session.execute(wanted)).scalar_one_or_none()


async def page(
    session: AsyncSession,
    collectivity: str,
    states: Sequence[CaseState],
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Row]:
    """One page of a collectivity's cases, newest first."""
    wanted = select(Row).where(Row.collectivity == collectivity)
    if states:
        wanted = wanted.where(Row.state.in_(states))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def page_of(
    session: AsyncSession, collectivity: str, person: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of what was decided about what somebody wrote or reported, newest first."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.decided_at.is_not(None), _about(person))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def _about(person: UUID) -> ColumnElement[bool]:
    reported = select(ModerationReport.case_id).where(ModerationReport.person == person)
    return or_(Row.author == person, Row.id.in_(reported))


async def reports(session: AsyncSession, case_id: UUID, limit: int = 100) -> Sequence[ModerationReport]:
    """The first reports of a case."""
    wanted = select(ModerationReport).where(ModerationReport.case_id == case_id)
    return (await session.scalars(wanted.order_by(ModerationReport.created_at).limit(limit))).all()


async def has_reported(session: AsyncSession, case_id: UUID, person: UUID) -> bool:
    """Whether that person reported it."""
    wanted = select(ModerationReport.id).where(ModerationReport.case_id == case_id, ModerationReport.person == person)
    return (await session.execute(wanted)).first() is not None


async def reported_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How often somebody has reported something since then."""
    wanted = select(func.count()).where(ModerationReport.person == person, ModerationReport.created_at > since)
    return await session.scalar(wanted) or 0


async def decisions(session: AsyncSession, case_ids: Sequence[UUID]) -> Sequence[ModerationDecision]:
    """What was decided in these cases, in its order."""
    wanted = select(ModerationDecision).where(ModerationDecision.case_id.in_(case_ids))
    return (await session.scalars(wanted.order_by(ModerationDecision.case_id, ModerationDecision.round))).all()


async def appeal(session: AsyncSession, case_id: UUID) -> ModerationAppeal | None:
    """Why the first decision is contested, if it is."""
    return (
        await session.execute(select(ModerationAppeal).where(ModerationAppeal.case_id == case_id))
    ).scalar_one_or_none()


def entity(row: Row) -> Case:
    """The domain's view of a row."""
    outcome = None if row.outcome is None else Outcome(row.outcome)
    return Case(CaseState(row.state), row.author, outcome, row.first_moderator, row.decided_at)


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let what is about an account that is no more be about the kept one; of two reports of a case both stay."""
    cases = update(Row).where(Row.author == absorbed).values(author=kept)
    appeals = update(ModerationAppeal).where(ModerationAppeal.person == absorbed).values(person=kept)
    both = select(ModerationReport.case_id).where(ModerationReport.person == kept)
    reported = update(ModerationReport).where(
        ModerationReport.person == absorbed, ModerationReport.case_id.not_in(both)
    )
    for moved in (cases, appeals, reported.values(person=kept)):
        await session.execute(moved.execution_options(synchronize_session=False))
