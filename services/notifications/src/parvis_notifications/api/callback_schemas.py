# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of the callbacks of applications' keys."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from parvis_notifications.api.schemas import Email, Note, Url
from parvis_notifications.domain.webhook import SubscriptionState

_URL = "https address that takes POSTs of `application/cloudevents+json`, signed by Standard Webhooks."
_CONTACT = "Where we write when nothing is taken for hours, or the callback is disabled: a mailbox of the team's."
_DESCRIPTION = "A note for whoever reads the list; no personal data, please."


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _absent(schema: dict[str, Any]) -> None:
    # In a merge patch what is absent stays as it is: no default is of any use to who reads the contract.
    schema.pop("default", None)


class NewDeliveryCallback(_Input):
    """Where the application is called when a message of its key has come further."""

    url: Url = Field(description=_URL)
    contact_email: Email = Field(description=_CONTACT)
    description: Note | None = Field(default=None, description=_DESCRIPTION)


class DeliveryCallbackPatch(_Input):
    """RFC 7396 merge patch: what is absent stays as it is; null takes the note away."""

    url: Url = Field(default="", description=_URL, json_schema_extra=_absent)
    contact_email: Email = Field(default="", description=_CONTACT, json_schema_extra=_absent)
    description: Note | None = Field(default=None, description=_DESCRIPTION, json_schema_extra=_absent)
    state: Literal["active"] = Field(
        default="active", description="Enables one again that was disabled.", json_schema_extra=_absent
    )


class DeliveryCallbackView(BaseModel):
    """A callback of a key."""

    id: UUID
    url: str
    contact_email: str | None
    description: str | None
    public_key: str | None = Field(description="`whpk_` and base64 (Ed25519): checks `v1a` signatures.")
    former_keys_end_at: AwareDatetime | None = Field(description="Until then each call bears their signatures, too.")
    state: SubscriptionState
    disabled_reason: str | None = Field(description="`gone` (the receiver answered 410) or `failing` (for three days).")
    disabled_at: AwareDatetime | None
    failing_since_at: AwareDatetime | None = Field(description="Nothing was taken since then, of what was sent.")
    created_at: AwareDatetime


class CreatedDeliveryCallbackView(DeliveryCallbackView):
    """A callback with its new secret, which is shown this once."""

    secret: str = Field(description="`whsec_` and base64; the key of the `v1` signatures (HMAC-SHA256).")
