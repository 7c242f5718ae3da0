# SPDX-License-Identifier: EUPL-1.2
"""Members are convened to a session, each once; who becomes a member afterwards is convened then.

The caller holds the assembly's row: nobody becomes a member between the two.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.messaging import outbox
from parvis_participation import assembly_events
from parvis_participation.db import assemblies, assembly_convocations
from parvis_participation.db.assembly_tables import AssemblyMember, AssemblySession
from parvis_participation.domain.assembly import SessionState
from parvis_participation.domain.town_day import day_of


async def tell_members(session: AsyncSession, row: AssemblySession, now: datetime) -> None:
    """Convene all who are members on that day; of a session that is called off, tell all who were convened."""
    members = await assemblies.in_office(session, row.assembly_id, day_of(row.begins_at, clock_of(row.collectivity)))
    told = {member.person for member in members if member.person is not None}
    if row.state == SessionState.CONVENED:
        told = set(await assembly_convocations.add(session, row, told))
    else:
        # Who was convened before that was noted is a member on that day still.
        told |= await assembly_convocations.people(session, row.id)
    for person in sorted(told):
        await outbox.add(session, assembly_events.session_told(row, person, now))


async def convene_late(session: AsyncSession, member: AssemblyMember, now: datetime) -> None:
    """Convene a new member to the sessions in their mandate that others were convened to and that have not begun."""
    if member.person is None:
        return
    for row in await assembly_convocations.to_come(session, member.assembly_id, now):
        if member.begins_on <= day_of(row.begins_at, clock_of(row.collectivity)) <= member.ends_on:
            for person in await assembly_convocations.add(session, row, {member.person}):
                await outbox.add(session, assembly_events.session_told(row, person, now))
