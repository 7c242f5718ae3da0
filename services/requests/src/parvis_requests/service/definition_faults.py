# SPDX-License-Identifier: EUPL-1.2
"""What keeps a request type from being published: a form that is no schema, names that mean nothing, its workflow."""

from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs

from parvis_requests.domain.access import Access
from parvis_requests.domain.errors import Fault, Path
from parvis_requests.domain.form import conditional_schema
from parvis_requests.domain.legal import Silence
from parvis_requests.domain.seda import FinalAction
from parvis_requests.domain.workflow import SYSTEM, Workflow
from parvis_requests.domain.workflow_faults import faults
from parvis_requests.service.certified_definition import certified_faults
from parvis_requests.service.fee_faults import fee_faults
from parvis_requests.service.filter_faults import filter_faults
from parvis_requests.service.type_definition import ConditionDefinition, FormDefinition, LegalDefinition, TypeDefinition

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DEEPEST: Final = 12
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$id", "$anchor", "$dynamicAnchor"})


def definition_faults(definition: TypeDefinition) -> list[Fault]:
    """Every fault, each where it stands in the definition."""
    form = definition.form
    return [
        *_schema_faults(form),
        *_hint_faults(form),
        *filter_faults(form),
        *_document_faults(definition),
        *(
            Fault(("workflow", *fault.path), fault.code)
            for fault in faults(
                definition.workflow.domain(),
                fields=form.questions,
                documents={document.code for document in definition.documents},
                fees={fee.code for fee in definition.fees},
            )
        ),
        *_legal_faults(definition),
        *_reopening_faults(definition),
        *_archiving_faults(definition),
        *_access_faults(definition),
        *fee_faults(definition),
        *certified_faults(definition),
    ]


def definition_warnings(definition: TypeDefinition) -> list[Fault]:
    """What is better said of a type, and keeps it from nothing: that silence means nothing is not left to chance."""
    unsaid = definition.legal is None and definition.no_legal_period is None
    return [Fault(("legal",), "legal-unsaid")] if unsaid else []


def refusals_to_court(definition: TypeDefinition) -> Iterator[Path]:
    """Where the type says that its requests are refused, by a decision or by silence, and the court comes next."""
    legal = definition.legal
    if legal and legal.remedy == "cada":
        return
    for place, state in enumerate(definition.workflow.domain().states):
        if state.refusal:
            yield ("workflow", "states", place, "refusal")
    if legal and legal.silence is Silence.REJECTED:
        yield ("legal", "silence")


def _reopening_faults(definition: TypeDefinition) -> Iterator[Fault]:
    if definition.reopening is None:
        return
    state = definition.workflow.domain().state(definition.reopening.to)
    if state is None or state.final:
        yield Fault(("reopening", "to"), "unknown-state")
    # Against a decision there are appeals, each with its own time limit.
    if definition.legal is not None:
        yield Fault(("reopening",), "decision-reopened")


def _archiving_faults(definition: TypeDefinition) -> Iterator[Fault]:
    # A records system eliminates what its retention has left behind: without one it would be at once, or never.
    if definition.archiving.final_action is FinalAction.DESTROY and definition.retention_months is None:
        yield Fault(("archiving", "final_action"), "destroyed-without-retention")


def _access_faults(definition: TypeDefinition) -> Iterator[Fault]:
    if definition.access is Access.TEAM and definition.public:
        yield Fault(("access",), "restricted-and-public")


def _legal_faults(definition: TypeDefinition) -> Iterator[Fault]:
    if definition.legal is None:
        return
    if definition.no_legal_period is not None:
        yield Fault(("no_legal_period",), "legal-said-twice")
    workflow, where = definition.workflow.domain(), ("legal", "action")
    yield from _period_faults(definition.legal, workflow)
    action = next((t for t in workflow.transitions if t.code == definition.legal.action), None)
    if action is None:
        yield Fault(where, "unknown-action")
        return
    if SYSTEM not in action.roles:
        yield Fault(where, "action-not-for-system")
    if action.guards:
        yield Fault(where, "action-guarded")
    # The period may end wherever the request stands.
    if any(not state.final and state.code not in action.sources for state in workflow.states):
        yield Fault(where, "action-not-in-state")
    target = workflow.state(action.target)
    if target is not None and not target.final:
        yield Fault(where, "action-not-final")


