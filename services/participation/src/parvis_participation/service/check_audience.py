# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody is of those for whom a process is, before they take part in what belongs to it.

Beside the conditions that a part has of its own. It is looked up before the act's own transaction, as identity may have
to be asked for an age or a key: who met the conditions at that moment takes part.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_participation.db import merged_accounts, process_rolls, processes, residences
from parvis_participation.domain.audience import NotOnRollError, ProcessAudience, RollForgottenError
from parvis_participation.domain.town_day import day_of
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.support_proposal import Supporter


async def check_audience(who: Supporter, part: UUID, *, database: Database, roll_keys: RollKeys, now: datetime) -> None:
    """Raise as :func:`check_within` unless the process to which a part of their town belongs, if any, is for them."""
    async with database.reading() as session:
        row = await processes.of_part(session, part)
    if row is not None and row.collectivity == who.collectivity:
        await check_within(who, processes.whom_within(row), database=database, roll_keys=roll_keys, now=now)


async def check_within(
    who: Supporter, within: ProcessAudience | None, *, database: Database, roll_keys: RollKeys, now: datetime
) -> None:
    """Raise unless somebody is of those, which they are without any; identity is asked once at most, in no session.

    NotVerifiedError, LevelTooLowError, NotResidentError, TooYoungError, AgeUnknownError, NotOnRollError or
    RollForgottenError; or the 503 problem while identity cannot say who or how old they are.
    """
    if within is None:
        return
    conditions = within.audience.conditions
    within.audience.check_level(who.acr)
    if conditions.residence:
        async with database.reading() as session:
            person = await merged_accounts.standing(session, who.person)
            areas = await residences.areas(
                session, within.collectivity, person, day_of(now, clock_of(within.collectivity))
            )
        conditions.check_residence(areas)
    if within.born_by is None and not conditions.listed:
        return
    _check_kept(within)
    known = await roll_keys.of(within.process_id, who.person, within.born_by, kind=Scrutiny.PROCESS)
    conditions.check_age(old_enough=known.old_enough)
    if conditions.listed:
        await _check_roll(within, known.key, database)


async def check_visitor(
    civil_status: Mapping[str, str | None], areas: Collection[str | None], within: ProcessAudience | None,
    *, database: Database, roll_keys: RollKeys,
) -> None:  # fmt: skip
    """The same of somebody before an agent, who has seen their document and, with ``areas``, where they live.

    Raises as :func:`check_within`, but for the level at which nobody has signed in.
    """
    if within is None:
        return
    conditions = within.audience.conditions
    conditions.check_residence(areas)
    conditions.check_birth_date(civil_status["birth_date"] or "", within.begins_on)
    if conditions.listed:
        _check_kept(within)
        (key,) = await roll_keys.of_civil_statuses(within.process_id, [civil_status], kind=Scrutiny.PROCESS)
        await _check_roll(within, key or b"", database)


def _check_kept(within: ProcessAudience) -> None:
    if within.forgotten:
        raise RollForgottenError


async def _check_roll(within: ProcessAudience, key: bytes, database: Database) -> None:
    async with database.reading() as session:
        if await process_rolls.entry(session, within.process_id, within.roll_salt or b"", key) is None:
            raise NotOnRollError
