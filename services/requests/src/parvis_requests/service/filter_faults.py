# SPDX-License-Identifier: EUPL-1.2
"""What keeps a form from being published: a filter by a question that it does not fit, or that would show a person."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from parvis_requests.domain.answer_filters import MAX_TEXT, FilterKind
from parvis_requests.domain.errors import Fault
from parvis_requests.service.type_definition import FormDefinition

# How one reaches somebody, or where they live, is theirs, whatever the author of a form says.
_REACHES: Final = ("email", "phone", "address")
_CONTACTS: Final = ("email", "idn-email")


def filter_faults(form: FormDefinition) -> Iterator[Fault]:
    """Every fault of the declared filters."""
    for name, said in form.filters.items():
        where, path = ("form", "filters", name), name.split(".")
        question = _question(form.answers_schema, path)
        if question is None:
            yield Fault(where, "unknown-question")
            continue
        if not _fits(said.kind, question):
            yield Fault((*where, "kind"), "filter-does-not-fit")
        # Hints are of whole questions: what is nested in one reaches whom that one reaches.
        hint = form.hints.get(path[0])
        reaches = question.get("format") in _CONTACTS or (hint is not None and hint.widget in _REACHES)
        if (said.personal or reaches) and said.kind is FilterKind.TEXT:
            yield Fault((*where, "personal"), "personal-text")
        elif reaches and not said.personal:
            yield Fault((*where, "personal"), "contact-in-clear")


def _question(schema: Any, path: list[str]) -> Mapping[str, Any] | None:
    for step in path:
        schema = schema.get("items", schema) if isinstance(schema, Mapping) else None
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        schema = properties.get(step) if isinstance(properties, Mapping) else None
    schema = schema.get("items", schema) if isinstance(schema, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def _fits(kind: FilterKind, question: Mapping[str, Any]) -> bool:
    if kind is FilterKind.NUMBER:
        return question.get("type") in ("number", "integer")
    if question.get("type") != "string":
        return False
    if kind is FilterKind.DATE:
        return question.get("format") == "date"
    longest = question.get("maxLength")
    return isinstance(longest, int) and longest <= MAX_TEXT
