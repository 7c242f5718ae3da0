# SPDX-License-Identifier: EUPL-1.2
"""What an agent asks the work queue for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from parvis_requests.domain.answer_filters import AnswerRange
from parvis_requests.domain.errors import NotAllowedError, RequestError
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.position import Bounds
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor

# Stands among the codes of areas for what lies in none.
NO_AREA: Final = "none"


class SelectionChangedError(RequestError):
    """Filters find another number of requests than the agent who chose them saw."""


class Sort(StrEnum):
    """The orders of the queue; a minus puts the latest first, of priorities the most pressing.

    What has no due date or legal end comes after all that has one; of two with one priority, the older one comes first
    where the pressing ones do.
    """

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LATEST_CHANGE = "-updated_at"
    OLDEST_CHANGE = "updated_at"
    DUE_FIRST = "due_at"
    DUE_LAST = "-due_at"
    LEGAL_END_FIRST = "legal_end_at"
    LEGAL_END_LAST = "-legal_end_at"
    MOST_PRESSING = "-priority"
    LEAST_PRESSING = "priority"

    @property
    def column(self) -> str:
        """What it orders by."""
        return self.value.removeprefix("-")

    @property
    def newest_first(self) -> bool:
        """Whether the latest come first; the more pressing a request is, the earlier its place is put."""
        return self.value.startswith("-") != (self.column == "priority")


class Merged(StrEnum):
    """How a request goes with others: along with one, with others that go along with it, or with none."""

    CHILD = "child"
    PARENT = "parent"
    NONE = "none"


class Transferred(StrEnum):
    """How far a request is on its way to another administration; or that it came here from one."""

    LEAVING = "leaving"
    GONE = "gone"
    FAILED = "failed"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What the queue is restricted to; empty means no restriction.

    Attributes:
        own_teams: the teams of the agent who asks, beside those of ``teams``.
        groups: the groups to which the types belong by their last versions.
        author: the account that filed it; or that of ``author_of``, a request that the same person filed.
        merged: how it goes with others.
        forwarded: how far it is on its way to another body, or handled there.
        transferred: how far it is on its way to another administration, or that it came from one.
        areas: where they lie; ``none`` for what lies in none.
        assignee: an agent, or ``none`` for what nobody has taken.
        mentioned: an agent whom a note names.
        answers: question and answer, both as text; all must hold.
        ranges: what other answers lie between, or how they begin; all must hold.
        words: searched in description and address, in French, accents folded; or a reference.
        ended: requests that have come to their end, or that have not.
        overdue: what is past its due date and has not ended.
        appealed: what is contested by an appeal that is not over.
        unread: what its author wrote or sent since an agent last opened it.
        files: what has files, of the request or of its conversation, or what has none.
        paused: what has a legal period that stands still, or all else.
        bounds: where they lie.
    """

    statuses: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    own_teams: bool = False
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    author: UUID | None = None
    author_of: UUID | None = None
    merged: tuple[Merged, ...] = ()
    forwarded: tuple[ForwardingState, ...] = ()
    transferred: tuple[Transferred, ...] = ()
    areas: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    assignee: UUID | Literal["none"] | None = None
    mentioned: UUID | None = None
    answers: tuple[tuple[str, str], ...] = ()
    ranges: tuple[AnswerRange, ...] = ()
    words: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    legal_end_after: datetime | None = None
    legal_end_before: datetime | None = None
    ended: bool | None = None
    overdue: bool = False
    appealed: bool = False
    unread: bool = False
    files: bool | None = None
    paused: bool | None = None
    bounds: Bounds | None = None


def for_agents(actor: Actor) -> Actor:
    """The actor, when they are an agent; raises NotAllowedError: the queue is no view of the public."""
    if not actor.is_agent:
        raise NotAllowedError
    return actor
