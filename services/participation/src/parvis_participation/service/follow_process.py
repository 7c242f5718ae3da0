# SPDX-License-Identifier: EUPL-1.2
"""People follow a process and are told of its news; its phases are told as they begin, and hold for its parts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import process_events
from parvis_participation.db import merged_accounts, processes
from parvis_participation.db.process_tables import Process
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.domain.audience import SIGNED_IN
from parvis_participation.domain.process import Act, check_act, phases_of, untold

_BATCH: Final = 500


async def check_phase(session: AsyncSession, part: UUID, act: Act, now: datetime) -> Process | None:
    """The process to which it belongs, if any; raises ProcessPhaseError where its present phase does not allow this."""
    row = await processes.of_part(session, part)
    if row is not None:
        check_act(phases_of(row.phases), row.ends_at, act, now)
    return row


async def check_proposal_phase(session: AsyncSession, proposal: Proposal, act: Act, now: datetime) -> None:
    """Raise ProcessPhaseError unless the process within which it was made, if any, allows this in its present phase.

    What agents had belong to a process was made without it, and keeps its own times.
    """
    row = await processes.within(session, proposal)
    if row is not None:
        check_act(phases_of(row.phases), row.ends_at, act, now)


async def follow_process(
    session: AsyncSession, collectivity: str, person: UUID, process_id: UUID, *, following: bool, now: datetime
) -> None:
    """Follow from now on, or no more; asked again, nothing changes. Raises NotFoundError."""
    row = await processes.shown(session, collectivity, process_id, SIGNED_IN)
    standing = await merged_accounts.standing(session, person)
    if following:
        await processes.follow(session, row, standing, now)
    else:
        await processes.follow_no_more(session, row.id, standing)


async def keep_processes(database: Database, now: datetime) -> None:
    """Tell the phases that have begun, and followers of news; each once, late rather than never."""
    while await _tell_phase(database, now):
        pass
    while await _tell_some(database, now):
        pass


async def _tell_phase(database: Database, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await processes.due(uow.session, now)
        if row is None:
            return False
        left = list(untold(phases_of(row.phases), row.told_codes))
        # The hour may have been worked out by the version before, which counted phases.
        if left and left[0].begins_at <= now:
            begun, *left = left
            row.told_codes, row.version = [*row.told_codes, begun.code], row.version + 1
            await uow.session.flush()
            await outbox.add(uow.session, process_events.phase_begun(row, begun.code, now))
        row.next_at = left[0].begins_at if left else None
        await uow.commit()
    return True


async def _tell_some(database: Database, now: datetime) -> bool:
    """Some followers of one news; where it stopped is written with the events, so that a kill repeats none of them."""
    async with database.unit_of_work() as uow:
        news = await processes.untold_news(uow.session)
        if news is None:
            return False
        found = await processes.next_followers(uow.session, news, _BATCH)
        for follower in found:
            await outbox.add(uow.session, process_events.news_told(news, follower, now))
        if found:
            news.told_after = found[-1].id
        if len(found) < _BATCH:
            news.told_at = now
        await uow.commit()
    return True
