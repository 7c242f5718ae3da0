# SPDX-License-Identifier: EUPL-1.2
"""Who is alerted to what becomes of an appeal: those who look at it, and whoever took the decision."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db.tables import Appeal
from parvis_requests.domain.appeal import AppealKind
from parvis_requests.domain.assignment import concerned
from parvis_requests.domain.request import Request
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import team_of

_OF_WHO_DECIDES: Final = {Alert.APPEAL_DUE_SOON, Alert.AUTHOR_ERASED}


async def alert_of_appeal(
    session: AsyncSession, request: Request, appeal: Appeal, alert: Alert, now: datetime, *, by: UUID | None = None
) -> None:
    """Tell each of them but the one who did it, once, in the transaction of the act.

    That its time ends soon, or that nobody reads the answer, concerns those alone who have to decide it.
    """
    handled = replace(request, team=appeal.team, assignee=appeal.assignee)
    told = dict.fromkeys(concerned(handled.assignee, await team_of(session, handled), now))
    if alert not in _OF_WHO_DECIDES:
        told |= {appeal.decider: None} if appeal.decider else {}
    elif AppealKind(appeal.kind).by_another:
        told.pop(appeal.decider, None) if appeal.decider else None
    for agent in told:
        if agent != by:
            ends_at = appeal.answer_due_at
            await outbox.add(session, events.agent_alerted(handled, alert, agent, now, ends_at=ends_at))
