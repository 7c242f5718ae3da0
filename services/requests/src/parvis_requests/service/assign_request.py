# SPDX-License-Identifier: EUPL-1.2
"""An agent gives a request to a colleague, back to the team, or to another team."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import merges, requests, teams
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.assignment import Handing, handed, stand_in
from parvis_requests.domain.errors import MergedError, NotFoundError, StaleVersionError, UnknownTeamError
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.team import Team
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.alert_agents import team_of
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.write_message import store_words


@dataclass(frozen=True, slots=True)
class Assigning:
    """To whom a request goes in the version that the agent saw, and why: a note for the agents."""

    request_id: UUID
    version: int
    handing: Handing
    reason: str | None = None


async def assign_request(
    session: AsyncSession,
    actor: Actor,
    assigning: Assigning,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Row:
    """Do it in the caller's transaction; what goes along with the request goes with it.

    Raises NotAllowedError, NotFoundError, StaleVersionError, MergedError, UnknownTeamError, TransitionError after the
    end, PeriodEndedError, NotAMemberError, AgentAbsentError, or KeyDestroyedError where a reason is to be kept of
    somebody who was erased.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, assigning.request_id, lock=True)
    if row.version != assigning.version:
        raise StaleVersionError
    if await merges.of(session, row.id):
        raise MergedError
    before, form = requests.entity(row), await form_of(session, row, catalogues)
    handing = assigning.handing
    if handing.team == before.team:
        handing = replace(handing, team=None)
    after = handed(before, handing, await _team(session, before, handing), agent, form.workflow, now)
    await _tell(session, before, after, agent, handing.action, now)
    if assigning.reason:
        noted = after.after_word()
        await store_words(session, noted, agent, Visibility.INTERNAL, assigning.reason, persons=persons, now=now)
    for child in await merges.children(session, row.id, lock=True):
        alone = requests.entity(child)
        along = replace(alone, team=after.team, assignee=after.assignee, version=alone.version + 1)
        await _tell(session, alone, along, agent, handing.action, now)
    await session.flush()
    await session.refresh(row)
    return row


async def pass_on(session: AsyncSession, request: Request, now: datetime) -> None:
    """What comes back to an agent who is absent goes to their deputy, or else to the team; the row is locked."""
    if request.assignee is None:
        return
    assignee = stand_in(request.assignee, await _team(session, request, Handing(None)), now)
    if assignee != request.assignee:
        after = replace(request, assignee=assignee, version=request.version + 1)
        service = Actor.service(request.collectivity)
        await _tell(session, request, after, service, Handing(assignee).action, now)


async def _team(session: AsyncSession, request: Request, handing: Handing) -> Team:
    if not handing.team:
        return await team_of(session, request)
    try:
        row = await teams.one(session, request.collectivity, handing.team)
    except NotFoundError:
        raise UnknownTeamError from None
    return Team(row.code, (await teams.members(session, [row.id]))[row.id])


async def _tell(
    session: AsyncSession, before: Request, after: Request, agent: Actor, action: str, now: datetime
) -> None:
    await requests.save(session, after, now)
    requests.record(session, after, agent, action, now, before=before)
    await outbox.add(session, events.stayed(after, action, now))
