# SPDX-License-Identifier: EUPL-1.2
"""Somebody's account was erased: what they were written, and where, becomes unreadable here as well."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read

TYPE: Final = "fr.parvis.identity.person-erased.v1"


class PersonErased(EventData):
    """What this consumer reads of the event."""

    person: UUID


def handler(persons: PersonKeys) -> Handler:
    """The handler, which destroys this service's key of the person; what no key seals is swept within a day.

    That is :func:`parvis_notifications.service.forget_erased.forget_erased`, by the keys that were destroyed.
    """

    async def handle(event: Event, session: AsyncSession) -> None:
        del session
        await persons.destroy(read(PersonErased, event).person)

    return handle
