# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a workflow: names that nothing bears, states out of reach, dead ends, traps."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from parvis_requests.domain.errors import Fault, Path
from parvis_requests.domain.workflow import (
    SYSTEM,
    DocumentGuard,
    FieldGuard,
    PaymentGuard,
    Telling,
    Transition,
    Workflow,
)

# What the history calls the acts that are in no workflow.
RESERVED: Final = frozenset(
    {
        "submit", "reply", "note", "message", "documents", "merge", "unmerge", "publish", "hide", "reopen", "extend",
        "quarantine", "due-soon", "documents-missed", "hold", "release", "assign", "give-back", "hand-over",
        "priority", "validity", "author-erased", "reception", "contact",
        "change-type", "change-place", "unmention",
        "escalate",
        "appeal", "appeal-assigned", "appeal-upheld", "appeal-rejected", "appeal-deemed-rejected", "appeal-ended",
        "appeal-withdrawn", "satisfaction-asked",
        "payment-paid", "payment-refused", "payment-cancelled", "payment-abandoned",
    }
)  # fmt: skip


def faults(
    workflow: Workflow, *, fields: Collection[str], documents: Collection[str], fees: Collection[str] = ()
) -> list[Fault]:
    """Every fault, in the order of the definition; an empty list for a workflow that holds together.

    Args:
        workflow: the definition.
        fields: the questions of the form that its guards may name.
        documents: the codes of the documents that they may name.
        fees: the codes of the sums that they may name.
    """
    found = [
        *_repeated("states", [state.code for state in workflow.states]),
        *_repeated("transitions", [transition.code for transition in workflow.transitions]),
        *_repeated("timers", [timer.code for timer in workflow.timers]),
        *_refusals(workflow),
        *_unknown(workflow, fields, documents, fees),
    ]
    # What can be reached is only worth saying of a definition whose names all mean something.
    return found or [*_unreachable(workflow), *_ends(workflow)]


def reachable(workflow: Workflow, start: str) -> set[str]:
    """The states that a request in ``start`` can come to, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        further = {t.target for t in workflow.transitions if state in t.sources} - seen
        seen |= further
        waiting += further
    return seen


def _repeated(member: str, codes: Sequence[str]) -> Iterator[Fault]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield Fault((member, place, "code"), "repeated-code")


def _refusals(workflow: Workflow) -> Iterator[Fault]:
    for place, state in enumerate(workflow.states):
        # What still may be granted is refused by nobody: no period runs against it, and there is nothing to contest.
        if state.refusal and not state.final:
            yield Fault(("states", place, "refusal"), "refusal-not-final")


def _unknown(
    workflow: Workflow, fields: Collection[str], documents: Collection[str], fees: Collection[str]
) -> Iterator[Fault]:
    if workflow.state(workflow.initial) is None:
        yield Fault(("initial",), "unknown-state")
    for place, transition in enumerate(workflow.transitions):
        where: Path = ("transitions", place)
        if transition.code in RESERVED:
            yield Fault((*where, "code"), "reserved-code")
        for index, source in enumerate(transition.sources):
            state = workflow.state(source)
            if state is None:
                yield Fault((*where, "from", index), "unknown-state")
            elif state.final:
                yield Fault((*where, "from", index), "final-state-left")
        if workflow.state(transition.target) is None:
            yield Fault((*where, "to"), "unknown-state")
        yield from _unknown_in(transition, where, fields, documents, fees)
    yield from _unknown_in_timers(workflow)


def _unknown_in(
    transition: Transition, where: Path, fields: Collection[str], documents: Collection[str], fees: Collection[str]
) -> Iterator[Fault]:
    for index, guard in enumerate(transition.guards):
        if isinstance(guard, FieldGuard) and guard.field not in fields:
            yield Fault((*where, "guards", index, "field"), "unknown-field")
        if isinstance(guard, DocumentGuard) and guard.document not in documents:
            yield Fault((*where, "guards", index, "document"), "unknown-document")
        if isinstance(guard, PaymentGuard) and guard.fee not in fees:
            yield Fault((*where, "guards", index, "fee"), "unknown-fee")
    tellings = [index for index, effect in enumerate(transition.effects) if isinstance(effect, Telling)]
    for _, second in pairwise(tellings):
        yield Fault((*where, "effects", second), "second-event")


def _unknown_in_timers(workflow: Workflow) -> Iterator[Fault]:
    known = {transition.code: transition for transition in workflow.transitions}
    for place, timer in enumerate(workflow.timers):
        where: Path = ("timers", place)
        if workflow.state(timer.state) is None:
            yield Fault((*where, "state"), "unknown-state")
        transition = known.get(timer.action)
        if transition is None:
            yield Fault((*where, "action"), "unknown-action")
        elif timer.state not in transition.sources:
            yield Fault((*where, "action"), "action-not-in-state")
        elif SYSTEM not in transition.roles:
            yield Fault((*where, "action"), "action-not-for-system")
        elif transition.guards:
            # A timer gives no reason, and nobody would see that a guard held it back for ever.
            yield Fault((*where, "action"), "action-guarded")


def _unreachable(workflow: Workflow) -> Iterator[Fault]:
    reached = reachable(workflow, workflow.initial)
    for place, state in enumerate(workflow.states):
        if state.code not in reached:
            yield Fault(("states", place), "unreachable-state")


def _ends(workflow: Workflow) -> Iterator[Fault]:
    final = {state.code for state in workflow.states if state.final}
    if not final:
        yield Fault(("states",), "no-final-state")
        return
    for place, state in enumerate(workflow.states):
        if not reachable(workflow, state.code) & final:
            leaves = any(state.code in transition.sources for transition in workflow.transitions)
            yield Fault(("states", place), "endless-state" if leaves else "dead-end")
