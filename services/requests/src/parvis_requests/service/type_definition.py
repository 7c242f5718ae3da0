# SPDX-License-Identifier: EUPL-1.2
"""A request type as it is written down: in files, in the database, in the API."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, model_validator

from parvis_kit.locale import Language, Text
from parvis_kit.web.types import PlainText
from parvis_requests.domain.access import Access
from parvis_requests.domain.answer_filters import MAX_FILTERS, AnswerFilter, FilterKind
from parvis_requests.domain.asking import AddressRule, Audience
from parvis_requests.domain.files import MIB, FileKind, FileRule
from parvis_requests.domain.form import Condition, Document
from parvis_requests.domain.legal import NoPeriod, Regime, Resumption, Silence
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.publicity import Publicity, Review
from parvis_requests.service.archiving_definition import ArchivingDefinition
from parvis_requests.service.certified_definition import CertifiedDefinition
from parvis_requests.service.fee_definition import FeeDefinition
from parvis_requests.service.routing_definition import AreaCode
from parvis_requests.service.storable import storable
from parvis_requests.service.workflow_definition import Code, DelayDefinition, Name, Part, Scalar, WorkflowDefinition

Level = Literal["eidas1", "eidas2", "eidas3"]
Channel = Literal["online", "counter", "phone", "letter", "email", "social"]
Widget = Literal["text", "textarea", "select", "radio", "checkbox", "date", "number", "email", "phone", "address"]
QuestionPath = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}(\.[A-Za-z_][A-Za-z0-9_-]{0,63}){0,3}$", max_length=100)
]
Word = Annotated[PlainText, Field(min_length=1, max_length=80)]


class ConditionDefinition(Part):
    """The answer to a question is one of these."""

    question: Name
    one_of: list[Scalar] = Field(min_length=1, max_length=50)

    def domain(self) -> Condition:
        """In the domain's words."""
        return Condition(self.question, tuple(self.one_of))


class HintDefinition(Part):
    """How a front-end may show a question; `when` also rules: it is refused while the condition does not hold."""

    label: Text | None = None
    help: Text | None = None
    widget: Widget | None = None
    options: dict[str, Text] = Field(default={}, max_length=200, description="Labels of the values of a closed list.")
    when: ConditionDefinition | None = None


class StepDefinition(Part):
    """A page of the form."""

    title: Text
    questions: list[Name] = Field(min_length=1, max_length=60)


class FilterDefinition(Part):
    """How agents may filter by the answers to a question, which are sealed: what is not personal is kept in clear, too.

    Yes and no, whole numbers and closed lists are found by their exact value without being declared.
    """

    kind: FilterKind = Field(
        description="`number` or `date`: by exact value or in a range; `text`: whole, or its start."
    )
    personal: StrictBool = Field(
        description="Whether the answer tells of a person: then by exact value alone, and no text."
    )


class FormDefinition(Part):
    """The questions: a JSON Schema 2020-12 of the answers, and how to show them."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    answers_schema: Annotated[dict[str, Any], AfterValidator(storable)] = Field(
        alias="schema", description="An object that takes its own `properties` only (`additionalProperties: false`)."
    )
    hints: dict[Name, HintDefinition] = Field(default={}, max_length=200)
    steps: list[StepDefinition] = Field(default=[], max_length=20)
    filters: dict[QuestionPath, FilterDefinition] = Field(
        default={},
        max_length=MAX_FILTERS,
        description="Questions by whose answers agents may filter their queue; `outer.inner` for a nested one.",
    )

    @property
    def answer_filters(self) -> tuple[AnswerFilter, ...]:
        """The declared filters, in the domain's words."""
        return tuple(AnswerFilter(name, said.kind, said.personal) for name, said in self.filters.items())

    @property
    def questions(self) -> set[str]:
        """The names of the questions."""
        properties = self.answers_schema.get("properties")
        return set(properties) if isinstance(properties, dict) else set()

    def question_type(self, name: str) -> object:
        """The `type` that the schema of a question names, if it does."""
        question = self.answers_schema.get("properties", {}).get(name)
        return question.get("type") if isinstance(question, dict) else None


class FilesDefinition(Part):
    """Which files are taken in one place; what a file is, its content says."""

    kinds: list[FileKind] = Field(default=list(FileKind), min_length=1, max_length=len(FileKind))
    max_files: int = Field(default=5, ge=0, le=10)
    max_mib: int = Field(default=10, ge=1, le=10, description="Size of each, in MiB.")

    def domain(self) -> FileRule:
        """In the domain's words."""
        return FileRule(frozenset(self.kinds), self.max_files, self.max_mib * MIB)


class DocumentDefinition(Part):
    """A document to join."""

    code: Code
    name: Text
    help: Text | None = None
    required: bool = True
    when: ConditionDefinition | None = Field(default=None, description="Asked for under this condition only.")
    files: FilesDefinition = FilesDefinition()

    def domain(self) -> Document:
        """In the domain's words."""
        return Document(self.code, self.required, self.when.domain() if self.when else None)


class AudienceDefinition(Part):
    """Who may ask: without an account, signed in (from a level of assurance on), through an agent."""

    anonymous: bool = False
    email: AddressRule = Field(
        default=AddressRule.OPTIONAL,
        description="Whether who asks without an account leaves an e-mail address; `confirmed`: what they file waits, "
        "and nobody is shown it, until they have opened the link of a mail to it.",
    )
    citizen: bool = True
    level: Level | None = Field(default=None, description="The least assurance of a citizen's identity (eIDAS).")
    agent: bool = Field(default=True, description="An agent may file it for somebody.")


