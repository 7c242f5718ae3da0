# SPDX-License-Identifier: EUPL-1.2
"""What this API takes and shows."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_kit.web.cursor import Page
from parvis_kit.web.types import Instant
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.webhook import DeliveryState, PublicEvent, SubscriptionState


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InboxMessageView(BaseModel):
    """A message to the caller."""

    id: UUID
    template: Template = Field(description="The occasion: a stable code.")
    language: str = Field(
        description="BCP 47, of its words: the one that the person had chosen when it was written, or what stood in"
        " for it."
    )
    subject: str
    body: str = Field(description="Plain text; paragraphs are separated by empty lines.")
    link: str = Field(description="Where the matter can be followed; empty where nothing of the person's opens it.")
    read_at: AwareDatetime | None
    created_at: AwareDatetime


class InboxPage(Page[InboxMessageView]):
    """One page of the inbox; `count` is the length of the whole list, where `count=exact` asked for it."""

    count: int | None


class UnreadView(BaseModel):
    """How many of each kind are unread."""

    messages: int
    news: int
    alerts: int


class InboxView(BaseModel):
    """How the caller's inbox stands."""

    unread_count: int = Field(description="Of messages, news and alerts together.")
    unread: UnreadView
    last_event_id: str = Field(description="The `Last-Event-ID` with which its stream goes on from here.")


class InboxMessagePatch(_Input):
    """RFC 7396 merge patch: a time says that the message was read then, null that it was not read."""

    read_at: Instant | None = Field(description="Kept between the message's own time and the present.")


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# RFC 5321 section 4.5.3.1.3; what else an address must be is said where it is kept.
Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
_URL = "https address that takes POSTs of `application/cloudevents+json`, signed by Standard Webhooks."
_DESCRIPTION = "A note for whoever reads the list; no personal data, please."
_CONTACT = "Where we write when the subscription takes nothing for hours, or is disabled: a mailbox of the team's."
_REQUEST_TYPES = "Only events about requests of these types; events about no request do not pass."
_AREAS = "Only events about requests in these areas, likewise."
Codes = Annotated[list[Code], Field(min_length=1, max_length=200)]


class NewWebhookSubscription(_Input):
    """What to send, and where."""

    url: Url = Field(description=_URL)
    event_types: list[PublicEvent] = Field(min_length=1, max_length=50)
    description: Note | None = Field(default=None, description=_DESCRIPTION)
    request_types: Codes | None = Field(default=None, description=_REQUEST_TYPES)
    areas: Codes | None = Field(default=None, description=_AREAS)
    contact_email: Email | None = Field(default=None, description=_CONTACT)


def _absent(schema: dict[str, Any]) -> None:
    # In a merge patch what is absent stays as it is: no default is of any use to who reads the contract.
    schema.pop("default", None)


class WebhookSubscriptionPatch(_Input):
    """RFC 7396 merge patch: what is absent stays as it is; null takes a note, a filter or an address away."""

    url: Url = Field(default="", description=_URL, json_schema_extra=_absent)
    event_types: list[PublicEvent] = Field(default=[], min_length=1, max_length=50, json_schema_extra=_absent)
    description: Note | None = Field(default=None, description=_DESCRIPTION, json_schema_extra=_absent)
    request_types: Codes | None = Field(default=None, description=_REQUEST_TYPES, json_schema_extra=_absent)
    areas: Codes | None = Field(default=None, description=_AREAS, json_schema_extra=_absent)
    contact_email: Email | None = Field(default=None, description=_CONTACT, json_schema_extra=_absent)
    state: Literal["active"] = Field(
        default="active", description="Enables one again that was disabled.", json_schema_extra=_absent
    )


class NewWebhookKeys(_Input):
    """How the former keys go."""

    overlap_hours: int = Field(
        default=24, ge=0, le=168, description="How long what is sent is signed with the former keys as well."
    )


class WebhookSubscriptionView(BaseModel):
    """A subscription of the calling system."""

    id: UUID
    url: str
    event_types: list[PublicEvent]
    description: str | None
    request_types: list[str] | None
    areas: list[str] | None
    contact_email: str | None
    public_key: str | None = Field(
        description="`whpk_` and base64 (Ed25519): checks `v1a` signatures. None for old keys, until they are changed."
    )
    former_keys_end_at: AwareDatetime | None = Field(description="Until then each call bears their signatures, too.")
    state: SubscriptionState
    disabled_reason: str | None = Field(description="`gone` (the receiver answered 410) or `failing` (for three days).")
    disabled_at: AwareDatetime | None
    failing_since_at: AwareDatetime | None = Field(description="Nothing was taken since then, of what was sent.")
    created_at: AwareDatetime


class CreatedWebhookSubscriptionView(WebhookSubscriptionView):
    """A subscription with its new secret, which is shown this once."""

    secret: str = Field(description="`whsec_` and base64; the key of the `v1` signatures (HMAC-SHA256).")


class WebhookDeliveryView(BaseModel):
    """What became of one event."""

    id: UUID
    event_id: UUID = Field(description="The CloudEvents `id`, and the `webhook-id` of each attempt.")
    event_type: str = Field(description="A PublicEvent, or `fr.parvis.notifications.webhook-tested.v1`.")
    state: DeliveryState
    attempts: int
    last_status: int | None = Field(description="HTTP status of the last attempt, where there was an answer.")
    last_error: str | None = Field(description="Stable code of what went wrong, such as `timeout`.")
    last_attempt_at: AwareDatetime | None
    next_attempt_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    created_at: AwareDatetime
