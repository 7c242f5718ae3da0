# SPDX-License-Identifier: EUPL-1.2
"""The processes' rows, their parts, news and followers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_participation.db.meeting_tables import Meeting
from parvis_participation.db.only import only
from parvis_participation.db.process_tables import Process as Row
from parvis_participation.db.process_tables import ProcessFollower as Follower
from parvis_participation.db.process_tables import ProcessNews as News
from parvis_participation.db.process_tables import ProcessPart as Part
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.db.tables import Poll
from parvis_participation.domain.audience import SIGNED_IN, Audience, ProcessAudience, Visibility, audience
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.process import phases_of
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.town_day import day_of

VOTE_RUNS: Final = (Poll.published_at.is_not(None), Poll.counted_at.is_(None), Poll.cancelled_at.is_(None))
"""What is true of a secret poll that is published, and neither counted nor called off."""
# Who follows under both accounts follows once.
# Of two the one that follows for longer stays: who was told up to one of them is not told again by the other.
_ONCE = text("""
DELETE FROM process_follower later USING process_follower earlier
WHERE later.person IN (:absorbed, :kept) AND earlier.person IN (:absorbed, :kept)
    AND later.process_id = earlier.process_id AND later.id > earlier.id
""")


async def one(
    session: AsyncSession, collectivity: str, process_id: UUID, *, published: bool = False, lock: bool = False
) -> Row:
    """A process of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == process_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def shown(session: AsyncSession, collectivity: str, process_id: UUID, to: Collection[Visibility]) -> Row:
    """A published process of that collectivity that such people see; raises NotFoundError."""
    wanted = select(Row).where(Row.id == process_id, Row.collectivity == collectivity)
    return await only(session, wanted.where(Row.published_at.is_not(None), Row.visible_to.in_(to)))


async def page(
    session: AsyncSession,
    collectivity: str,
    to: Collection[Visibility] | None,
    position: keyset.Position | None,
    limit: int,
    *,
    area: str | None = None,
) -> keyset.Slice[Row]:
    """One page of the published processes that such people see, newest first; without ``to`` all, drafts too.

    With ``area`` those alone that are about it.
    """
    wanted = select(Row).where(Row.collectivity == collectivity)
    if area is not None:
        wanted = wanted.where(Row.area == area)
    if to is not None:
        wanted = wanted.where(Row.published_at.is_not(None), Row.visible_to.in_(to))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def parts(session: AsyncSession, process_id: UUID) -> Sequence[Part]:
    """What belongs to a process, the first first."""
    wanted = select(Part).where(Part.process_id == process_id).order_by(Part.created_at, Part.part)
    return (await session.scalars(wanted)).all()


