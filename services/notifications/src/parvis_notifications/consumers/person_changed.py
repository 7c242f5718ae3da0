# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person has changed: what waits must not go to an address that is theirs no longer.

Their language needs nothing: it is asked for with each message.
"""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.db import confirmed_addresses, dead_addresses, subscribers, text_stops, unreachable_addresses
from parvis_notifications.db.address_doubts import doubt_address
from parvis_notifications.domain.topic import Channel

TYPE: Final = "fr.parvis.identity.person-changed.v1"
_CHANNELS: Final = {"email": (Channel.EMAIL,), "phone": (Channel.SMS, Channel.VOICE)}


class PersonChanged(EventData):
    """What this consumer reads of the event."""

    person: UUID
    changed: tuple[str, ...]


async def handle(event: Event, session: AsyncSession) -> None:
    """Have the address of what waits asked for again, and try the address that there is now.

    Raises MalformedEventError.
    """
    data = read(PersonChanged, event)
    for what, channels in _CHANNELS.items():
        if what in data.changed:
            for channel in channels:
                await doubt_address(session, data.person, channel)
                await unreachable_addresses.forget(session, data.person, channel)
            await subscribers.contact_changed(session, data.person)
            channel = channels[0]
            await confirmed_addresses.ask(session, data.person, event.collectivity, channel)
            await dead_addresses.revive(session, channel, await dead_addresses.marks_of(session, data.person, channel))
    if "phone" in data.changed:
        await dead_addresses.revive(session, Channel.SMS, await text_stops.texted(session, data.person))
        await text_stops.number_changed(session, data.person)
