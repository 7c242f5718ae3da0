# SPDX-License-Identifier: EUPL-1.2
import re

from hypothesis import given
from workflows import state, transition, workflow, workflows

from parvis_requests.domain.workflow import Workflow
from parvis_requests.domain.workflow_diagram import diagram

LINE = re.compile(
    r'stateDiagram-v2|    state "[^":;]+" as s\d+|    (\[\*\]|s\d+) --> (\[\*\]|s\d+)( : [^:;"]+)?', re.DOTALL
)


def test_a_small_workflow_is_drawn() -> None:
    small = {
        "initial": "new",
        "states": [state("new"), state("done", final=True)],
        "transitions": [transition("finish", ["new"], "done", "agent", "system")],
        "timers": [{"code": "late", "state": "new", "delay": {"days": 5, "working": True}, "action": "finish"}],
    }
    assert diagram(workflow(small), "fr") == (
        "stateDiagram-v2\n"
        '    state "new" as s0\n'
        '    state "done" as s1\n'
        "    [*] --> s0\n"
        "    s0 --> s1 : finish (après 5 jours ouvrés)\n"
        "    s1 --> [*]\n"
    )
    assert "finish (en) (after 5 working days)" in diagram(workflow(small), "en")


@given(workflows())
def test_whatever_is_drawn_is_one_statement_a_line_and_shows_each_move(any_workflow: Workflow) -> None:
    lines = diagram(any_workflow, "fr").splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    moves = sum(len(t.sources) for t in any_workflow.transitions)
    ends = sum(s.final for s in any_workflow.states)
    assert sum("-->" in line for line in lines) == 1 + moves + ends


def test_names_cannot_break_out_of_their_label() -> None:
    name = 'Reçu"; }: <b>#x`%[\n--> s9'
    bad = {
        "initial": "a",
        "states": [{"code": "a", "name": {"fr": name, "en": name}}, state("b", final=True)],
        "transitions": [{**transition("go", ["a"], "b"), "name": {"fr": name, "en": name}}],
    }
    assert all(LINE.fullmatch(line) for line in diagram(workflow(bad), "fr").splitlines())
