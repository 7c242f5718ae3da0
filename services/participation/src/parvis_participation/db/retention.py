# SPDX-License-Identifier: EUPL-1.2
"""Who chose what, once its time is over: found object by object, counted for good, and deleted some rows at a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import TextClause

from parvis_participation.db import accountability, consultations, moderation, proposals
from parvis_participation.db.eligibility_tables import PollEntitled
from parvis_participation.db.process_tables import Process
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.db.tables import Budget, Consultation, Poll
from parvis_participation.db.town_days import day_there, latest_day
from parvis_participation.domain.accountability import SETTLED
from parvis_participation.domain.moderation import APPEAL_PERIOD, ContentKind
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.retention import LEAST_DAYS, Kind

Object = Consultation | Budget | Poll | Proposal

_CHOICES: Final = text("""
INSERT INTO budget_choice (budget_id, place, collectivity, choice, times)
SELECT budget_id, row_number() OVER (ORDER BY choice), collectivity, choice, count(*) FROM budget_vote
WHERE budget_id = :id AND choice IS NOT NULL AND NOT EXISTS (SELECT FROM budget_choice WHERE budget_id = :id)
GROUP BY budget_id, collectivity, choice
""")


def _some(table: str, owner: str, key: str) -> TextClause:
    return text(f"""
WITH few AS MATERIALIZED (SELECT {key} FROM {table} WHERE {owner} = :id ORDER BY {key} LIMIT :most)
DELETE FROM {table} USING few WHERE {table}.{owner} = :id AND {table}.{key} = few.{key} RETURNING 1
""")


def _left(table: str, owner: str) -> TextClause:
    return text(f"SELECT 1 FROM {table} WHERE {owner} = :id LIMIT 1")


_ROWS: Final[Mapping[Kind, Sequence[tuple[str, str, str]]]] = {
    Kind.ANSWERS: [("answer", "consultation_id", "person")],
    Kind.BUDGET_VOTES: [("budget_vote", "budget_id", "person_key")],
    Kind.POLL_ROLL: [("poll_hold", "poll_id", "person_key"), ("poll_roll", "poll_id", "person_key")],
    Kind.UNUSED_LIST: [("poll_entitled", "poll_id", "person_key")],
    Kind.SUPPORTS: [("proposal_support", "proposal_id", "person")],
}
_DELETE: Final = {kind: [_some(*rows) for rows in tables] for kind, tables in _ROWS.items()}
_LEFT: Final = {kind: [_left(table, owner) for table, owner, _ in tables] for kind, tables in _ROWS.items()}


async def due(session: AsyncSession, kind: Kind, days: int, now: datetime, without: Sequence[UUID]) -> Object | None:
    """Something of which that is to be deleted, not one of those; locked, None if there is none.

    ``days`` are those of what has no period of its own: supports, and lists of polls that never opened.
    """
    for wanted in _WANTED[kind](days, now):
        found: Object | None = await session.scalar(_next(wanted, without))
        if found is not None:
            return found
    return None


def _next(wanted: Select[Any], without: Sequence[UUID]) -> Select[Any]:
    entity = wanted.column_descriptions[0]["entity"]
    return wanted.where(entity.id.not_in(without)).limit(1).with_for_update(of=entity, skip_locked=True)


def _over(row: type[Consultation | Budget | Poll], ended: Any, now: datetime) -> ColumnElement[bool]:
    # The first condition is the index's, the second the object's own.
    own = ended + func.make_interval(0, 0, 0, row.retention_days) < now
    over: ColumnElement[bool] = (ended < now - timedelta(days=LEAST_DAYS)) & own
    return over & row.forgotten_at.is_(None)


def _answers(_: int, now: datetime) -> list[Select[Any]]:
    over = _over(Consultation, Consultation.closes_at, now)
    return [select(Consultation).where(over, Consultation.closing_told_at.is_not(None))]


def _budget_votes(_: int, now: datetime) -> list[Select[Any]]:
    # Of what was called off the votes may have to go at once.
    end = Budget.called_off_at + func.make_interval(0, 0, 0, Budget.retention_days)
    called_off = (Budget.forgotten_at.is_(None), Budget.called_off_at < now, end < now)
    ended: list[tuple[ColumnElement[bool], ...]] = [(_over(Budget, Budget.counted_at, now),), called_off]
    return [select(Budget).where(Budget.secret.is_(None), *each) for each in ended]


def _roll(_: int, now: datetime) -> list[Select[Any]]:
    return [select(Poll).where(_over(Poll, ended, now)) for ended in (Poll.counted_at, Poll.cancelled_at)]


def _unused_list(days: int, now: datetime) -> list[Select[Any]]:
    listed = exists().where(PollEntitled.poll_id == Poll.id)
    never = (Poll.published_at.is_(None), Poll.closes_at < now - timedelta(days=days), listed)
    return [select(Poll).where(*never)]


def _supports(days: int, now: datetime) -> list[Select[Any]]:
    kept, before = Proposal.supports_forgotten_at.is_(None), now - timedelta(days=days)
    gone = now - max(timedelta(days=days), APPEAL_PERIOD)
    withdrawn, removed = (Proposal.state == state for state in (ProposalState.WITHDRAWN, ProposalState.REMOVED))
    undecided = moderation.undecided(ContentKind.PROPOSAL, Proposal.id)
    # The day is the town's to say, and may lie far back: nobody could contest what is said of it today.
    settled = (
        Proposal.outcome.in_(SETTLED),
        Proposal.outcome_on < latest_day(before),
        Proposal.outcome_on < day_there(Proposal.collectivity, before),
    )
    said = accountability.reported_since(Proposal.id, before)
    ended = select(Proposal).join(Process, Process.id == Proposal.process_id)
    half = (kept, Proposal.supports_kept.is_not(None))  # the town may have taken it up again meanwhile
    return [
        select(Proposal).where(*half),
        select(Proposal).where(kept, withdrawn, Proposal.changed_at < gone),
        select(Proposal).where(kept, removed, Proposal.changed_at < gone, ~undecided),
        select(Proposal).where(kept, *settled, ~said),
        ended.where(kept, Proposal.process_id.is_not(None), Process.ends_at < before),
    ]


_WANTED: Final[Mapping[Kind, Callable[[int, datetime], list[Select[Any]]]]] = {
    Kind.ANSWERS: _answers,
    Kind.BUDGET_VOTES: _budget_votes,
    Kind.POLL_ROLL: _roll,
    Kind.UNUSED_LIST: _unused_list,
    Kind.SUPPORTS: _supports,
}


async def settle(session: AsyncSession, row: Object) -> None:
    """Keep what the rows add up to, before the first of them goes; again, nothing changes."""
    match row:
        case Consultation() if row.counted is None:
            row.counted = await consultations.counts(session, row.id)
        case Proposal() if row.supports_kept is None:
            row.supports_kept = (await proposals.supported(session, row)).supports
        case Budget() if row.counted_at is not None:
            await session.execute(_CHOICES, {"id": row.id})
    await session.flush()


async def delete_some(session: AsyncSession, kind: Kind, object_id: UUID, most: int) -> int:
    """Delete at most so many rows of each table; returns how many of the largest."""
    asked = {"id": object_id, "most": most}
    return max([len((await session.execute(each, asked)).all()) for each in _DELETE[kind]])


async def any_left(session: AsyncSession, kind: Kind, object_id: UUID) -> bool:
    """Whether rows of it are still to be deleted."""
    found = [(await session.execute(each, {"id": object_id})).first() for each in _LEFT[kind]]
    return any(row is not None for row in found)