async def of_part(session: AsyncSession, part: UUID) -> Row | None:
    """The published process to which something belongs, within which a proposal was made, or that a meeting names.

    Of a draft None.
    """
    joined = select(Part.process_id).where(Part.part == part).scalar_subquery()
    made = select(Proposal.process_id).where(Proposal.id == part, Proposal.state != ProposalState.DRAFT)
    named = select(Meeting.process_id).where(Meeting.id == part)
    belongs = Row.id == func.coalesce(joined, made.scalar_subquery(), named.scalar_subquery())
    wanted = select(Row).where(belongs, Row.published_at.is_not(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def within(session: AsyncSession, proposal: Proposal) -> Row | None:
    """The process within which a proposal was made, drafts too; None of what was made alone. Raises NotFoundError."""
    if proposal.process_id is None:
        return None
    return await one(session, proposal.collectivity, proposal.process_id, published=True)


def audience_of(row: Row) -> Audience | None:
    """Who may take part; None for whoever has signed in. Raises AudienceError."""
    return _audience(row.audience) if row.audience is not None else None


def audience_within(
    process_id: UUID, collectivity: str, audience: Mapping[str, Any], phases: Sequence[Mapping[str, Any]],
    *, roll: Mapping[str, Any] | None, roll_salt: bytes | None,
) -> ProcessAudience:  # fmt: skip
    """For whom what belongs to a process is, of what its row has."""
    begins_on = day_of(phases_of(phases)[0].begins_at, clock_of(collectivity))
    forgotten = roll is not None and roll_salt is None
    return ProcessAudience(process_id, collectivity, _audience(audience), begins_on, roll_salt, forgotten)


def whom_within(row: Row | None) -> ProcessAudience | None:
    """For whom what belongs to that process is, if to any; None for whoever has signed in."""
    if row is None or row.audience is None:
        return None
    return audience_within(row.id, row.collectivity, row.audience, row.phases, roll=row.roll, roll_salt=row.roll_salt)


async def add_part(session: AsyncSession, part: Part) -> bool:
    """Have it belong to a process; False where it belongs to another one. Asked again, nothing changes."""
    values = {column.key: getattr(part, column.key) for column in Part.__table__.columns}
    await session.execute(insert(Part).values(values).on_conflict_do_nothing())
    owner = await session.scalar(select(Part.process_id).where(Part.part == part.part))
    return owner == part.process_id


async def remove_part(session: AsyncSession, process_id: UUID, part: UUID) -> None:
    """Have it belong to the process no more; raises NotFoundError."""
    gone = delete(Part).where(Part.part == part, Part.process_id == process_id).returning(Part.part)
    if (await session.execute(gone.execution_options(synchronize_session=False))).first() is None:
        raise NotFoundError


async def vote_runs(session: AsyncSession, process_id: UUID) -> bool:
    """Whether a secret poll belongs to it that is published, and neither counted nor called off."""
    belongs = select(Part.part).where(Part.process_id == process_id)
    return await is_vote_running(session, belongs)


async def is_vote_running(session: AsyncSession, parts: Select[tuple[UUID]] | Collection[UUID]) -> bool:
    """Whether one of these is a secret poll that is published, and neither counted nor called off.

    None of them that is a draft is published before this transaction ends.
    """
    # The process before its polls; who publishes a poll takes no process.
    drafts = select(Poll.id).where(Poll.id.in_(parts), Poll.published_at.is_(None)).order_by(Poll.id)
    await session.execute(drafts.with_for_update(read=True))
    wanted = select(Poll.id).where(Poll.id.in_(parts), *VOTE_RUNS)
    return (await session.execute(wanted.limit(1))).first() is not None


async def news(
    session: AsyncSession, process_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[News]:
    """One page of what was told of a process, newest first."""
    wanted = select(News).where(News.process_id == process_id)
    rows = await session.scalars(keyset.at(wanted, News.created_at, News.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def follow(session: AsyncSession, row: Row, person: UUID, now: datetime) -> None:
    """Have somebody follow; asked again, nothing changes."""
    values = {"id": uuid7(), "process_id": row.id, "person": person, "collectivity": row.collectivity}
    await session.execute(insert(Follower).values(values | {"created_at": now}).on_conflict_do_nothing())


async def follow_no_more(session: AsyncSession, process_id: UUID, person: UUID) -> None:
    """Have somebody follow no more; asked again, nothing changes."""
    gone = delete(Follower).where(Follower.process_id == process_id, Follower.person == person)
    await session.execute(gone.execution_options(synchronize_session=False))


async def follows(session: AsyncSession, process_id: UUID, person: UUID) -> bool:
    """Whether somebody does."""
    wanted = select(Follower.id).where(Follower.process_id == process_id, Follower.person == person)
    return (await session.execute(wanted)).first() is not None


async def untold_news(session: AsyncSession) -> News | None:
    """News of which followers are still to be told, locked; None if none."""
    wanted = select(News).where(News.told_at.is_(None)).order_by(News.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


def followers(process_id: UUID, until: datetime) -> Select[tuple[Follower]]:
    """Those who followed then, as long as they see the process."""
    seen = select(Row.id).where(Row.id == process_id, Row.visible_to.in_(SIGNED_IN))
    return select(Follower).where(Follower.process_id.in_(seen), Follower.created_at <= until)


async def next_followers(session: AsyncSession, of: News, limit: int) -> Sequence[Follower]:
    """Those who followed when the news came and have not been told of it, by id."""
    wanted = followers(of.process_id, of.created_at)
    if of.told_after is not None:
        wanted = wanted.where(Follower.id > of.told_after)
    return (await session.scalars(wanted.order_by(Follower.id).limit(limit))).all()


async def due(session: AsyncSession, now: datetime) -> Row | None:
    """A published process of which a phase has begun and has not been told, locked; None if none."""
    wanted = select(Row).where(Row.next_at.is_not(None), Row.published_at.is_not(None), Row.next_at <= now)
    wanted = wanted.order_by(Row.next_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let who followed under an account that is no more follow under the kept one."""
    await session.execute(_ONCE, {"absorbed": absorbed, "kept": kept})
    moved = update(Follower).where(Follower.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))


def _audience(given: Mapping[str, Any]) -> Audience:
    areas = frozenset(given["areas"])
    conditions = {"residence": given["residence"], "listed": given.get("listed", False)}
    return audience(given["level"], given["minimum_age"], areas=areas, **conditions)