class RoutingDefinition(Part):
    """Which team handles requests of this type, everywhere or in these areas."""

    team: Code
    areas: list[AreaCode] = Field(default=[], max_length=500)


class LegalDefinition(Part):
    """What silence means, from when on, and which text says so."""

    silence: Silence
    months: int = Field(default=0, ge=0, le=24, description="Length of the period in months, or")
    days: int = Field(default=0, ge=0, le=730, description="in days.")
    action: Code = Field(description="Transition by which silence decides; it is for the role `system`.")
    paused_in: list[Code] = Field(default=[], max_length=10, description="States in which the period waits.")
    resume: Resumption = Field(
        default=Resumption.CONTINUE, description="After a pause, add the days that were lost or start anew."
    )
    pause_days: int | None = Field(default=None, ge=1, le=365, description="Longest pause, where it has a limit.")
    alert_days: int = Field(default=15, ge=1, le=60, description="Agents are warned that many days before the end.")
    extension_months: int = Field(default=0, ge=0, le=12, description="By how much it may be extended, once.")
    remedy: Literal["court", "cada"] = Field(
        default="court",
        description="Whom a refusal may be taken to: the CADA where its advice must be asked for first.",
    )
    source: Text

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if bool(self.months) == bool(self.days):
            raise ValueError("say the length of the period in months or in days")
        return self

    def domain(self) -> Regime:
        """In the domain's words."""
        return Regime(
            silence=self.silence,
            months=self.months,
            days=self.days,
            action=self.action,
            paused_in=frozenset(self.paused_in),
            resume=self.resume,
            pause_days=self.pause_days,
            alert_days=self.alert_days,
            extension_months=self.extension_months,
        )


class NoLegalPeriodDefinition(Part):
    """Why silence decides nothing of such requests, or why it is not said what it means."""

    because: NoPeriod
    reason: Text


class ReopeningDefinition(Part):
    """For how long after its end, and into which state, a request may be opened again by its author or an agent."""

    days: int = Field(ge=1, le=365)
    to: Code


class PublicationDefinition(Part):
    """What of a public request is shown beside its type, its state and its place."""

    content: Review = Field(
        default=Review.AFTER_REVIEW, description="When its text and photos are shown: `never` keeps them to the town."
    )
    decimals: int = Field(
        default=5, ge=2, le=5, description="Of its position in degrees: 5 is a metre, 3 a hundred, 2 a kilometre."
    )

    def domain(self) -> Publicity:
        """In the domain's words."""
        return Publicity(self.content, self.decimals)


class TypeDefinition(Part):
    """Something that people can ask for: what it is, its form, and what becomes of a request."""

    group: Code
    group_name: Text
    name: Text
    description: Text | None = None
    keywords: list[Word] = Field(default=[], max_length=50, description="Words by which people look for it, in French.")
    keywords_en: list[Word] = Field(default=[], max_length=50, description="The same in English.")
    form: FormDefinition
    position_required: bool = False
    documents: list[DocumentDefinition] = Field(default=[], max_length=30)
    files: FilesDefinition = Field(
        default=FilesDefinition(max_files=10), description="What may be joined beside the documents."
    )
    audience: AudienceDefinition = AudienceDefinition()
    channels: list[Channel] = Field(default=["online"], min_length=1, max_length=6)
    workflow: WorkflowDefinition
    certified: list[CertifiedDefinition] = Field(
        default=[], max_length=10, description="Answers that another administration certifies."
    )
    fees: list[FeeDefinition] = Field(default=[], max_length=20, description="What a request costs.")
    appointment_kinds: list[Code] = Field(
        default=[],
        max_length=20,
        description="For which kinds of appointments its author comes, where they have no account.",
    )
    priority: Priority = Field(default=Priority.NORMAL, description="How pressing its requests are at first.")
    service_level: DelayDefinition | None = Field(default=None, description="Within which the town promises to act.")
    legal: LegalDefinition | None = Field(default=None, description="None where it is not said what silence means.")
    no_legal_period: NoLegalPeriodDefinition | None = Field(
        default=None, description="Said where `legal` is not: why. A version that says neither comes with a warning."
    )
    reopening: ReopeningDefinition | None = Field(default=None, description="None where an end is an end.")
    routing: list[RoutingDefinition] = Field(default=[], max_length=100)
    retention_months: int | None = Field(default=None, ge=1, le=1_200, description="Kept that long after its end.")
    archiving: ArchivingDefinition = ArchivingDefinition()
    access: Access = Field(
        default=Access.TOWN,
        description="Which agents read its requests, older ones too: those of the town, or of the `team` that has one, "
        "those to whom it is assigned or whom its notes mention, and supervisors. What is for a team is never public.",
    )
    public: bool = Field(default=False, description="Requests of this type may be shown on a public map.")
    publication: PublicationDefinition = PublicationDefinition()
    rank: int = Field(default=0, ge=0, le=9_999, description="Its place in the catalogue.")

    def keywords_in(self, language: Language) -> list[str]:
        """The words by which people look for it, in French where none are in that language."""
        return (self.keywords_en if language == "en" else []) or self.keywords

    @property
    def askers(self) -> Audience:
        """Who may ask for it, in the domain's words."""
        who = self.audience
        return Audience(who.anonymous, who.citizen, who.agent, who.level, self.channels, who.email)
