# SPDX-License-Identifier: EUPL-1.2
"""Who gets a request next: a colleague, whoever of the team takes it, or another team."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.errors import AgentAbsentError, NotAMemberError
from parvis_requests.domain.request import Actor, Request
from parvis_requests.domain.team import Team
from parvis_requests.domain.workflow import Workflow

# What the history calls it.
ASSIGN: Final = "assign"
GIVE_BACK: Final = "give-back"
HAND_OVER: Final = "hand-over"


class IfAbsent(StrEnum):
    """What is done where the agent is absent: nothing, the deputy gets it or else the team, or the agent even so."""

    REFUSE = "refuse"
    DEPUTY = "deputy"
    ANYWAY = "anyway"


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom a request goes: to an agent or (None) to whoever takes it, in its team or in another one."""

    assignee: UUID | None
    team: str | None = None
    if_absent: IfAbsent = IfAbsent.REFUSE

    @property
    def action(self) -> str:
        """What it is called."""
        if self.team is not None:
            return HAND_OVER
        return ASSIGN if self.assignee else GIVE_BACK


def handed(request: Request, handing: Handing, team: Team, actor: Actor, workflow: Workflow, now: datetime) -> Request:
    """The request once an agent has handed it on; ``team`` is the one in which it then is.

    Raises TransitionError after its end, PeriodEndedError, NotAMemberError, or AgentAbsentError.
    """
    request.goes_on(workflow)
    request.still_open(workflow, now)
    assignee = _assignee(handing, team, actor, now)
    return replace(request, team=team.code, assignee=assignee, version=request.version + 1)


def stand_in(assignee: UUID | None, team: Team, now: datetime) -> UUID | None:
    """Who gets what comes to that agent: they themselves, while they are absent their deputy, or else nobody yet."""
    member = team.member(assignee) if assignee else None
    absence = member.absence(now) if member else None
    return team.deputy(absence, now) if absence else assignee


def concerned(assignee: UUID | None, team: Team, now: datetime) -> tuple[UUID, ...]:
    """Whom news of a request is for: who has it, or stands in for them; where nobody has it, each who is there."""
    agent = stand_in(assignee, team, now)
    return (agent,) if agent else tuple(member.agent for member in team.members if member.absence(now) is None)


def _assignee(handing: Handing, team: Team, actor: Actor, now: datetime) -> UUID | None:
    agent = handing.assignee
    if agent is None:
        return None
    member = team.member(agent)
    if agent == actor.person and (member or team.code in actor.teams):
        return agent  # whoever takes it themselves is there
    if member is None:
        raise NotAMemberError
    absence = member.absence(now)
    if absence is None or handing.if_absent is IfAbsent.ANYWAY:
        return agent
    deputy = team.deputy(absence, now)
    if handing.if_absent is IfAbsent.REFUSE:
        raise AgentAbsentError(absence.ends_at, deputy)
    return deputy
