# SPDX-License-Identifier: EUPL-1.2
"""People follow an assembly; they and its members are told, and what is kept of people goes when its time is over."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import assembly_events
from parvis_participation.db import (
    assemblies,
    assembly_convocations,
    assembly_draws,
    assembly_sessions,
    merged_accounts,
)
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.member_names import MEMBER, VOLUNTEER, resealed

_BATCH: Final = 500


async def follow_assembly(
    session: AsyncSession, collectivity: str, person: UUID, assembly_id: UUID, *, following: bool, now: datetime
) -> None:
    """Follow from now on, or no more; asked again, nothing changes. Raises NotFoundError."""
    row = await assemblies.one(session, collectivity, assembly_id, published=True)
    standing = await merged_accounts.standing(session, person)
    if following:
        await assemblies.follow(session, row, standing, now)
    else:
        await assemblies.follow_no_more(session, row.id, standing)


async def keep_assemblies(database: Database, now: datetime) -> None:
    """Tell of the mandates that have begun or are over, and followers of news; each once, late rather than never."""
    await in_turn(partial(_tell_mandate, database, now))
    await in_turn(partial(_tell_some, database, now))


async def forget_members(database: Database, retention_days: int, now: datetime) -> None:
    """Forget the names of mandates that ended, who volunteered and who was convened, longer ago than that."""
    async with database.unit_of_work() as uow:
        await assemblies.forget_members(uow.session, now, timedelta(days=retention_days))
        await uow.commit()
    async with database.unit_of_work() as uow:
        await assembly_draws.purge(uow.session, now - timedelta(days=retention_days))
        await assembly_convocations.forget(uow.session, now - timedelta(days=retention_days))
        await uow.commit()


async def move_assemblies(session: AsyncSession, persons: PersonKeys, absorbed: UUID, kept: UUID) -> None:
    """What an account did in assemblies is done by the one that it went into."""
    await assemblies.move_followers(session, absorbed, kept)
    await assembly_convocations.move(session, absorbed, kept)
    for member in await assemblies.members_of(session, absorbed):
        if member.name is not None:
            member.name = await resealed(persons, MEMBER, member.name, absorbed, kept)
        # Of who was erased nothing is kept: what is forgotten later is found by its name.
        member.person = None if member.name is None else kept
    for row in await assembly_draws.of_person(session, absorbed):
        own, key = await assembly_draws.mine(session, row.assembly_id, kept), row.person_key
        if own is None:
            name = await resealed(persons, VOLUNTEER, row.name, absorbed, kept)
            if name is not None:
                row.name, row.person = name, kept
                continue
        await assembly_draws.withdraw(session, row.assembly_id, absorbed)
        if own is not None:
            own.person_key = own.person_key or key
    await session.flush()


async def _tell_mandate(database: Database, now: datetime, failed: list[UUID]) -> bool:
    async with database.unit_of_work() as uow:
        member = await assemblies.due_member(uow.session, now, failed)
        if member is None:
            return False
        failed.append(member.id)
        member.told += 1
        begun = member.told == 1
        # The calendar has no day after its last.
        last = not begun or member.ends_on == date.max
        member.due_on = None if last else member.ends_on + timedelta(days=1)
        await uow.session.flush()
        event = assembly_events.mandate_begun if begun else assembly_events.mandate_ended
        await outbox.add(uow.session, event(member, now))
        await uow.commit()
    return True


async def _tell_some(database: Database, now: datetime, failed: list[UUID]) -> bool:
    """Some followers of one news; where it stopped is written with the events, so that a kill repeats none of them."""
    async with database.unit_of_work() as uow:
        news = await assembly_sessions.untold_news(uow.session, failed)
        if news is None:
            return False
        failed.append(news.id)
        found = await assemblies.next_followers(uow.session, news.assembly_id, news.created_at, news.told_after, _BATCH)
        for follower in found:
            await outbox.add(uow.session, assembly_events.news_told(news, follower, now))
        if found:
            news.told_after = found[-1].id
        if len(found) < _BATCH:
            news.told_at = now
        await uow.commit()
    return True
