# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from parvis_kit.web.types import PlainText
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.files import FileKind, Scan
from parvis_requests.domain.legal import Silence
from parvis_requests.domain.request import Visibility
from parvis_requests.service.workflow_definition import Code

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
# Whether it is reached, only a mail can tell.
Email = Annotated[str, Field(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]
# In JSON a coordinate is a number: neither a text nor a truth value.
_NUMBER = Field(strict=True)
PERIOD_OVER: Final = (
    "True where the agent knows that the legal period, counted from that day, is over: silence has decided then, at its"
    " legal instant, which is recorded at once and not taken back."
)
RECEIVED_ON: Final = (
    "The day on which the town received it, where an agent enters what came otherwise than online; today where it"
    " lacks, a year ago at most. The legal period and what was promised count from it."
)


class Input(BaseModel):
    """A body from outside: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class Point(Input):
    """GeoJSON point (RFC 7946), WGS 84: longitude, then latitude."""

    type: Literal["Point"]
    coordinates: tuple[Annotated[Longitude, _NUMBER], Annotated[Latitude, _NUMBER]]


class Asked(Input):
    """What is asked for, whoever files it."""

    request_type: PlainText = Field(max_length=100, description="Code of a request type of the collectivity.")
    description: PlainText = Field(min_length=1, max_length=4_000, description="What is asked or reported, in words.")
    answers: dict[str, Any] = Field(default_factory=dict, description="Answers to the form of the request type.")
    position: Point | None = None
    address: PlainText | None = Field(default=None, max_length=300)


class AskedWithFiles(Asked):
    """What is asked for, with files that were uploaded before."""

    attachments: list[UUID] = Field(default_factory=list, max_length=10, description="Uploaded before.")
    documents: dict[Code, Annotated[list[UUID], Field(max_length=5)]] = Field(
        default_factory=dict, max_length=30, description="Uploads that are documents of the form, by their code."
    )


class NewRequest(AskedWithFiles):
    """A request to submit."""

    certified_answers: list[UUID] = Field(
        default_factory=list,
        max_length=10,
        description="Answers that were certified for it: they join `answers`, and need no document.",
    )
    channel: Channel | None = Field(
        default=None, description="By which way it came, where an agent assists the person who asks; else online."
    )
    received_on: date | None = Field(default=None, description=RECEIVED_ON)
    period_over: bool = Field(default=False, description=PERIOD_OVER)


class NewTransition(Input):
    """What somebody does to a request."""

    action: Code = Field(description="Code of a transition of the request's workflow.")
    reason: PlainText | None = Field(
        default=None, min_length=1, max_length=10_000, description="Why; the person is told it as a public reply."
    )


class NewMessage(Input):
    """A message between the person and the agents (public), or a note for agents (internal)."""

    visibility: Visibility
    text: PlainText = Field(min_length=1, max_length=10_000)
    attachments: list[UUID] = Field(
        default_factory=list, max_length=10, description="Uploaded before; by an agent, for this request."
    )
    mentions: list[UUID] = Field(
        default_factory=list, max_length=20, description="Agents of the collectivity whom a note names; they are told."
    )


class Labelled(BaseModel):
    """A code with its name in the language asked for."""

    model_config = ConfigDict(frozen=True)

    code: str
    label: str


class AreaView(BaseModel):
    """An area; its geometry is GeoJSON, where it was asked for."""

    code: str
    level: str
    name: str
    parent: str | None
    geometry: dict[str, Any] | None = None


class AreaList(BaseModel):
    """All areas of a collectivity."""

    items: list[AreaView]


class AttachmentView(BaseModel):
    """A file, as its content says; a photo without its metadata."""

    id: UUID
    kind: FileKind
    media_type: str
    size: int
    width: int | None = Field(description="Of a photo, in pixels.")
    height: int | None
    document: str | None = Field(description="Code of the document of the form that it is.")
    thumbnail: str | None = Field(description="Path of a small picture of a photo.")
    scan: Scan = Field(description="What the antivirus says; a file that waits or is infected is not served.")


class UploadView(AttachmentView):
    """A file that was just taken in."""

    position: Point | None = Field(
        description="Where the camera wrote that the photo was taken: proposed once as the request's, and not kept."
    )


class LegalClockView(BaseModel):
    """What silence means for a request, and the instant from which it decides; null while the file is incomplete."""

    silence: Silence
    ends_at: datetime | None
    paused: bool
    extended: bool


class RemedyView(BaseModel):
    """What the person may do against a refusal (article R421-5 of the code of administrative justice)."""

    remedy: Labelled
    months: int | None = Field(description="For how many months it is open; no time limit of its own where null.")
    statement: str = Field(description="What the person must be told of it, in the language asked for.")
    name: str = Field(description="Whom to turn to.")
    postal_address: str | None
    email: str | None
    phone: str | None
    website: str | None


class AppealRef(BaseModel):
    """An appeal against a refusal, in short; `answer_due_at` is from when on silence rejects it."""

    id: UUID
    kind: Labelled
    state: Labelled
    answer_due_at: datetime | None


class CertifiedView(BaseModel):
    """That an answer was not given by the person, but certified by another administration, and of which month it is."""

    question: str
    source: Labelled
    provider: Labelled
    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    certified_at: datetime


class RequestView(BaseModel):
    """A request with the labels that a screen needs."""

    id: UUID
    reference: str
    collectivity: str
    request_type: Labelled
    status: Labelled
    actions: list[Labelled] = Field(description="What the caller may do now, conditions aside.")
    due_at: datetime | None = Field(description="When what was promised is due.")
    legal: LegalClockView | None = Field(description="Its legal period, where silence decides.")
    remedies: list[RemedyView] = Field(description="Against a refusal, express or by silence; empty where none is.")
    appeals: list[AppealRef] = Field(description="What was brought against a refusal, the oldest first.")
    team: str
    team_label: str = Field(description="What the team is called.")
    area: Labelled | None
    description: str
    answers: dict[str, Any] | None
    certified: list[CertifiedView] = Field(
        default_factory=list, description="The answers that another administration certified."
    )
    position: Point | None
    address: str | None
    attachments: list[AttachmentView]
    assignee: UUID | None
    assignee_label: str | None = Field(default=None, description="What that agent is called; to agents alone.")
    channel: Labelled = Field(description="The way by which it came to the town.")
    priority: Labelled | None = Field(description="How pressing it is; to agents alone.")
    valid_until_on: date | None = Field(default=None, description="The last day of what was granted, if it ends.")
    names_known: bool | None = Field(
        default=None, description="Whether the names of agents are known now: `false` while who knows them is away."
    )
    version: int
    received_on: date | None = Field(
        default=None,
        description="The day on which the town received it: that of its filing, or one that an agent said.",
    )
    created_at: datetime
    updated_at: datetime


class HistoryEntryView(BaseModel):
    """One act on a request; who did it is told as a kind, the agent's id to agents alone."""

    sequence: int
    action: Labelled
    status: Labelled
    by: Literal["author", "agent", "system"]
    agent: UUID | None
    agent_label: str | None = Field(default=None, description="What that agent is called; to agents alone.")
    on_behalf: Literal["agent", "mandatary"] | None = Field(
        default=None, description="Who acted for the author: an agent who assisted them, a mandatary or a parent."
    )
    acted_by: UUID | None = Field(default=None, description="That person, to agents alone.")
    acted_by_label: str | None = Field(default=None, description="What they are called, where they are an agent.")
    team: Labelled | None = Field(default=None, description="The team that the act gave it to, where it did.")
    assignee: UUID | None = Field(default=None, description="The agent whom the act gave it to; to agents alone.")
    assignee_label: str | None = Field(default=None, description="What that agent is called.")
    priority: Labelled | None = Field(default=None, description="How pressing the act made it, where it did.")
    remedies_told: bool | None = Field(
        default=None,
        description="Of a refusal: whether it told what can be done against it, and until when; null of other acts, "
        "and of older refusals, of which nobody knows: no time limit runs then.",
    )
    received_on: date | None = Field(default=None, description="The day of reception that the act said, where it did.")
    at: datetime


class HistoryView(BaseModel):
    """A page of the acts on a request, the oldest first."""

    items: list[HistoryEntryView]
    next_cursor: str | None
    prev_cursor: str | None
    names_known: bool | None = Field(default=None, description="To agents: whether names of agents are known now.")


class MessageView(BaseModel):
    """A message or a note."""

    id: UUID
    visibility: Visibility
    by: Literal["author", "agent", "system"]
    text: str
    agent: UUID | None
    agent_label: str | None = Field(default=None, description="What that agent is called; to agents alone.")
    attachments: list[AttachmentView]
    mentions: list[UUID] = Field(description="The agents whom a note names.")
    mention_labels: list[str | None] = Field(
        default_factory=list, description="What these are called, in their order; null where it is not known."
    )
    created_at: datetime


class PublicTextView(BaseModel):
    """The text of a public reply, for the service that sends it on."""

    text: str


STATUS_FILTER = list[Code]
