# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of alerts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_notifications.api.broadcast_schemas import Figures, WordsBody
from parvis_notifications.api.map_schemas import Label, Point, Polygon
from parvis_notifications.api.subscription_schemas import Code, TextBody
from parvis_notifications.domain.alert import AlertKind, Category, Certainty, Reply, Response, Severity, Urgency
from parvis_notifications.domain.broadcast import BroadcastState
from parvis_notifications.domain.topic import Alerting, Channel


class AlertWords(WordsBody):
    """An alert in one language; the subject alone goes into text messages."""

    instruction: Annotated[PlainText, Field(min_length=1, max_length=2_000)] | None = Field(
        default=None, description="What to do."
    )
    voice: Annotated[PlainText, Field(min_length=1, max_length=1_000)] | None = Field(
        default=None,
        description="What calls say in place of subject, body and instruction: whole sentences, without abbreviations."
        " Whatever takes longer than 75 seconds to say is cut after a sentence.",
    )


class AlertTexts(BaseModel):
    """An alert in French, and in English for whoever prefers that."""

    model_config = ConfigDict(extra="forbid")

    fr: AlertWords
    en: AlertWords | None = None


class AlertBody(BaseModel):
    """A draft; the members that CAP 1.2 has too have its values."""

    model_config = ConfigDict(extra="forbid")

    kind: AlertKind = AlertKind.ALERT
    follows: UUID | None = Field(default=None, description="With `update` and `all-clear`: the alert before it.")
    event: TextBody = Field(description="What happens, in a few words, such as a storm.")
    category: Category
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: Response | None = None
    texts: AlertTexts
    area_label: Label = Field(description="The area in words.")
    areas: list[Polygon] = Field(default=[], max_length=20)
    named_areas: list[Code] = Field(default=[], max_length=20)
    everywhere: StrictBool = Field(default=False, description="Instead of areas: everybody who agreed to alerts.")
    channels: list[Alerting] = Field(
        default=[Channel.SMS, Channel.EMAIL, Channel.PUSH],
        min_length=1,
        max_length=5,
        description="In the order of escalation. `voice` calls them; at once with `sms`, it calls those alone whom no"
        " text message reaches, or who prefer calls. `chat` writes to whoever has confirmed an address of a messenger"
        " (`/v1/chat-addresses`), whatever they chose for their topics.",
    )
    escalate_minutes: Annotated[int, Field(ge=1, le=1_440, strict=True)] | None = Field(
        default=None,
        description="So long after a channel the next one is used for whoever has not answered; null: all at once.",
    )
    exercise: StrictBool = Field(default=False, description="Marked in every text; only to who agreed to exercises.")
    social: StrictBool = Field(
        default=False,
        description="Published on the town's social accounts as well, an exercise never; what follows an alert that"
        " stands there does in any case.",
    )
    onset_at: Instant | None = None
    expires_at: Instant


class AlertView(BaseModel):
    """An alert as it stands."""

    id: UUID
    kind: AlertKind
    state: BroadcastState
    event: TextBody
    category: Category
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: Response | None
    texts: AlertTexts
    area_label: str
    areas: list[Polygon]
    named_areas: list[str]
    everywhere: bool
    channels: list[Channel]
    escalate_minutes: int | None
    exercise: bool
    social: bool
    earlier: list[UUID] = Field(description="The alerts that it takes the place of, the first first.")
    author: UUID
    approver: UUID | None
    created_at: AwareDatetime
    onset_at: AwareDatetime | None
    expires_at: AwareDatetime
    sent_at: AwareDatetime | None = Field(description="When it was approved.")
    frozen_at: AwareDatetime | None = Field(description="When it was settled who is told.")
    done_at: AwareDatetime | None
    ended_at: AwareDatetime | None = Field(description="When a later alert took its place.")


class AlertMove(BaseModel):
    """What is to be done with an alert; only another agent than its author approves it."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["approve", "pause", "resume", "cancel"]


class CoverageView(BaseModel):
    """Whom an alert would reach if it went now."""

    people: int
    email: int = Field(description="Addresses; 0 where it does not go by mail, as with every channel.")
    sms: int = Field(description="Numbers.")
    push: int = Field(description="People who have a browser told.")
    voice: int = Field(description="Lines that would be called.")
    chat: int = Field(description="Addresses of a messenger.")
    unreachable: int = Field(description="People of whom no address is known by any of the channels that it goes by.")
    segments: int = Field(description="Of each text message.")
    call_seconds: int = Field(description="How long its text takes to say, about.")
    call_minutes: int = Field(description="Of each call that is heard to its end.")
    cost_millicents: int = Field(
        description="Of all mails, text messages and messages in rooms, and one call to each line, at most; in"
        " thousandths of a eurocent."
    )


class HelpFigures(BaseModel):
    """Of those who asked for help."""

    open: int = Field(description="Who wait for it.")
    helped: int


class AlertFigures(BaseModel):
    """How far an alert has come."""

    people: int
    answers: dict[Reply, int]
    help: HelpFigures
    delivery: Figures


class AnswerPlace(BaseModel):
    """Where somebody who needs help lives or cares for."""

    label: str
    position: Point | None


class HelpMarkView(BaseModel):
    """That an agent said whether somebody was helped."""

    helped: bool
    agent: UUID
    marked_at: AwareDatetime
    note: str | None = Field(description="Null too of who was erased, or of a register that the caller may not read.")


class AnswerView(BaseModel):
    """Who answered, and their address; not of who was erased, nor of a register that the caller may not read."""

    recipient: int
    answer: Reply
    answered_at: AwareDatetime
    email: str | None
    phone: str | None
    places: list[AnswerPlace]
    registered: bool = Field(description="In the register of people who may need help.")
    helped_at: AwareDatetime | None = Field(description="When an agent said so; null while they wait.")
    marks: list[HelpMarkView] = Field(description="What agents said of it, the last ten, newest first.")


class ReplyBody(BaseModel):
    """What somebody answers."""

    model_config = ConfigDict(extra="forbid")

    answer: Reply


class ReceivedAlertView(BaseModel):
    """An alert that the caller received."""

    id: UUID
    subject: str
    body: str
    instruction: str | None
    exercise: bool
    kind: AlertKind
    sent_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    answer: Reply | None
    answered_at: AwareDatetime | None


class ReceivedAlertList(BaseModel):
    """The latest first."""

    items: list[ReceivedAlertView]


class AlertAreaBody(BaseModel):
    """An area that alerts may name."""

    model_config = ConfigDict(extra="forbid")

    label: TextBody
    outlines: list[Polygon] = Field(min_length=1, max_length=20)


class AlertAreaView(AlertAreaBody):
    """An area by its code."""

    code: str


class AlertAreaList(BaseModel):
    """All of the collectivity, by their codes."""

    items: list[AlertAreaView]


class PublicAlertView(BaseModel):
    """An alert as the public reads it."""

    id: UUID
    kind: AlertKind
    event: str
    category: Category
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: Response | None
    subject: str
    body: str
    instruction: str | None
    area_label: str
    areas: list[Polygon]
    onset_at: AwareDatetime | None
    expires_at: AwareDatetime
    sent_at: AwareDatetime
    cap_url: str = Field(description="The same as CAP 1.2.")


class PublicAlertList(BaseModel):
    """What holds now, the latest first."""

    items: list[PublicAlertView]
