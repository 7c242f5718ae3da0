# SPDX-License-Identifier: EUPL-1.2
"""Where somebody is reached now, by each channel that the town has: what their owners know, and what is known here."""

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import chats, push_subscriptions, text_stops, unreachable_addresses
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.domain.preferences import Reach
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import POSTABLE, Channel
from parvis_notifications.outgoing.owner_answers import Contact
from parvis_notifications.service.chat_routes import channels_of
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.postal_addresses import home_of
from parvis_notifications.settings import Settings


class Reaches:
    """Those of a deployment."""

    def __init__(self, fingerprints: Fingerprints, settings: Settings) -> None:
        self._fingerprints = fingerprints
        self._settings = settings

    def posted(self, occasion: str) -> bool:
        """Whether a postal address is of any use for it."""
        return Channel.LETTER in self._settings.channels and occasion in POSTABLE

    async def of(self, session: AsyncSession, reader: Reader, contact: Contact) -> tuple[Reach, ChatAddress | None]:
        """Their addresses and what is known of them; that of a messenger is sealed, and not among them."""
        marks = await unreachable_addresses.of_person(session, reader.person, reader.collectivity)
        browsers = [row.id for row in await push_subscriptions.of_reader(session, reader)]
        chat = None if reader.work else await chats.confirmed(session, reader.person, reader.collectivity)
        known = {
            Channel.EMAIL: contact.email,
            Channel.SMS: contact.phone,
            Channel.VOICE: contact.phone,
            Channel.LETTER: home_of(contact),
        }
        addresses = {channel: address for channel, address in known.items() if address}
        same = {Channel.LETTER: self._fingerprints.same_home}
        unreachable = {
            each for each in addresses if same.get(each, self._fingerprints.same)(marks.get(each), addresses[each])
        }
        offered = channels_of(self._settings, reader.collectivity)
        number = self._fingerprints.of_number(contact.phone) if contact.phone else None
        silent = number is not None and await text_stops.stopped(session, reader.collectivity, number)
        rest, clock = self._settings.voice_rest(reader.collectivity), self._settings.clock(reader.collectivity)
        known_here = (addresses, unreachable, offered, browsers, rest)
        return Reach(*known_here, time_zone=clock.key, number=number, texts_stopped=silent), chat
