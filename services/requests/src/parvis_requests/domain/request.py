# SPDX-License-Identifier: EUPL-1.2
"""The life of a request: which action leads from which status to which, and who may do it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.errors import NotAllowedError, NotFoundError, TransitionError


class Status(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    TAKEN = "taken"
    RESOLVED = "resolved"


class Action(StrEnum):
    """What an agent does to a request."""

    TAKE = "take"
    RESOLVE = "resolve"


class Visibility(StrEnum):
    """Who reads a message: the author and the agents, or the agents alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


TRANSITIONS: Final[dict[tuple[Status, Action], Status]] = {
    (Status.SUBMITTED, Action.TAKE): Status.TAKEN,
    (Status.TAKEN, Action.RESOLVE): Status.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person of the public or an agent, in one collectivity."""

    person: UUID
    collectivity: str
    is_agent: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request, with what its rules need; ``version`` grows by one with each act."""

    id: UUID
    collectivity: str
    reference: str
    type_code: str
    author: UUID
    status: Status
    team: str
    area: str | None
    assignee: UUID | None
    version: int
    created_at: datetime

    def open_to(self, actor: Actor) -> "Request":
        """This request, when the actor may read it; raises NotFoundError otherwise, which hides that it exists."""
        same_town = actor.collectivity == self.collectivity
        if same_town and (actor.is_agent or actor.person == self.author):
            return self
        raise NotFoundError

    def after(self, action: Action, actor: Actor) -> "Request":
        """The request once an agent has acted; raises NotAllowedError or TransitionError."""
        self.open_to(actor)
        if not actor.is_agent:
            raise NotAllowedError
        status = TRANSITIONS.get((self.status, action))
        if status is None:
            raise TransitionError(f"{action} from {self.status}")
        assignee = actor.person if action is Action.TAKE else self.assignee
        return replace(self, status=status, assignee=assignee, version=self.version + 1)

    def after_message(self, actor: Actor) -> "Request":
        """The request once an agent has written a reply or a note."""
        self.open_to(actor)
        if not actor.is_agent:
            raise NotAllowedError
        return replace(self, version=self.version + 1)
