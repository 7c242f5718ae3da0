# SPDX-License-Identifier: EUPL-1.2
"""What this API takes and shows."""

from typing import Annotated
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
    language: str = Field(description="BCP 47, the language that the person had chosen when it was written.")
    subject: str
    body: str = Field(description="Plain text; paragraphs are separated by empty lines.")
    link: str = Field(description="Where the matter can be followed.")
    read_at: AwareDatetime | None
    created_at: AwareDatetime


class InboxPage(Page[InboxMessageView]):
    """One page of the inbox; `count` is the length of the whole list, where `count=exact` asked for it."""

    count: int | None


class InboxView(BaseModel):
    """How the caller's inbox stands."""

    unread_count: int
    last_event_id: str = Field(description="The `Last-Event-ID` with which its stream goes on from here.")


class InboxMessagePatch(_Input):
    """RFC 7396 merge patch: a time says that the message was read then, null that it was not read."""

    read_at: Instant | None = Field(description="Kept between the message's own time and the present.")


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Codes = Annotated[list[Code], Field(min_length=1, max_length=200)]


class NewWebhookSubscription(_Input):
    """What to send, and where."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(
        description="https address that takes POSTs of `application/cloudevents+json`, signed by Standard Webhooks."
    )
    event_types: list[PublicEvent] = Field(min_length=1, max_length=50)
    description: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="A note for whoever reads the list; no personal data, please."
    )
    request_types: Codes | None = Field(
        default=None, description="Only events about requests of these types; events about no request do not pass."
    )
    areas: Codes | None = Field(default=None, description="Only events about requests in these areas, likewise.")


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
    public_key: str | None = Field(
        description="`whpk_` and base64 (Ed25519): checks `v1a` signatures. None for old keys, until they are changed."
    )
    former_keys_end_at: AwareDatetime | None = Field(description="Until then each call bears their signatures, too.")
    state: SubscriptionState
    disabled_reason: str | None = Field(description="`gone` (the receiver answered 410) or `failing` (for three days).")
    disabled_at: AwareDatetime | None
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
