# SPDX-License-Identifier: EUPL-1.2
"""A workflow as data: the states that a request goes through, who leads it from one to another and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from parvis_requests.domain.calendar import Delay
from parvis_requests.domain.errors import TransitionError

AUTHOR: Final = "author"
AGENT: Final = "agent"
SYSTEM: Final = "system"
Words = Mapping[str, str]


class Told(StrEnum):
    """The event by which a transition is told; each transition is told by exactly one."""

    STATUS_CHANGED = "request-status-changed"
    TAKEN = "request-taken"
    RESOLVED = "request-resolved"


@dataclass(frozen=True, slots=True)
class State:
    """Where a request can stand; it stays in a final one. A ``refusal`` is told with the remedies against it."""

    code: str
    name: Words
    final: bool = False
    refusal: bool = False


@dataclass(frozen=True, slots=True)
class FieldGuard:
    """An answer must have been given; one of ``one_of``, where that names any."""

    field: str
    one_of: tuple[Any, ...] = ()

    def unmet(self, facts: "Facts") -> str | None:
        """What lacks, or None."""
        given = facts.answers.get(self.field)
        met = any(_same(given, wanted) for wanted in self.one_of) if self.one_of else given is not None
        return None if met else f"field:{self.field}"


@dataclass(frozen=True, slots=True)
class DocumentGuard:
    """A document of that code must have been joined."""

    document: str

    def unmet(self, facts: "Facts") -> str | None:
        """What lacks, or None."""
        return None if self.document in facts.documents else f"document:{self.document}"


@dataclass(frozen=True, slots=True)
class PaymentGuard:
    """A sum that the request costs must have been paid, where it costs anything."""

    fee: str

    def unmet(self, facts: "Facts") -> str | None:
        """What lacks, or None."""
        return None if self.fee in facts.settled else f"payment:{self.fee}"


@dataclass(frozen=True, slots=True)
class ReasonGuard:
    """Whoever acts says why, as a refusal must be reasoned (article L211-2 of the CRPA)."""

    def unmet(self, facts: "Facts") -> str | None:
        """What lacks, or None."""
        return None if facts.reason else "reason"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The request goes to whoever acts, to nobody, or to another team (and then to nobody in it yet)."""

    to: Literal["actor", "nobody"]
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What was promised is due that long after the act."""

    delay: Delay


@dataclass(frozen=True, slots=True)
class Announcement:
    """The person is written this message."""

    text: Words


@dataclass(frozen=True, slots=True)
class Telling:
    """The transition is told by this event rather than by ``request-status-changed``."""

    event: Told


Guard = FieldGuard | DocumentGuard | PaymentGuard | ReasonGuard
Effect = Assignment | Deadline | Announcement | Telling


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards look at: the answers, the codes of the joined documents, why the actor acts, and what is settled.

    ``settled`` are the codes of the sums of which nothing is to be paid any more.
    """

    answers: Mapping[str, Any]
    documents: frozenset[str] = frozenset()
    reason: str | None = None
    settled: frozenset[str] = frozenset()


NO_FACTS: Final = Facts({})


@dataclass(frozen=True, slots=True)
class Transition:
    """An act that leads from some states to one; ``roles`` are those of a token, or author, agent, system.

    ``quiet`` is one of which the person is not written to.
    """

    code: str
    name: Words
    sources: tuple[str, ...]
    target: str
    roles: frozenset[str]
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    quiet: bool = False

    @property
    def speaks(self) -> bool:
        """True when it writes a message of its own."""
        return any(isinstance(effect, Announcement) for effect in self.effects)

    @property
    def told(self) -> Told:
        """The event that tells it."""
        return next((effect.event for effect in self.effects if isinstance(effect, Telling)), Told.STATUS_CHANGED)

    @property
    def looks_at_file(self) -> bool:
        """True when a guard needs the answers, the documents or the payments."""
        return any(not isinstance(guard, ReasonGuard) for guard in self.guards)

    def unmet(self, facts: Facts) -> list[str]:
        """The conditions that the facts do not meet, in their order."""
        return [lack for guard in self.guards if (lack := guard.unmet(facts)) is not None]


@dataclass(frozen=True, slots=True)
class Timer:
    """The service acts by itself once a request has been in a state that long."""

    code: str
    state: str
    delay: Delay
    action: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A whole definition; :mod:`parvis_requests.domain.workflow_faults` says whether it holds together."""

    initial: str
    states: Sequence[State]
    transitions: Sequence[Transition]
    timers: Sequence[Timer] = ()

    def state(self, code: str) -> State | None:
        """The state of that code."""
        return next((state for state in self.states if state.code == code), None)

    def transition(self, code: str) -> Transition:
        """The transition of that code; raises TransitionError."""
        found = next((transition for transition in self.transitions if transition.code == code), None)
        if found is None:
            raise TransitionError(f"no action {code}")
        return found

    def timers_of(self, state: str) -> list[Timer]:
        """The timers that start when a request enters that state."""
        return [timer for timer in self.timers if timer.state == state]

    def open_to(self, state: str, roles: frozenset[str]) -> list[Transition]:
        """What somebody with these roles may do in that state, guards aside."""
        return [t for t in self.transitions if state in t.sources and t.roles & roles]


def _same(given: Any, wanted: Any) -> bool:
    # In JSON, true is not 1.
    return given == wanted and isinstance(given, bool) is isinstance(wanted, bool)
