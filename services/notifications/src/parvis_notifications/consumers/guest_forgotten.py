# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account is forgotten: what they were written, and where, becomes unreadable here as well."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read

TYPE: Final = "fr.parvis.participation.guest-forgotten.v1"


class GuestForgotten(EventData):
    """What this consumer reads of the event."""

    person: UUID


def handler(persons: PersonKeys) -> Handler:
    """The handler, which destroys the key under which all of it is sealed.

    Whatever of theirs is heard of afterwards, as a mail that is still to go, finds no key.
    """

    async def handle(event: Event, session: AsyncSession) -> None:
        del session
        await persons.destroy(read(GuestForgotten, event).person)

    return handle
