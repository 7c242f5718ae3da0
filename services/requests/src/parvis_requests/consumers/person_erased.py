# SPDX-License-Identifier: EUPL-1.2
"""Somebody's account was erased: what is theirs alone goes now, their requests when these are kept no longer."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests.db import erased_people
from parvis_requests.service.note_erased_author import note_erased_author

TYPE: Final = "fr.parvis.identity.person-erased.v1"


class PersonErased(BaseModel):
    """What this consumer reads of the event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    person: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Forget it and remember whom, in the event's transaction, and let agents see it; raises MalformedEventError."""
    try:
        data = PersonErased.model_validate(event.data)
    except ValidationError as error:
        raise MalformedEventError(f"{event.type}: person is an identifier") from error
    now = datetime.now(UTC)
    if await erased_people.remember(session, data.person, event.collectivity, now):
        await note_erased_author(session, data.person, now)
    await erased_people.forget(session, data.person)