def _period_faults(legal: LegalDefinition, workflow: Workflow) -> Iterator[Fault]:
    for index, code in enumerate(legal.paused_in):
        state = workflow.state(code)
        if state is None or state.final:
            yield Fault(("legal", "paused_in", index), "unknown-state")
        elif code == workflow.initial:
            # The period starts with the receipt (CRPA, article L114-3), whatever lacks: a pause is asked for.
            yield Fault(("legal", "paused_in", index), "initial-state-paused")
    for place, timer in enumerate(workflow.timers):
        if timer.action == legal.action:
            # It would be told and attested as a decision of the law's, which it is not.
            yield Fault(("workflow", "timers", place, "action"), "action-of-silence")


def compiled_schema(form: FormDefinition) -> dict[str, Any]:
    """The schema that answers are checked with: the form's, with the conditions of its hints."""
    conditions = {question: hint.when.domain() for question, hint in form.hints.items() if hint.when}
    return conditional_schema(form.answers_schema, conditions)


def _schema_faults(form: FormDefinition) -> Iterator[Fault]:
    schema = form.answers_schema
    where: Path = ("form", "schema")
    if schema.get("$schema", _DIALECT) != _DIALECT:
        yield Fault((*where, "$schema"), "other-dialect")
        return
    if schema.get("type") != "object" or not isinstance(schema.get("properties", {}), dict):
        yield Fault((*where, "type"), "schema-not-object")
        return
    # What nobody asked for must not be stored (GDPR, article 5(1)(c)).
    if schema.get("additionalProperties") is not False and schema.get("unevaluatedProperties") is not False:
        yield Fault((*where, "additionalProperties"), "schema-open")
    outside = [*_references(schema, where)]
    yield from outside
    if not outside:
        try:
            jsonschema_rs.Draft202012Validator({"$schema": _DIALECT, **schema}, validate_formats=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
            yield Fault(where, "schema-invalid")


def _references(node: Any, where: Path) -> Iterator[Fault]:
    # Only what is in the schema itself may be referred to: nothing is ever fetched.
    if len(where) > _DEEPEST * 2:
        yield Fault(where, "schema-too-deep")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _references(value, (*where, index))
    elif isinstance(node, dict):
        for key, value in node.items():
            named = isinstance(value, str) and key in _REFERENCES
            if named and not (key in {"$ref", "$dynamicRef"} and value.startswith("#")):
                yield Fault((*where, key), "reference-outside")
            else:
                yield from _references(value, (*where, key))


def _hint_faults(form: FormDefinition) -> Iterator[Fault]:
    questions = form.questions
    for name, hint in form.hints.items():
        where: Path = ("form", "hints", name)
        if name not in questions:
            yield Fault(where, "unknown-question")
        yield from _condition_faults(hint.when, (*where, "when"), questions - {name})
    for place, step in enumerate(form.steps):
        for index, question in enumerate(step.questions):
            if question not in questions:
                yield Fault(("form", "steps", place, "questions", index), "unknown-question")


def _document_faults(definition: TypeDefinition) -> Iterator[Fault]:
    codes = [document.code for document in definition.documents]
    for place, document in enumerate(definition.documents):
        where: Path = ("documents", place)
        if document.code in codes[:place]:
            yield Fault((*where, "code"), "repeated-code")
        yield from _condition_faults(document.when, (*where, "when"), definition.form.questions)


def _condition_faults(condition: ConditionDefinition | None, where: Path, questions: set[str]) -> Iterator[Fault]:
    if condition and condition.question not in questions:
        yield Fault((*where, "question"), "unknown-question")
