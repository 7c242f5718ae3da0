# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a request that nobody takes, or that comes late: it goes to the next level."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Request
from parvis_requests.domain.workflow import Workflow

# What the history calls it.
ESCALATE: Final = "escalate"


class Why(StrEnum):
    """Nobody has it so long after its filing, or it has not ended so long after its due date."""

    NOT_TAKEN = "not-taken"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Escalation:
    """So many hours after its filing or its due date a request goes to that team, and is as pressing as that."""

    why: Why
    hours: int
    team: str
    priority: Priority | None = None

    @property
    def code(self) -> str:
        """It as one word: what was promised at the filing holds, whatever the rules say since."""
        return f"{self.why}:{self.hours}:{self.team}:{self.priority or ''}"

    @classmethod
    def of(cls, code: str) -> "Escalation":
        """The same, read from its word."""
        why, hours, team, priority = code.split(":")
        return cls(Why(why), int(hours), team, Priority(priority) if priority else None)

    def at(self, filed_at: datetime, due_at: datetime | None) -> datetime | None:
        """When the request is looked at; None for what has no due date to be late for."""
        start = filed_at if self.why is Why.NOT_TAKEN else due_at
        return None if start is None else start + timedelta(hours=self.hours)

    def holds(self, request: Request, workflow: Workflow) -> bool:
        """Whether the request is still in want of it: it goes on, and nobody has it, or it is late."""
        state = workflow.state(request.status)
        if state is None or state.final:
            return False
        return self.why is Why.OVERDUE or (request.assignee is None and request.status == workflow.initial)

    def after(self, request: Request) -> Request:
        """The request on the next level: in the team that is named, with whoever takes it there."""
        priority = self.priority or request.priority
        assignee = request.assignee if request.team == self.team else None
        return replace(request, team=self.team, assignee=assignee, priority=priority, version=request.version + 1)


def promised_levels(
    levels: Sequence[Escalation], filed_at: datetime, due_at: datetime | None
) -> list[tuple[str, datetime]]:
    """When each level is looked at, by its word."""
    return [(level.code, at) for level in levels if (at := level.at(filed_at, due_at))]
