# SPDX-License-Identifier: EUPL-1.2
"""The life of a request: what the workflow of its type lets whom do to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from parvis_requests.domain.calendar import Holidays, day_of
from parvis_requests.domain.errors import (
    ConditionError,
    ExtensionError,
    NotAllowedError,
    NotFoundError,
    PeriodEndedError,
    TransitionError,
)
from parvis_requests.domain.legal import Clock, Regime
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.reception import ReceptionSettledError
from parvis_requests.domain.workflow import (
    AGENT,
    AUTHOR,
    SYSTEM,
    Assignment,
    Deadline,
    Effect,
    Facts,
    Transition,
    Workflow,
)

NOBODY: Final = UUID(int=0)


class Visibility(StrEnum):
    """Who reads a message: the author and the agents, or the agents alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """The person who acts for another: an agent who assists them, or somebody with a mandate, a parent."""

    person: UUID
    is_agent: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts in one collectivity: a person of the public, an agent with roles, or the service by itself.

    ``by`` is who really acts, where another acts for the person; ``teams`` are those that an agent's token names.
    """

    person: UUID
    collectivity: str
    is_agent: bool
    roles: frozenset[str] = frozenset()
    by: "OnBehalf | None" = None
    teams: frozenset[str] = frozenset()

    @classmethod
    def service(cls, collectivity: str) -> "Actor":
        """The service itself, when a timer rings."""
        return cls(NOBODY, collectivity, is_agent=False)

    @property
    def is_service(self) -> bool:
        """True for the service itself."""
        return self.person == NOBODY


@dataclass(frozen=True, slots=True)
class Request:
    """A request, with what its rules need; ``version`` grows by one with each act."""

    id: UUID
    collectivity: str
    reference: str
    type_code: str
    author: UUID
    status: str
    team: str
    area: str | None
    assignee: UUID | None
    version: int
    created_at: datetime
    due_at: datetime | None = None
    clock: Clock | None = None
    legal_end_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    unread: bool = False
    received_on: date | None = None

    @property
    def received_day(self) -> date:
        """The day on which the town received it: that of the entry, unless an agent has said another."""
        return self.received_on or day_of(self.created_at)

    def open_to(self, actor: Actor) -> "Request":
        """This request, when the actor may read it; raises NotFoundError otherwise, which hides that it exists."""
        same_town = actor.collectivity == self.collectivity
        if same_town and (actor.is_agent or actor.is_service or actor.person == self.author):
            return self
        raise NotFoundError

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """What the actor is to this request, in a workflow's words."""
        if actor.is_agent:
            return actor.roles | {AGENT}
        if actor.is_service:
            return frozenset({SYSTEM})
        return frozenset({AUTHOR} if actor.person == self.author else ())

    def allowed(self, workflow: Workflow, action: str, actor: Actor) -> Transition:
        """The transition that the actor may make now.

        Raises NotFoundError, NotAllowedError (not with these roles) or TransitionError (not in this state).
        """
        self.open_to(actor)
        transition = workflow.transition(action)
        if not transition.roles & self.roles_of(actor):
            raise NotAllowedError
        if self.status not in transition.sources:
            raise TransitionError(f"{action} from {self.status}")
        return transition

    def after(
        self,
        transition: Transition,
        actor: Actor,
        facts: Facts,
        *,
        now: datetime,
        holidays: Holidays,
        regime: Regime | None = None,
    ) -> "Request":
        """The request once the actor has made an allowed transition; raises ConditionError."""
        unmet = transition.unmet(facts)
        if unmet:
            raise ConditionError(unmet)
        changes = _changes(transition.effects, actor, now, holidays)
        if self.clock and regime:
            clock = self.clock.in_state(transition.target, day_of(now), regime)
            changes |= {"clock": clock, "legal_end_at": clock.end(regime)}
        return replace(self.heard(actor), status=transition.target, version=self.version + 1, **changes)

    def extended(self, actor: Actor, workflow: Workflow, regime: Regime | None, now: datetime) -> "Request":
        """The request once an agent has extended its legal period, as its type allows, once.

        Raises NotFoundError, NotAllowedError, ExtensionError or PeriodEndedError.
        """
        self.open_to(actor)
        if not actor.is_agent:
            raise NotAllowedError
        self.still_open(workflow, now)
        state = workflow.state(self.status)
        if self.clock is None or regime is None or state is None or state.final:
            raise ExtensionError
        if not regime.extension_months or self.clock.extended_months:
            raise ExtensionError
        clock = self.clock.extended(regime)
        return replace(self, clock=clock, legal_end_at=clock.end(regime), version=self.version + 1)

    def received(
        self, on: date, actor: Actor, workflow: Workflow, regime: Regime | None, now: datetime, *, anew: bool
    ) -> "Request":
        """The request once an agent has corrected the day of its reception.

        Its period counts from there, unless it started ``anew`` since, with the last document. Raises NotFoundError,
        NotAllowedError, PeriodEndedError, or ReceptionSettledError after the end.
        """
        self.open_to(actor)
        if not actor.is_agent:
            raise NotAllowedError
        self.still_open(workflow, now)
        if self._is_final(workflow):
            raise ReceptionSettledError
        said = None if on == day_of(self.created_at) else on
        after = replace(self, received_on=said, version=self.version + 1)
        if self.clock is None or regime is None or anew:
            return after
        clock = replace(self.clock, started_on=on)
        return replace(after, clock=clock, legal_end_at=clock.end(regime))

    def still_open(self, workflow: Workflow, now: datetime) -> None:
        """Raise PeriodEndedError where silence has decided already, whether or not that was recorded yet."""
        state = workflow.state(self.status)
        ended = self.legal_end_at is not None and self.legal_end_at <= now
        if ended and state is not None and not state.final:
            raise PeriodEndedError

    def after_message(self, actor: Actor, visibility: Visibility = Visibility.PUBLIC) -> "Request":
        """The request once its author has written, or an agent or the service a reply or a note."""
        self.open_to(actor)
        if visibility is not Visibility.PUBLIC and not (actor.is_agent or actor.is_service):
            raise NotAllowedError
        return self.heard(actor).after_word()

    def after_payment(self, *, paid: bool) -> "Request":
        """The request once a payment has come to an end; that it was paid is news to its agents."""
        return replace(self, unread=self.unread or paid, version=self.version + 1)

    def heard(self, actor: Actor) -> "Request":
        """The request once somebody did something: unread where agents do not know of it, read where one did it."""
        if actor.is_service or (actor.by and actor.by.is_agent):
            return self
        return replace(self, unread=not actor.is_agent)

    def completed(self, actor: Actor, workflow: Workflow, now: datetime) -> "Request":
        """The request once documents were joined to it; raises PeriodEndedError, or TransitionError after its end."""
        self.still_open(workflow, now)
        if self._is_final(workflow):
            raise TransitionError("completed after the end")
        return self.heard(actor).after_word()

    def goes_on(self, workflow: Workflow) -> None:
        """Raise TransitionError after the end."""
        if self._is_final(workflow):
            raise TransitionError("ended")

    def ended(self, workflow: Workflow) -> None:
        """Raise TransitionError before the end."""
        if not self._is_final(workflow):
            raise TransitionError("not ended")

    def ended_for(self, actor: Actor, workflow: Workflow) -> None:
        """Raise NotAllowedError for anybody but the author, TransitionError before the end."""
        if actor.is_agent or actor.person != self.author:
            raise NotAllowedError
        self.ended(workflow)

    def _is_final(self, workflow: Workflow) -> bool:
        state = workflow.state(self.status)
        return state is not None and state.final

    def after_word(self) -> "Request":
        """The request once the words that belong to a transition were written: one act more."""
        return replace(self, version=self.version + 1)


def _changes(effects: Iterable[Effect], actor: Actor, now: datetime, holidays: Holidays) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for effect in effects:
        if isinstance(effect, Assignment):
            changes["assignee"] = actor.person if effect.to == "actor" and actor.is_agent else None
            if effect.team:
                changes["team"] = effect.team
        elif isinstance(effect, Deadline):
            changes["due_at"] = effect.delay.after(now, holidays)
    return changes
