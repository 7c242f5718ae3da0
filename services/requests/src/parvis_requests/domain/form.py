# SPDX-License-Identifier: EUPL-1.2
"""Rules of a form that its questions alone do not say: a question, or a document, that is asked only sometimes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parvis_requests.domain.errors import DocumentFault


@dataclass(frozen=True, slots=True)
class Condition:
    """The answer to a question is one of these."""

    question: str
    one_of: tuple[Any, ...]

    def schema(self) -> dict[str, Any]:
        """As JSON Schema says it."""
        return {"properties": {self.question: {"enum": list(self.one_of)}}, "required": [self.question]}

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """True for these answers; as in JSON, true is not 1."""
        given = answers.get(self.question)
        return any(given == wanted and isinstance(given, bool) is isinstance(wanted, bool) for wanted in self.one_of)


@dataclass(frozen=True, slots=True)
class Document:
    """A document to join, always or under a condition."""

    code: str
    required: bool
    when: Condition | None = None


def conditional_schema(schema: Mapping[str, Any], conditions: Mapping[str, Condition]) -> dict[str, Any]:
    """The schema in which a question with a condition is required only while it holds, and refused otherwise."""
    if not conditions:
        return dict(schema)
    required = schema.get("required", [])
    rules = [
        {
            "if": condition.schema(),
            "then": {"required": [question]} if question in required else {},
            "else": {"properties": {question: False}},
        }
        for question, condition in conditions.items()
    ]
    always = [question for question in required if question not in conditions]
    return {**schema, "required": always, "allOf": [*schema.get("allOf", []), *rules]}


def document_faults(
    asked: Sequence[Document], answers: Mapping[str, Any], given: Collection[str]
) -> list[DocumentFault]:
    """Every fault in the documents that come with these answers."""
    wanted = {document.code: document for document in asked if document.when is None or document.when.holds(answers)}
    missing = [code for code, document in wanted.items() if document.required and code not in given]
    return [
        *(DocumentFault(code, "missing") for code in missing),
        *(DocumentFault(code, "not-asked") for code in given if code not in wanted),
    ]
