# SPDX-License-Identifier: EUPL-1.2
"""Request types as the API shows them, in the language of the caller; and the drafts of their next versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.locale import Language, Text
from parvis_requests.api.certified_views import source_label
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.domain.legal import NoPeriod, Silence
from parvis_requests.service.certified_definition import CertifiedDefinition
from parvis_requests.service.fee_definition import TariffDefinition
from parvis_requests.service.form import Form
from parvis_requests.service.type_definition import (
    AudienceDefinition,
    Channel,
    ConditionDefinition,
    FilesDefinition,
    FilterDefinition,
    HintDefinition,
    LegalDefinition,
    NoLegalPeriodDefinition,
    PublicationDefinition,
    ReopeningDefinition,
    TypeDefinition,
    Widget,
)
from parvis_requests.service.workflow_definition import Code, DelayDefinition


class HintView(BaseModel):
    """How a question may be shown; it is asked only while `when` holds."""

    label: str | None
    help: str | None
    widget: Widget | None
    options: list[Labelled]
    when: ConditionDefinition | None


class StepView(BaseModel):
    """A page of the form."""

    title: str
    questions: list[str]


class DocumentView(BaseModel):
    """A document to join; it is asked for only while `when` holds."""

    code: str
    name: str
    help: str | None
    required: bool
    when: ConditionDefinition | None
    files: FilesDefinition


class LegalView(BaseModel):
    """What silence means, after how long, and which text says so."""

    silence: Silence
    months: int
    days: int
    source: str


class NoLegalPeriodView(BaseModel):
    """Why silence decides nothing, or why it is not said what it means."""

    because: NoPeriod
    reason: str


class ConsentView(BaseModel):
    """What a person is asked to consent to; who consents names the version that they were shown."""

    version: str
    text: str


class TypeCertifiedView(BaseModel):
    """A question whose answer another administration certifies where the person consents; else `document` proves it."""

    question: str
    source: Labelled
    document: str | None
    consent: ConsentView


class TypeFeeView(BaseModel):
    """A sum that a request costs: by the tariff where the answer is in it, as many times as `times` is answered."""

    fee: Labelled
    cents: int
    tariff: TariffDefinition | None
    times: str | None
    currency: Literal["EUR"]


class RequestTypeView(BaseModel):
    """A request type on offer, with the JSON Schema 2020-12 of its answers and how to ask for them."""

    code: str
    version: int
    name: str
    description: str | None
    keywords: list[str]
    group: Labelled
    position_required: bool
    answers_schema: dict[str, Any]
    hints: dict[str, HintView]
    steps: list[StepView]
    documents: list[DocumentView]
    files: FilesDefinition
    filters: dict[str, FilterDefinition] = Field(description="Questions by whose answers agents may filter a queue.")
    audience: AudienceDefinition
    channels: list[Channel]
    service_level: DelayDefinition | None
    reopening: ReopeningDefinition | None
    legal: LegalView | None
    no_legal_period: NoLegalPeriodView | None = Field(
        default=None, description="Said where `legal` is not; null where the town has said neither."
    )
    certified: list[TypeCertifiedView] = Field(
        default_factory=list, description="Answers that this installation can have certified for the collectivity."
    )
    fees: list[TypeFeeView]
    appointment_kinds: list[str] = Field(description="What its author may make an appointment for without an account.")
    retention_months: int | None
    public: bool
    publication: PublicationDefinition | None = Field(description="What of it is shown, where it is public.")


class RequestTypeList(BaseModel):
    """The catalogue of a collectivity, or what of it answers a search, the best first."""

    items: list[RequestTypeView]


class NewDraft(Input):
    """The next version of a request type, or a new type."""

    code: Code
    definition: TypeDefinition


class ChangedDraft(Input):
    """What a draft is to say from now on."""

    definition: TypeDefinition


class FaultView(BaseModel):
    """What is wrong with a version, or better said, and where in it."""

    pointer: str
    code: str
    detail: str


class TypeVersionView(BaseModel):
    """A version of a request type, for those who administer the catalogue."""

    id: UUID
    code: str
    version: int
    state: Literal["draft", "published", "retired"]
    definition: TypeDefinition
    faults: list[FaultView] = Field(description="What keeps it from being published.")
    warnings: list[FaultView] = Field(
        default_factory=list, description="What is better said in it; it is published all the same."
    )
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


def type_view(form: Form, language: Language, town: Text, *, certifies: bool) -> RequestTypeView:
    """A type on offer in that town."""
    definition = form.definition
    hints = definition.form.hints
    return RequestTypeView(
        code=form.code,
        version=form.number,
        name=definition.name.in_language(language),
        description=_said(definition.description, language),
        keywords=definition.keywords_in(language),
        group=Labelled(code=definition.group, label=definition.group_name.in_language(language)),
        position_required=definition.position_required,
        answers_schema=_titled(form.answers_schema, hints, language),
        hints={question: _hint_view(hint, language) for question, hint in hints.items()},
        steps=[
            StepView(title=step.title.in_language(language), questions=step.questions) for step in definition.form.steps
        ],
        documents=[
            DocumentView(
                code=document.code,
                name=document.name.in_language(language),
                help=_said(document.help, language),
                required=document.required,
                when=document.when,
                files=document.files,
            )
            for document in definition.documents
        ],
        files=definition.files,
        filters=dict(definition.form.filters),
        audience=definition.audience,
        channels=definition.channels,
        service_level=definition.service_level,
        reopening=definition.reopening,
        legal=definition.legal and _legal_view(definition.legal, language),
        no_legal_period=_no_period_view(definition.no_legal_period, language),
        certified=[_certified_view(rule, language, town) for rule in definition.certified if certifies],
        fees=[
            TypeFeeView(
                fee=Labelled(code=fee.code, label=fee.name.in_language(language)),
                cents=fee.cents,
                tariff=fee.tariff,
                times=fee.times,
                currency="EUR",
            )
            for fee in definition.fees
        ],
        appointment_kinds=definition.appointment_kinds,
        retention_months=definition.retention_months,
        public=definition.public,
        publication=definition.publication if definition.public else None,
    )


def _certified_view(rule: CertifiedDefinition, language: Language, town: Text) -> TypeCertifiedView:
    return TypeCertifiedView(
        question=rule.question,
        source=source_label(rule.source, language),
        document=rule.document,
        consent=ConsentView(version=rule.consent_version(town), text=rule.consent(town).in_language(language)),
    )


def _legal_view(legal: LegalDefinition, language: Language) -> LegalView:
    return LegalView(
        silence=legal.silence, months=legal.months, days=legal.days, source=legal.source.in_language(language)
    )


def _no_period_view(said: NoLegalPeriodDefinition | None, language: Language) -> NoLegalPeriodView | None:
    return NoLegalPeriodView(because=said.because, reason=said.reason.in_language(language)) if said else None


def _hint_view(hint: HintDefinition, language: Language) -> HintView:
    return HintView(
        label=_said(hint.label, language),
        help=_said(hint.help, language),
        widget=hint.widget,
        options=[Labelled(code=value, label=label.in_language(language)) for value, label in hint.options.items()],
        when=hint.when,
    )


def _titled(schema: Mapping[str, Any], hints: Mapping[str, HintDefinition], language: Language) -> dict[str, Any]:
    properties = {
        name: {**question, "title": label.in_language(language)}
        if (label := hints[name].label if name in hints else None) and isinstance(question, dict)
        else question
        for name, question in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def _said(text: Text | None, language: Language) -> str | None:
    return text.in_language(language) if text else None
