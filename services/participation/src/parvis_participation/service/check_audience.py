# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody is of those for whom a process is, before they take part in what belongs to it.

Beside the conditions that a part has of its own. It is looked up before the act's own transaction, as identity may have
to be asked for an age or a key: who met the conditions at that moment takes part.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import merged_accounts, process_rolls, processes, residences
from parvis_participation.db.process_tables import Process
from parvis_participation.domain.audience import NotOnRollError, RollForgottenError
from parvis_participation.domain.poll import paris_day
from parvis_participation.domain.process import phases_of
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.process_roll import is_forgotten
from parvis_participation.service.support_proposal import Supporter


async def check_audience(who: Supporter, part: UUID, *, database: Database, roll_keys: RollKeys, now: datetime) -> None:
    """Raise unless the process to which a part of their town belongs, if any, is for them.

    NotVerifiedError, LevelTooLowError, NotResidentError, TooYoungError, AgeUnknownError, NotOnRollError or
    RollForgottenError; or the 503 problem while identity cannot say who or how old they are.
    """
    async with database.reading() as session:
        row = await processes.of_part(session, part)
        if row is None or row.collectivity != who.collectivity:
            return
        await check_conditions(session, who, row, now)
    await check_identity(who, row, database, roll_keys)


async def check_conditions(session: AsyncSession, who: Supporter, row: Process, now: datetime) -> None:
    """Raise NotVerifiedError, LevelTooLowError or NotResidentError unless it is for them, age and roll aside."""
    audience = processes.audience_of(row)
    if audience is None:
        return
    audience.check_level(who.acr)
    if audience.conditions.residence:
        person = await merged_accounts.standing(session, who.person)
        areas = await residences.areas(session, row.collectivity, person, paris_day(now))
        audience.conditions.check_residence(areas)


def counts_people(row: Process) -> bool:
    """Whether all who take part in what belongs to it are verified, so that people can be told apart."""
    audience = processes.audience_of(row)
    return audience is not None and (audience.verified or audience.conditions.minimum_age is not None)


async def check_identity(who: Supporter, row: Process, database: Database, roll_keys: RollKeys) -> None:
    """Raise unless that process is for them by what identity alone knows; asks it once, in no session.

    NotVerifiedError, TooYoungError, AgeUnknownError, NotOnRollError or RollForgottenError, or the 503 problem.
    """
    audience = processes.audience_of(row)
    if audience is None:
        return
    born_by = audience.born_by(paris_day(phases_of(row.phases)[0].begins_at))
    if born_by is None and not audience.conditions.listed:
        return
    if is_forgotten(row):
        raise RollForgottenError
    known = await roll_keys.of(row.id, who.person, born_by, kind=Scrutiny.PROCESS)
    audience.conditions.check_age(old_enough=known.old_enough)
    if audience.conditions.listed:
        async with database.reading() as session:
            if await process_rolls.entry(session, row, known.key) is None:
                raise NotOnRollError
