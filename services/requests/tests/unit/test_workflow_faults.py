# SPDX-License-Identifier: EUPL-1.2
import copy
from typing import Any

import pytest
from hypothesis import given
from workflows import DECISION, state, transition, workflow, workflows

from parvis_requests.domain.workflow import Workflow
from parvis_requests.domain.workflow_faults import faults
from parvis_requests.service.workflow_definition import shipped_workflows

FIELDS = {"quantity"}


def found(definition: dict[str, Any]) -> list[tuple[str, str]]:
    listed = faults(workflow(definition), fields=FIELDS, documents={"identity"})
    return [("/".join(map(str, fault.path)), fault.code) for fault in listed]


def changed(path: str, value: Any) -> dict[str, Any]:
    definition = copy.deepcopy(DECISION)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    node: Any = definition
    for step in steps:
        node = node[step]
    if isinstance(node, list) and last == len(node):
        node.append(value)
    else:
        node[last] = value
    return definition


def test_a_definition_that_holds_together_has_no_fault() -> None:
    assert found(DECISION) == []


@pytest.mark.parametrize("code", sorted(shipped_workflows()))
def test_the_shipped_workflows_hold_together(code: str) -> None:
    fees = {"due"} if code == "paid" else ()
    assert faults(shipped_workflows()[code].domain(), fields=(), documents=(), fees=fees) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("initial", "nowhere", ("initial", "unknown-state")),
        ("states/1", state("submitted"), ("states/1/code", "repeated-code")),
        ("transitions/1/code", "study", ("transitions/1/code", "repeated-code")),
        ("transitions/1/code", "reply", ("transitions/1/code", "reserved-code")),
        ("transitions/0/from", ["nowhere"], ("transitions/0/from/0", "unknown-state")),
        ("transitions/0/to", "nowhere", ("transitions/0/to", "unknown-state")),
        ("transitions/0/from", ["submitted", "granted"], ("transitions/0/from/1", "final-state-left")),
        ("transitions/3/guards/0/field", "colour", ("transitions/3/guards/0/field", "unknown-field")),
        (
            "transitions/3/guards/1",
            {"kind": "document", "document": "passport"},
            ("transitions/3/guards/1/document", "unknown-document"),
        ),
        (
            "transitions/0/effects",
            [{"kind": "event", "event": "request-taken"}, {"kind": "event", "event": "request-resolved"}],
            ("transitions/0/effects/1", "second-event"),
        ),
        ("timers/0/state", "nowhere", ("timers/0/state", "unknown-state")),
        ("timers/0/action", "nothing", ("timers/0/action", "unknown-action")),
        ("timers/0/action", "study", ("timers/0/action", "action-not-in-state")),
        ("timers/0/action", "complete", ("timers/0/action", "action-not-for-system")),
        ("transitions/6/guards", [{"kind": "reason"}], ("timers/0/action", "action-guarded")),
        ("states/6", state("alone", final=True), ("states/6", "unreachable-state")),
        ("states/3/final", False, ("states/3", "dead-end")),
        ("states/1/refusal", True, ("states/1/refusal", "refusal-not-final")),
    ],
)
def test_each_fault_is_named_where_it_is(path: str, value: Any, fault: tuple[str, str]) -> None:
    assert fault in found(changed(path, value))


def test_states_that_only_lead_to_one_another_are_a_trap() -> None:
    trap = {
        "initial": "in",
        "states": [state("in"), state("left"), state("right"), state("out", final=True)],
        "transitions": [
            transition("leave", ["in"], "out"),
            transition("enter", ["in"], "left"),
            transition("go", ["left"], "right"),
            transition("come", ["right"], "left"),
        ],
    }
    assert found(trap) == [("states/1", "endless-state"), ("states/2", "endless-state")]


def test_a_workflow_without_an_end_is_refused() -> None:
    circle = {"initial": "a", "states": [state("a")], "transitions": [transition("turn", ["a"], "a")]}
    assert found(circle) == [("states", "no-final-state")]


@given(workflows())
def test_without_a_fault_every_state_is_reached_and_leads_to_an_end(any_workflow: Workflow) -> None:
    """Walks the graph by brute force: as many steps as there are states reach whatever can be reached."""
    listed = faults(any_workflow, fields=(), documents=())
    size = range(len(any_workflow.states))
    reached = {any_workflow.initial}
    ends = {s.code for s in any_workflow.states if s.final}
    for _ in size:
        reached |= {t.target for t in any_workflow.transitions if set(t.sources) & reached}
        ends |= {source for t in any_workflow.transitions if t.target in ends for source in t.sources}
    left = any(s.final and s.code in t.sources for s in any_workflow.states for t in any_workflow.transitions)
    everything = {s.code for s in any_workflow.states}
    sound = reached == everything and ends == everything and not left
    assert sound is (listed == [])
