# SPDX-License-Identifier: EUPL-1.2
"""Somebody's account was erased: their words, names and files become unreadable here as well; votes stay counted."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event, MalformedEventError

TYPE: Final = "fr.parvis.identity.person-erased.v1"


class PersonErased(BaseModel):
    """What this consumer reads of the event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    person: UUID


def handler(persons: PersonKeys) -> Handler:
    """The handler, which destroys this service's key of the person; it raises MalformedEventError.

    Places at meetings, photos and drafts go by the sweeps that look for destroyed keys.
    """

    async def handle(event: Event, session: AsyncSession) -> None:
        del session
        try:
            data = PersonErased.model_validate(event.data)
        except ValidationError as error:
            raise MalformedEventError(f"{event.type}: person is an identifier") from error
        await persons.destroy(data.person)

    return handle
