# SPDX-License-Identifier: EUPL-1.2
"""A workflow as a Mermaid state diagram (https://mermaid.js.org/syntax/stateDiagram.html)."""

import re
from collections.abc import Iterator

from parvis_requests.domain.calendar import Delay
from parvis_requests.domain.workflow import Workflow

# Mermaid reads these as syntax inside a label.
_SYNTAX = re.compile(r'[:;#{}<>"`%\[\]\r\n]+')


def diagram(workflow: Workflow, language: str) -> str:
    """The text of the diagram, labels in that language (``fr`` or ``en``), one statement a line."""
    return "\n".join(_lines(workflow, language)) + "\n"


def _lines(workflow: Workflow, language: str) -> Iterator[str]:
    names = {state.code: f"s{place}" for place, state in enumerate(workflow.states)}
    yield "stateDiagram-v2"
    for state in workflow.states:
        yield f'    state "{_label(state.name[language])}" as {names[state.code]}'
    yield f"    [*] --> {names[workflow.initial]}"
    for transition in workflow.transitions:
        for source in transition.sources:
            waits = [t for t in workflow.timers if t.action == transition.code and t.state == source]
            label = _label(transition.name[language]) + "".join(f" ({_wait(t.delay, language)})" for t in waits)
            yield f"    {names[source]} --> {names[transition.target]} : {label}"
    for state in workflow.states:
        if state.final:
            yield f"    {names[state.code]} --> [*]"


def _wait(delay: Delay, language: str) -> str:
    if language == "en":
        return f"after {delay.days} working days" if delay.working else f"after {delay.days} days"
    return f"après {delay.days} jours ouvrés" if delay.working else f"après {delay.days} jours"


def _label(text: str) -> str:
    return " ".join(_SYNTAX.sub(" ", text).split())
