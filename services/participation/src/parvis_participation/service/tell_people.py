# SPDX-License-Identifier: EUPL-1.2
"""People are told one by one what became of a petition that they signed, or of an amendment that they offered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import telling_events
from parvis_participation.db import tellings
from parvis_participation.db.amendment_tables import ProposalAmendment
from parvis_participation.db.petition_tables import Petition
from parvis_participation.domain.moderation import Ground
from parvis_participation.telling_events import AmendmentNews

_BATCH: Final = 200
_MOST_FORGOTTEN: Final = 5_000


async def tell_of_amendment(
    session: AsyncSession, row: ProposalAmendment, people: Sequence[UUID], subject: AmendmentNews, now: datetime
) -> None:
    """Tell these people, each once; those who write a proposal are few."""
    for person in dict.fromkeys(people):
        await outbox.add(session, telling_events.amendment_told(row, person, subject, now))


async def tell_signers_of_decision(
    session: AsyncSession, petition: Petition, ground: Ground | None, now: datetime
) -> None:
    """Have its signers be told that a moderator removed a petition, for which reason, or gave it back."""
    subject = "restored" if ground is None else "removed"
    await tellings.signers(session, petition.id, petition.person, subject, ground, now)


async def tell_people(database: Database, now: datetime) -> int:
    """Tell those who are to be told; each once, late rather than never. Returns how many."""
    told = 0
    while found := await _tell_some(database, now):
        told += found
    while await _forget_some(database) == _MOST_FORGOTTEN:
        pass
    return told


async def _forget_some(database: Database) -> int:
    async with database.unit_of_work() as uow:
        gone = await tellings.forget(uow.session, _MOST_FORGOTTEN)
        await uow.commit()
    return gone


async def _tell_some(database: Database, now: datetime) -> int:
    """The events go with the rows that want them: a kill repeats none."""
    async with database.unit_of_work() as uow:
        rows = await tellings.some(uow.session, _BATCH)
        if not rows:
            return 0
        for row in rows:
            await outbox.add(uow.session, telling_events.telling_event(row, now))
        await tellings.done(uow.session, [row.id for row in rows], now)
        await uow.commit()
    return len(rows)
