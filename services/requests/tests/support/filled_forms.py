# SPDX-License-Identifier: EUPL-1.2
"""Fills in a form as somebody would: what is asked, with the first answer that fits."""

from collections.abc import Iterator
from typing import Any

from parvis_requests.service.form import Form
from parvis_requests.service.type_definition import TypeDefinition

# Questions whose answer has a form of its own.
KNOWN = {"chip": "250268500000001", "parcel": "0AB 123", "siret": "21750001600019", "plate": "AB-123-CD"}


def filled(definition: TypeDefinition) -> dict[str, Any]:
    """Answers to every question that is asked after the ones before it."""
    answers: dict[str, Any] = {}
    for name, question in definition.form.answers_schema["properties"].items():
        hint = definition.form.hints.get(name)
        if hint is None or hint.when is None or hint.when.domain().holds(answers):
            answers[name] = KNOWN.get(name) or answer(question)
    return answers


def documents_asked(definition: TypeDefinition, answers: dict[str, Any]) -> list[str]:
    """The codes of the documents that must come with these answers."""
    asked = [document.domain() for document in definition.documents]
    # Nobody has certified what these answers say.
    proving = {rule.document for rule in definition.certified if rule.question in answers}
    required = [each for each in asked if each.required or each.code in proving]
    return [each.code for each in required if each.when is None or each.when.holds(answers)]


def answer(question: dict[str, Any]) -> Any:
    """The first answer that fits a question."""
    if "enum" in question:
        return question["enum"][0]
    match question["type"]:
        case "array":
            return [answer(question["items"])]
        case "boolean":
            return True
        case "integer" | "number":
            return question.get("minimum", 1)
        case "string" if question.get("format") == "date":
            return "2026-12-01"
    return "x" * max(question.get("minLength", 0), 1)


def way_to_an_end(form: Form, roles: frozenset[str]) -> Iterator[str]:
    """The transitions by which somebody with these roles brings a new request to an end."""
    workflow = form.workflow
    paths: list[tuple[str, list[str]]] = [(workflow.initial, [])]
    seen = {workflow.initial}
    for state, path in paths:
        found = workflow.state(state)
        if found is not None and found.final:
            yield from path
            return
        for transition in workflow.open_to(state, roles):
            if transition.target not in seen:
                seen.add(transition.target)
                paths.append((transition.target, [*path, transition.code]))
    raise AssertionError(f"{form.code}: no way to an end for {sorted(roles)}")
