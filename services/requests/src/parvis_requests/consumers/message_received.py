# SPDX-License-Identifier: EUPL-1.2
"""Somebody has written by another way than the portal: fetch it, and thread it into its conversation."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests.db import received_messages

TYPE: Final = "fr.parvis.notifications.message-received.v1"


class MessageReceived(BaseModel):
    """What this consumer reads of the event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    message_id: UUID
    request_id: UUID | None = None


async def handle(event: Event, session: AsyncSession) -> None:
    """Note that it is to be fetched, in the event's transaction; raises MalformedEventError."""
    try:
        data = MessageReceived.model_validate(event.data)
    except ValidationError as error:
        raise MalformedEventError(f"{event.type}: message_id and request_id are identifiers") from error
    now, reply = datetime.now(UTC), data.request_id is not None
    await received_messages.note(session, data.message_id, event.collectivity, now, reply=reply)
