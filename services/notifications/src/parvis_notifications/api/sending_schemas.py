# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of applications' keys and of what they send."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_kit.web.types import Instant
from parvis_notifications.api.inbound_hooks import INBOUND_NUMBER
from parvis_notifications.api.template_schemas import ADDRESS, AddressLine, LanguageTag, Values
from parvis_notifications.domain.sending import KeyKind, SentStatus
from parvis_notifications.domain.topic import Channel, Sendable

Recipient = Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=r"^[^\x00-\x1f]*$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSendingKey(_Input):
    """A key for an application."""

    application: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="The application's own word: what one of its keys sends, its other keys of the kind see.",
    )
    kind: KeyKind
    guests: list[Recipient] = Field(
        default_factory=list, max_length=50, description="Whom a team key may write to: addresses and numbers."
    )
    per_minute: int = Field(default=300, ge=1, le=10_000, strict=True)
    per_day: int = Field(default=20_000, ge=1, le=1_000_000, strict=True)
    letters_per_day: int = Field(
        default=0,
        ge=0,
        le=100_000,
        strict=True,
        description="Each is paid for: a key that says nothing has none posted. They count among `per_day` as well.",
    )
    calls_per_day: int = Field(
        default=0,
        ge=0,
        le=100_000,
        strict=True,
        description="Messages said by telephone, each in a few calls at the most where nobody answers: a key that says"
        " nothing calls nobody. They count among `per_day` as well.",
    )
    inbound_number: Annotated[str, Field(pattern=INBOUND_NUMBER)] | None = Field(
        default=None,
        description="A number of the town, as who brings its text messages names it: what comes to it is this"
        " application's to read, and no agent's, but for what calls for help where an alert was sent. Of a live key.",
    )
    expires_at: Instant | None = None


class SendingKeyView(BaseModel):
    """A key without its secret."""

    id: UUID
    application: str
    kind: KeyKind
    guests: list[str]
    per_minute: int
    per_day: int
    letters_per_day: int
    calls_per_day: int
    inbound_number: str | None
    created_by: UUID
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None = Field(description="To the minute.")


class CreatedSendingKeyView(SendingKeyView):
    """A new key; the whole of it is shown this once."""

    key: str = Field(description="`<application>-<id>-<secret>`, as clients of GOV.UK Notify take it as well.")


class NewSentMessage(_Input):
    """A message to send to one recipient."""

    channel: Sendable
    template_id: UUID
    to: Recipient | None = Field(
        default=None, description="An e-mail address, or a telephone number (French, or with its country code)."
    )
    address_lines: list[AddressLine] | None = Field(
        default=None, min_length=2, max_length=7, description=f"In place of `to`, for a letter. {ADDRESS}"
    )
    personalisation: Values = Field(default_factory=dict)
    language: LanguageTag = "fr"
    reference: Reference | None = Field(default=None, description="The application's own; need not be unique.")
    scheduled_at: Instant | None = Field(default=None, description="When it goes, within 90 days; null: at once.")


class SentMessageView(BaseModel):
    """A message that an application has had sent."""

    id: UUID
    channel: Channel
    status: SentStatus
    to: str = Field(description="Of a letter: the lines of its address, with line feeds between them.")
    subject: str
    body: str
    reference: str | None
    template_id: UUID | None = Field(description="None of a letter that came as a PDF.")
    template_version: int | None
    scheduled_at: AwareDatetime | None
    created_at: AwareDatetime
    sent_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    segments: int | None = Field(
        description="Of a text message; of a letter its pages; of calls their begun minutes; once it is known."
    )
    cost_millicents: int | None = Field(description="In thousandths of a eurocent, once it is known.")
    report_status: str | None = Field(
        description="What was last told of it: of a letter `accepted`, `posted`, `returned` or `refused`."
    )
