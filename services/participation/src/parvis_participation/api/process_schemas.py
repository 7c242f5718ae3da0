# SPDX-License-Identifier: EUPL-1.2
"""What the API of participatory processes takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer

from parvis_kit.locale import Language
from parvis_kit.web.types import Instant
from parvis_participation.api.eligibility_schemas import Level
from parvis_participation.api.schemas import Code, Input, Long, Short
from parvis_participation.domain.audience import Visibility
from parvis_participation.domain.process import Act, PartKind


class _Spoken(Input):
    @model_serializer(mode="wrap")
    def _given(self, handler: SerializerFunctionWrapHandler) -> dict[str, str]:
        return {language: words for language, words in handler(self).items() if words is not None}


class ProcessTitle(_Spoken):
    """A short text in the languages of the process, or in the first of them alone."""

    fr: Short | None = None
    en: Short | None = None


class ProcessWords(_Spoken):
    """A long text in the languages of the process, or in the first of them alone."""

    fr: Long | None = None
    en: Long | None = None


class NewProcessPhase(Input):
    """A phase; it ends as the next begins, the last with the process."""

    code: Code
    title: ProcessTitle
    begins_at: Instant
    acts: list[Act] = Field(max_length=len(Act), description="What people may do with the parts of the process in it.")


class NewLink(Input):
    """A document or a contact, by its address."""

    label: ProcessTitle
    url: Annotated[str, Field(pattern=r"^(https://|mailto:|tel:)[!-~]+$", max_length=500)]


class NewContact(Input):
    """Whom people ask about the process: an office, or an official by their work's particulars, which all may read."""

    name: ProcessTitle = Field(description="Of the office, or the official's name or role.")
    email: Annotated[str, Field(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)] | None = None
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{3,14}$", description="E.164.")] | None = None
    address: Short | None = None
    hours: ProcessTitle | None = Field(default=None, description="When they are there.")


class AudienceRules(Input):
    """Who may take part in what belongs to a process: whoever meets all of it."""

    level: Level | None = Field(default=None, description="The level at which people sign in; null: any account.")
    minimum_age: int | None = Field(
        default=None, ge=10, le=99, description="In years, reached on the day the first phase begins; null: none."
    )
    residence: bool = Field(
        default=False,
        description="Only people whose residence an agent has attested, as long as that holds.",
        strict=True,
    )
    areas: list[Code] = Field(
        default_factory=list,
        max_length=100,
        description="Only in these areas; empty: the whole town. Asks for `residence`.",
    )
    listed: bool = Field(
        default=False,
        description="Only people of the roll that agents bring, which publishing the process freezes.",
        strict=True,
    )


class NewProcess(Input):
    """A process to prepare; it stays a draft until it is published."""

    languages: list[Language] = Field(
        default_factory=lambda: list[Language](("fr", "en")),
        min_length=1,
        max_length=2,
        description="In which its texts are. Each is in the first at least, which stands for what it lacks.",
    )
    title: ProcessTitle
    description: ProcessWords
    area: Code | None = Field(default=None, description="The territory that it is about; null: the whole town.")
    links: list[NewLink] = Field(default_factory=list, max_length=50)
    contacts: list[NewContact] = Field(default_factory=list, max_length=20)
    phases: list[NewProcessPhase] = Field(min_length=1, max_length=20)
    ends_at: Instant
    visible_to: Visibility = Field(default=Visibility.EVERYBODY, description="Who sees it once it is published.")
    audience: AudienceRules | None = Field(
        default=None, description="Who may take part in what belongs to it; null: whoever has signed in."
    )


class NewProcessTransition(Input):
    """Publish a draft."""

    action: Literal["publish"]


class NewPart(Input):
    """Something of the same town that belongs to the process."""

    kind: PartKind
    id: UUID


class NewNews(Input):
    """What the town tells of a process."""

    title: ProcessTitle
    text: ProcessWords


class ProcessPhaseView(BaseModel):
    """A phase, in the language asked for."""

    code: str
    title: str
    begins_at: datetime
    acts: list[Act]


class LinkView(BaseModel):
    """A document or a contact, in the language asked for."""

    label: str
    url: str


class ContactView(BaseModel):
    """Whom people ask about the process, in the language asked for."""

    name: str
    email: str | None
    phone: str | None = Field(description="E.164.")
    address: str | None
    hours: str | None


class PartView(BaseModel):
    """What belongs to a process."""

    kind: PartKind
    id: UUID


class ProcessRollView(BaseModel):
    """The roll of those for whom a process is, as it was frozen."""

    count: int
    digest: str = Field(description="SHA-256 of the file with the marks of all on it, in hexadecimal.")
    frozen_at: datetime


class OwnEntryView(BaseModel):
    """Whether one is on the roll of a process, and under which mark."""

    process_id: UUID
    roll: ProcessRollView
    on_roll: bool
    mark: str | None = Field(description="One line of the file, in hexadecimal; null where one is not on the roll.")


class ProcessView(BaseModel):
    """A process, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    area: str | None
    links: list[LinkView]
    contacts: list[ContactView]
    phases: list[ProcessPhaseView]
    present_phase: str | None = Field(description="Null before the first, and once the process has ended.")
    ends_at: datetime
    languages: list[Language]
    visible_to: Visibility
    audience: AudienceRules | None
    roll: ProcessRollView | None = Field(description="Null where it has none, or before it is published.")
    parts: list[PartView]
    version: int


class ProcessDraftView(BaseModel):
    """A process as agents prepare it, in all its languages."""

    id: UUID
    collectivity: str
    published: bool
    title: dict[str, str]
    description: dict[str, str]
    area: str | None
    links: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    phases: list[dict[str, Any]]
    ends_at: datetime
    languages: list[Language]
    visible_to: Visibility
    audience: AudienceRules | None
    roll: ProcessRollView | None = Field(description="Null where it has none, or before it is published.")
    parts: list[PartView]
    version: int


class NewsView(BaseModel):
    """What the town tells of a process, in the language asked for."""

    id: UUID
    process_id: UUID
    title: str
    text: str
    published_at: datetime


class FollowView(BaseModel):
    """Whether one follows a process."""

    process_id: UUID
    following: bool
