# SPDX-License-Identifier: EUPL-1.2
"""What the log of events shows."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from parvis_kit.web.types import Instant
from parvis_notifications.domain.webhook import PublicEvent


class EventView(BaseModel):
    """A CloudEvent 1.0 in structured mode, as webhooks bear it."""

    specversion: str
    id: UUID
    type: PublicEvent
    source: str
    subject: str
    time: str = Field(description="When it happened: RFC 3339 in UTC.")
    datacontenttype: str
    dataschema: str
    collectivity: str
    sequence: str = Field(description="Place among the events of one aggregate; gaps are normal.")
    traceparent: str | None = None
    data: dict[str, Any] = Field(description="As the schema says that `dataschema` names.")


class EventListView(BaseModel):
    """A stretch of the log, oldest first."""

    items: list[EventView]
    last_event_id: str = Field(description="The `after` of the next call, also where nothing passed the filters.")
    more: bool = Field(description="There is more already: call again at once.")


class NewReplay(BaseModel):
    """From where."""

    model_config = ConfigDict(extra="forbid")

    since_at: Instant | None = Field(default=None, description="What was told then and later.")
    after_event: UUID | None = Field(default=None, description="What was told after the event of that id.")
    after: str | None = Field(
        default=None, pattern=r"^[0-9]{1,18}$", description="What was told after that `last_event_id`."
    )

    event_types: list[PublicEvent] | None = Field(
        default=None, min_length=1, max_length=50, description="Of the subscription's, only these types."
    )
    subject: UUID | None = Field(default=None, description="Only what was told of this request, appointment or other.")
    until_at: Instant | None = Field(default=None, description="Only what was told before.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "NewReplay":
        if sum(given is not None for given in (self.since_at, self.after_event, self.after)) != 1:
            raise ValueError("give since_at, after_event or after")
        return self


class ReplayView(BaseModel):
    """What is sent again."""

    deliveries: int = Field(description="How many; what is still on its way is not sent twice.")
    last_event_id: str = Field(description="How far it goes.")
    more: bool = Field(description="There is more: ask again after `last_event_id`.")
