# SPDX-License-Identifier: EUPL-1.2
"""The assemblies' rows, their members and followers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_participation.db import publications
from parvis_participation.db.assembly_tables import Assembly as Row
from parvis_participation.db.assembly_tables import AssemblyFollower as Follower
from parvis_participation.db.assembly_tables import AssemblyMember as Member
from parvis_participation.db.only import only
from parvis_participation.db.town_days import day_there, latest_day

# Who follows under both accounts follows once.
# Of two the one that follows for longer stays: who was told up to one of them is not told again by the other.
_ONCE = text("""
DELETE FROM assembly_follower later USING assembly_follower earlier
WHERE later.person IN (:absorbed, :kept) AND earlier.person IN (:absorbed, :kept)
    AND later.assembly_id = earlier.assembly_id AND later.id > earlier.id
""")


async def one(
    session: AsyncSession, collectivity: str, assembly_id: UUID, *, published: bool = False, lock: bool = False
) -> Row:
    """An assembly of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == assembly_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession,
    collectivity: str,
    position: keyset.Position | None,
    limit: int,
    *,
    area: str | None = None,
    drafts: bool = False,
) -> keyset.Slice[Row]:
    """One page of the assemblies, newest first: the published ones, or with the drafts all.

    With ``area`` those alone that are about it.
    """
    wanted = select(Row).where(Row.collectivity == collectivity)
    if area is not None:
        wanted = wanted.where(Row.area == area)
    if not drafts:
        wanted = wanted.where(Row.published_at.is_not(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def member(session: AsyncSession, assembly_id: UUID, member_id: UUID) -> Member:
    """A member of that assembly, locked; raises NotFoundError."""
    wanted = select(Member).where(Member.id == member_id, Member.assembly_id == assembly_id).with_for_update()
    return await only(session, wanted)


async def mandates(session: AsyncSession, assembly_id: UUID, person: UUID, *, lock: bool = False) -> Sequence[Member]:
    """What an account is in that assembly, newest first, as long as it is not forgotten."""
    wanted = select(Member).where(Member.person == person, Member.assembly_id == assembly_id, Member.name.is_not(None))
    wanted = wanted.order_by(Member.created_at.desc(), Member.id.desc())
    return (await session.scalars(wanted.with_for_update() if lock else wanted)).all()


async def members(
    session: AsyncSession, assembly_id: UUID, position: keyset.Position | None, limit: int, *, on: date | None = None
) -> keyset.Slice[Member]:
    """One page of the members, the newest first; ``on``: of those in office that day."""
    wanted = select(Member).where(Member.assembly_id == assembly_id)
    if on is not None:
        wanted = wanted.where(_in_office(on))
    rows = await session.scalars(keyset.at(wanted, Member.created_at, Member.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def in_office(session: AsyncSession, assembly_id: UUID, on: date) -> Sequence[Member]:
    """All members in office that day, the first first."""
    wanted = select(Member).where(Member.assembly_id == assembly_id, _in_office(on))
    return (await session.scalars(wanted.order_by(Member.created_at, Member.id))).all()


async def overlapping(session: AsyncSession, assembly_id: UUID, begins_on: date, ends_on: date) -> Sequence[Member]:
    """The mandates that hold on any day from the one to the other."""
    wanted = select(Member).where(Member.assembly_id == assembly_id)
    return (await session.scalars(wanted.where(Member.begins_on <= ends_on, Member.ends_on >= begins_on))).all()


async def number(session: AsyncSession, assembly_id: UUID, since: date) -> int:
    """How many mandates are not over that day."""
    wanted = select(func.count()).where(Member.assembly_id == assembly_id, Member.ends_on >= since)
    return int(await session.scalar(wanted) or 0)


async def due_member(session: AsyncSession, now: datetime, failed: Sequence[UUID]) -> Member | None:
    """A mandate that has begun or is over, was not told of and is none of those, locked; None if none."""
    due = Member.due_on <= latest_day(now), Member.due_on <= day_there(Member.collectivity, now)
    wanted = select(Member).where(Member.due_on.is_not(None), *due, Member.id.not_in(failed))
    wanted = wanted.order_by(Member.due_on).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def forget_members(session: AsyncSession, now: datetime, ago: timedelta) -> None:
    """Take the names and accounts off the mandates that were over so long ago, by the town's clocks.

    And what was said of showing them.
    """
    over = Member.ends_on < latest_day(now, ago), Member.ends_on < day_there(Member.collectivity, now, ago)
    gone = update(Member).where(*over, Member.name.is_not(None))
    gone = gone.values(name=None, person=None, person_key=None).returning(Member.id)
    found = await session.scalars(gone.execution_options(synchronize_session=False))
    await publications.forget(session, found.all())


async def members_of(session: AsyncSession, person: UUID) -> Sequence[Member]:
    """The mandates of an account, locked."""
    return (await session.scalars(select(Member).where(Member.person == person).with_for_update())).all()


async def follow(session: AsyncSession, row: Row, person: UUID, now: datetime) -> None:
    """Have somebody follow; asked again, nothing changes."""
    values = {"id": uuid7(), "assembly_id": row.id, "person": person, "collectivity": row.collectivity}
    await session.execute(insert(Follower).values(values | {"created_at": now}).on_conflict_do_nothing())


async def follow_no_more(session: AsyncSession, assembly_id: UUID, person: UUID) -> None:
    """Have somebody follow no more; asked again, nothing changes."""
    gone = delete(Follower).where(Follower.assembly_id == assembly_id, Follower.person == person)
    await session.execute(gone.execution_options(synchronize_session=False))


async def follows(session: AsyncSession, assembly_id: UUID, person: UUID) -> bool:
    """Whether somebody does."""
    wanted = select(Follower.id).where(Follower.assembly_id == assembly_id, Follower.person == person)
    return (await session.execute(wanted)).first() is not None


async def next_followers(
    session: AsyncSession, assembly_id: UUID, until: datetime, after: UUID | None, limit: int
) -> Sequence[Follower]:
    """Those who followed at that instant, by id, after that one."""
    wanted = select(Follower).where(Follower.assembly_id == assembly_id, Follower.created_at <= until)
    if after is not None:
        wanted = wanted.where(Follower.id > after)
    return (await session.scalars(wanted.order_by(Follower.id).limit(limit))).all()


async def move_followers(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let who followed under an account that is no more follow under the kept one."""
    await session.execute(_ONCE, {"absorbed": absorbed, "kept": kept})
    moved = update(Follower).where(Follower.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))


def _in_office(on: date) -> ColumnElement[bool]:
    return and_(Member.begins_on <= on, Member.ends_on >= on)
