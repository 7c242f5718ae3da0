# SPDX-License-Identifier: EUPL-1.2
"""Workflows for the tests of the engine."""

from typing import Any

from hypothesis import strategies as st

from parvis_requests.domain.workflow import Workflow
from parvis_requests.service.workflow_definition import WorkflowDefinition


def words(text: str) -> dict[str, str]:
    return {"fr": text, "en": f"{text} (en)"}


def state(code: str, *, final: bool = False) -> dict[str, Any]:
    return {"code": code, "name": words(code), "final": final}


def transition(code: str, sources: list[str], target: str, *roles: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": words(code), "from": sources, "to": target, "roles": roles or ["agent"], **more}


# An application that is studied, sent back to its author when something lacks, and decided with reasons.
DECISION: dict[str, Any] = {
    "initial": "submitted",
    "states": [
        state("submitted"), state("studied"), state("waiting"), state("granted", final=True),
        state("refused", final=True), state("dropped", final=True),
    ],
    "transitions": [
        transition("study", ["submitted"], "studied", effects=[{"kind": "assign", "to": "actor"}]),
        transition(
            "ask",
            ["studied"],
            "waiting",
            guards=[{"kind": "reason"}],
            effects=[{"kind": "deadline", "delay": {"days": 10, "working": True}}],
        ),
        transition("complete", ["waiting"], "studied", "author", "agent"),
        transition(
            "grant", ["studied"], "granted", "decider", guards=[{"kind": "field", "field": "quantity", "one_of": [3]}]
        ),
        transition("refuse", ["studied"], "refused", "decider", guards=[{"kind": "reason"}]),
        transition("withdraw", ["submitted", "studied", "waiting"], "dropped", "author"),
        transition(
            "expire",
            ["waiting"],
            "dropped",
            "system",
            effects=[{"kind": "message", "text": words("Demande classée sans réponse")}],
        ),
    ],
    "timers": [{"code": "patience", "state": "waiting", "delay": {"days": 30}, "action": "expire"}],
}  # fmt: skip


def definition(written: dict[str, Any]) -> WorkflowDefinition:
    return WorkflowDefinition.model_validate(written)


def workflow(written: dict[str, Any]) -> Workflow:
    return definition(written).domain()


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Workflows of any shape: names that mean something, but states out of reach, traps and dead ends."""
    codes = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    final = draw(st.sets(st.sampled_from(codes)))
    moves = draw(
        st.lists(st.tuples(st.sampled_from(codes), st.sampled_from(codes)), min_size=1, max_size=12, unique=True)
    )
    return workflow(
        {
            "initial": draw(st.sampled_from(codes)),
            "states": [state(code, final=code in final) for code in codes],
            "transitions": [transition(f"t{n}", [source], target) for n, (source, target) in enumerate(moves)],
        }
    )
