# SPDX-License-Identifier: EUPL-1.2
"""One version of a request type, ready for use: its schema compiled, its workflow in the domain's words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID

import jsonschema_rs

from parvis_requests.db.catalogue import FormKey, StoredVersion
from parvis_requests.domain.answer_filters import AnswerFilter
from parvis_requests.domain.certified import documents_asked
from parvis_requests.domain.errors import (
    AnswerFault,
    InvalidAnswersError,
    InvalidDocumentsError,
    InvalidFilesError,
)
from parvis_requests.domain.files import File
from parvis_requests.domain.form import document_faults
from parvis_requests.domain.legal import Regime, Silence
from parvis_requests.domain.payment import Fee
from parvis_requests.domain.publicity import Publicity
from parvis_requests.domain.remedy import Refusal
from parvis_requests.domain.routing import RoutingRule
from parvis_requests.domain.workflow import Workflow
from parvis_requests.service.definition_faults import compiled_schema
from parvis_requests.service.type_definition import TypeDefinition

_MAX_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class Form:
    """A version of a request type."""

    id: UUID
    number: int
    code: str
    definition: TypeDefinition
    answers_schema: Mapping[str, Any]
    workflow: Workflow
    regime: Regime | None
    filters: tuple[AnswerFilter, ...]
    validator: jsonschema_rs.Draft202012Validator

    @classmethod
    def of(cls, stored: StoredVersion) -> "Form":
        """Compile a stored version."""
        definition = TypeDefinition.model_validate(stored.version.definition)
        schema = compiled_schema(definition.form)
        return cls(
            id=stored.version.type_id,
            number=stored.version.number,
            code=stored.code,
            definition=definition,
            answers_schema=schema,
            workflow=definition.workflow.domain(),
            regime=definition.legal.domain() if definition.legal else None,
            filters=definition.form.answer_filters,
            validator=jsonschema_rs.Draft202012Validator(schema, validate_formats=True),
        )

    @property
    def key(self) -> FormKey:
        """What requests remember of it."""
        return FormKey(self.id, self.number)

    @property
    def group(self) -> str:
        """Code of its group."""
        return self.definition.group

    @property
    def name(self) -> Mapping[str, str]:
        """Its name in each language."""
        return self.definition.name.model_dump()

    def refusal(self, status: str) -> Refusal | None:
        """How a request that stands in that state was refused; None where it was not."""
        regime = self.regime
        if regime and regime.silence is Silence.REJECTED and status == self.workflow.transition(regime.action).target:
            return Refusal.SILENT
        state = self.workflow.state(status)
        return Refusal.EXPRESS if state and state.refusal else None

    @property
    def fees(self) -> list[Fee]:
        """What a request costs."""
        return [fee.domain() for fee in self.definition.fees]

    @property
    def publicity(self) -> Publicity | None:
        """How its requests are shown to the public, None where they are not."""
        return self.definition.publication.domain() if self.definition.public else None

    @property
    def rules(self) -> list[RoutingRule]:
        """The routing that the type brings itself."""
        return [
            RoutingRule(rule.team, type_code=self.code, area=area)
            for rule in self.definition.routing
            for area in (*rule.areas, *([] if rule.areas else [None]))
        ]

    def check(self, answers: Mapping[str, Any]) -> None:
        """Raise InvalidAnswersError with each fault where the answers do not fit the schema."""
        if self.validator.is_valid(answers):
            return
        faults = chain.from_iterable(map(_faults, self.validator.iter_errors(answers)))
        raise InvalidAnswersError(list(islice(faults, _MAX_FAULTS)))

    def check_documents(
        self, answers: Mapping[str, Any], given: Collection[str], certified: Collection[str] = ()
    ) -> None:
        """Raise InvalidDocumentsError where documents lack, or are not asked for with these answers.

        ``certified`` are the questions whose answers no document has to prove.
        """
        rules = [rule.domain() for rule in self.definition.certified]
        documents = [document.domain() for document in self.definition.documents]
        asked = documents_asked(documents, rules, answers.keys(), certified) if rules else documents
        faults = document_faults(asked, answers, given) if asked or given else []
        if faults:
            raise InvalidDocumentsError(faults)

    def check_files(self, files: Sequence[File]) -> None:
        """Raise InvalidFilesError unless each file is of a kind, a size and a number that the type takes there."""
        rules = {document.code: document.files.domain() for document in self.definition.documents}
        faults = self.definition.files.domain().faults(
            ("attachments",), [file for file in files if file.document not in rules]
        )
        for code, rule in rules.items():
            faults += rule.faults(("documents", code), [file for file in files if file.document == code])
        if faults:
            raise InvalidFilesError(faults)


def _faults(error: jsonschema_rs.ValidationError) -> Iterator[AnswerFault]:
    """Each at the answer that lacks or is not asked for: the schema tells of the object around them."""
    kind, path = error.kind, tuple(error.instance_path)
    match kind.as_dict():
        case {"property": str(name)}:
            names = [name]
        case {"unexpected": [*unexpected]}:
            names = [str(each) for each in unexpected]
        case _:
            yield AnswerFault(path, str(kind.name), error.message)
            return
    for name in names:
        yield AnswerFault((*path, name), str(kind.name), error.message)
