# SPDX-License-Identifier: EUPL-1.2
"""Who writes what is discussed, and who is answered, is told of comments: many at once, and a few times a day at most.

A discussion is told of once its oldest news has waited a while, and rests then, whatever comes meanwhile.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import comment_events
from parvis_participation.db import co_authors, discussion_tellings, discussions, projects, proposals
from parvis_participation.db.discussions import Discussion, Remark
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.thread import ThreadKind
from parvis_participation.service.in_turn import in_turn

_BATCH: Final = 5_000
"""Comments that one piece of news tells of: counted and marked by two statements, of whatever many people."""
_PEOPLE: Final = 200
"""Told in one transaction."""


async def tell_discussions(database: Database, wait: timedelta, rest: timedelta, now: datetime) -> int:
    """Tell of each discussion that has rested; late rather than never. Returns of how many.

    ``wait`` is how long somebody may take back what they wrote, and others write too, before anybody is told; ``rest``
    how long nobody is told of a discussion again.
    """
    done = await in_turn(partial(_take_one, database, wait, rest, now))
    while await _tell_some(database, now):
        pass
    while await _forget_some(database):
        pass
    async with database.unit_of_work() as uow:
        await discussions.forget(uow.session, now - rest)
        await uow.commit()
    return done


async def _take_one(database: Database, wait: timedelta, rest: timedelta, now: datetime, failed: list[UUID]) -> bool:
    """Whom to tell is kept with the marks of the comments that they are told of: a kill loses and repeats none."""
    async with database.unit_of_work() as uow:
        found = await discussions.due(uow.session, now - wait, now - rest, failed)
        if found is None:
            return False
        failed.append(found.subject.id)
        remarks = await discussions.take(uow.session, found, now, _BATCH)
        # What nobody was told of keeps nobody from hearing of what comes next.
        if told := concerned(remarks, await _writers(uow.session, found)):
            await discussions.rest(uow.session, found, now)
            await discussion_tellings.add(uow.session, uuid7(), found, told)
        await uow.commit()
    return True


async def _tell_some(database: Database, now: datetime) -> int:
    """The events go with the rows that want them."""
    async with database.unit_of_work() as uow:
        rows = await discussion_tellings.some(uow.session, _PEOPLE)
        for row in rows:
            await outbox.add(uow.session, comment_events.discussion_told(row, now))
        if rows:
            await discussion_tellings.done(uow.session, rows, now)
            await uow.commit()
    return len(rows)


async def _forget_some(database: Database) -> bool:
    async with database.unit_of_work() as uow:
        gone = await discussion_tellings.forget(uow.session, _BATCH)
        await uow.commit()
    return gone == _BATCH


def concerned(remarks: Sequence[Remark], writers: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Whom to tell of how many comments, and how many of them answer their own; nobody of what they say themselves."""
    answers = Counter(to for each in remarks if (to := each.answered) is not None and to != each.person)
    told = {person: (number, number) for person, number in answers.items()}
    for writer in dict.fromkeys(writers):
        if others := sum(each.person != writer for each in remarks):
            told[writer] = (others, answers[writer])
    return told


async def _writers(session: AsyncSession, found: Discussion) -> Sequence[UUID]:
    """Those who write what is discussed, while it has words; a consultation is the town's."""
    match found.subject.kind:
        case ThreadKind.PROPOSAL:
            row = await proposals.one(session, found.collectivity, found.subject.id)
            if row.state != ProposalState.PUBLISHED:
                return ()
            return [row.person, *(await co_authors.of(session, row.id))[row.id]]
        case ThreadKind.PROJECT:
            project = await projects.published(session, found.collectivity, found.subject.id)
            return () if project.removed_at is not None else (project.person,)
        case ThreadKind.CONSULTATION:
            return ()
