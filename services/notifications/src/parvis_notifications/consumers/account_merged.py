# SPDX-License-Identifier: EUPL-1.2
"""Two accounts are one person's: the inbox of the one, and all that is still to be told, is the other's."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.service.follow_merge import follow_merge

TYPE: Final = "fr.parvis.identity.account-merged.v1"


class AccountMerged(EventData):
    """What this consumer reads of the event."""

    person: UUID
    into: UUID


def handler(persons: PersonKeys) -> Handler:
    """The handler, which opens what the one key has sealed and seals it with the other."""

    async def handle(event: Event, session: AsyncSession) -> None:
        data = read(AccountMerged, event)
        await follow_merge(session, persons, data.person, data.into, event.collectivity)

    return handle
