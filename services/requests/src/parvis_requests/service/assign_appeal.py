# SPDX-License-Identifier: EUPL-1.2
"""An agent says who looks at an appeal: a team, and an agent of it or nobody yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appeals, requests, teams
from parvis_requests.db.tables import Appeal
from parvis_requests.domain.appeal import AppealKind, AppealState
from parvis_requests.domain.appeal_errors import AppealClosedError, SameAgentError
from parvis_requests.domain.errors import NotAMemberError, NotFoundError, StaleVersionError, UnknownTeamError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.team import Alert, Team
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.appeal_alerts import alert_of_appeal

ASSIGN: Final = "appeal-assigned"


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom the appeal that the agent saw goes."""

    request_id: UUID
    appeal_id: UUID
    version: int
    team: str
    assignee: UUID | None


async def assign_appeal(session: AsyncSession, actor: Actor, handing: Handing, now: datetime) -> Appeal:
    """Do it in the caller's transaction, and alert them.

    Raises NotAllowedError, NotFoundError, StaleVersionError, AppealClosedError, UnknownTeamError, NotAMemberError, or
    SameAgentError where it would come to whoever took the decision, and another person must look at it.
    """
    row = await requests.one(session, for_agents(actor), handing.request_id, lock=True)
    appeal = await appeals.one(session, row.id, handing.appeal_id)
    if appeal.version != handing.version:
        raise StaleVersionError
    if appeal.state != AppealState.OPEN:
        raise AppealClosedError
    team = await _team(session, row.collectivity, handing.team)
    if handing.assignee and team.member(handing.assignee) is None:
        raise NotAMemberError
    if handing.assignee and AppealKind(appeal.kind).by_another and handing.assignee == appeal.decider:
        raise SameAgentError
    request = requests.entity(row).after_word()
    appeal.team, appeal.assignee = team.code, handing.assignee
    appeal.version, appeal.updated_at = appeal.version + 1, now
    await requests.save(session, request, now)
    requests.record(session, request, actor, ASSIGN, now, Visibility.INTERNAL)
    await alert_of_appeal(session, request, appeal, Alert.APPEALED, now, by=actor.person)
    await session.flush()
    return appeal


async def _team(session: AsyncSession, collectivity: str, code: str) -> Team:
    try:
        found = await teams.one(session, collectivity, code)
    except NotFoundError:
        raise UnknownTeamError from None
    return Team(found.code, (await teams.members(session, [found.id]))[found.id])
