# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of the browsers that people are told by."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Endpoint = Annotated[str, StringConstraints(min_length=9, max_length=2_000)]
Encoded = Annotated[str, StringConstraints(min_length=16, max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PushKeysBody(_Input):
    """`keys` of the browser's `PushSubscription.toJSON()`."""

    p256dh: Encoded = Field(description="Public key on P-256, in base64url (RFC 8291).")
    auth: Encoded = Field(description="16 bytes in base64url.")


class NewPushSubscription(_Input):
    """What the browser gave when it subscribed."""

    endpoint: Endpoint = Field(description="https address at its push service (RFC 8030).")
    keys: PushKeysBody
    server_key: Encoded = Field(description="The `applicationServerKey` that it subscribed with: one of ours.")
    label: Label | None = Field(default=None, description="What its owner calls it, to know it again in the list.")


class PushSubscriptionView(BaseModel):
    """A browser of the caller's; its address is never shown."""

    id: UUID
    service: str = Field(description="Host of the push service.")
    label: str | None
    created_at: AwareDatetime
    taken_at: AwareDatetime | None = Field(description="When its push service last took a message.")


class PushSubscriptionList(BaseModel):
    """All of them, the newest first."""

    items: list[PushSubscriptionView]


class PushKeyView(BaseModel):
    """A key by which push services know this deployment."""

    public_key: str = Field(description="`applicationServerKey`: an uncompressed point on P-256, in base64url.")


class PushKeyList(BaseModel):
    """The first is for new subscriptions; none where nothing is sent by web push."""

    items: list[PushKeyView]
