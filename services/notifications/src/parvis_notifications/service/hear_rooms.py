# SPDX-License-Identifier: EUPL-1.2
"""What a homeserver brings of the rooms: who leaves is reached there no more; what they write is kept, and told.

What answers an alert and says no more is done at once, and nothing is kept of its words. It may bring all of it again:
a message is known by the homeserver's name of it, and nobody leaves twice.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_notifications import events
from parvis_notifications.db import chats, inbound_messages
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.db.inbound_tables import Conversation
from parvis_notifications.domain.inbound import Held, Way
from parvis_notifications.domain.room_events import Moved, Said, room_event
from parvis_notifications.service.answer_in_room import RoomAnswer, answer_in_room
from parvis_notifications.service.chat_addresses import chat_mark
from parvis_notifications.service.receive_mail import CONTENT
from parvis_notifications.settings import Settings

_HOUR: Final = timedelta(hours=1)
# Where only one conversation went on in a room for so long, what is written there without naming any answers it.
_LATELY: Final = timedelta(days=30)
# What one event may be wrong with; a database, or keys, that are away are the matter of all.
_UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_log = logger(__name__)
_CAME: Final = Counter("parvis_room_events_total", "What homeservers brought of rooms, by outcome", ["outcome"])


class HearRooms:
    """The use case, with what it needs."""

    def __init__(self, database: Database, persons: PersonKeys, index: BlindIndex, settings: Settings) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._settings = settings

    async def hear(self, providers: Sequence[str], brought: Iterable[Any]) -> None:
        """One after the other, as homeservers of these names tell it. Safe to repeat."""
        for each in brought:
            try:
                outcome = await self._heard(providers, each)
            except _UNREADABLE as error:
                # Brought again it would be no better, and nothing behind it would ever come.
                _log.warning("room_event_unreadable", error=type(error).__name__)
                outcome = "unreadable"
            _CAME.labels(outcome).inc()

    async def _heard(self, providers: Sequence[str], brought: Any) -> str:
        event = room_event(brought)
        if event is None:
            return "ignored"
        async with self._database.unit_of_work() as uow:
            outcome = await self._one(uow.session, providers, event)
            await uow.commit()
        return outcome

    async def _one(self, session: AsyncSession, providers: Sequence[str], event: Moved | Said) -> str:
        row = await chats.in_room(session, providers, event.room)
        who = event.user if isinstance(event, Moved) else event.sender
        # The town's own acts are told as well, and whoever else was brought into the room is nobody that we know.
        if row is None or chat_mark(self._index, who) != row.mark:
            return "ignored"
        if isinstance(event, Said):
            # Nobody has shown yet who writes there; the code's words say to leave where it was not asked for.
            return "unconfirmed" if row.confirmed_at is None else await self._said(session, row, event)
        if event.there:
            await chats.returned(session, row.id)
            return "joined"
        await chats.left(session, row.id, datetime.now(UTC))
        return "left"

    async def _said(self, session: AsyncSession, row: ChatAddress, said: Said) -> str:
        now, fingerprint = datetime.now(UTC), self._fingerprint(said.room, said.name)
        if await inbound_messages.known(session, row.collectivity, fingerprint):
            return "known"
        if await answer_in_room(session, row, said, now) is RoomAnswer.WHOLE:
            done = {"id": uuid7(), "way": Way.CHAT.value, "held": Held.DIRECT.value, "content": None, "taken_at": now}
            known = {"collectivity": row.collectivity, "fingerprint": fingerprint, "received_at": now}
            return "answer" if await inbound_messages.add(session, **done, **known) else "known"
        found = await self._conversation(session, row, said, now)
        held = await self._held(session, row, found, now)
        id_ = uuid7()
        key = await self._persons.of(id_)
        content = {"sender": said.sender, "sender_name": "", "subject": "", "text": said.text}
        fresh = await inbound_messages.add(
            session,
            id=id_,
            collectivity=row.collectivity,
            way=Way.CHAT.value,
            conversation=found.id if found else None,
            request_id=found.request_id if found else None,
            person=row.person,
            held=held.value if held else None,
            fingerprint=fingerprint,
            content=key.seal(CONTENT, json.dumps({**content, "left_out": said.left_out}, ensure_ascii=False)),
            received_at=now,
        )
        if not fresh:
            await self._persons.destroy(id_)  # it came twice at once
            return "known"
        told = events.message_received(
            message_id=id_,
            way=Way.CHAT.value,
            request_id=found.request_id if found else None,
            collectivity=row.collectivity,
            at=now,
        )
        await outbox.add(session, told)
        return held.value if held else "reply"

    async def _conversation(
        self, session: AsyncSession, row: ChatAddress, said: Said, now: datetime
    ) -> Conversation | None:
        """The one that it answers, or that alone goes on in the room; None where that is not certain."""
        if said.answers:
            names = await chats.conversations_named(session, row.id, said.answers)
            own = [self._fingerprint(said.room, each) for each in said.answers]
            found: Sequence[UUID] = names or await inbound_messages.conversations_of(session, row.collectivity, own)
        else:
            found = await chats.conversations_since(session, row.id, now - _LATELY)
        return await session.get(Conversation, found[0]) if len(found) == 1 else None

    async def _held(
        self, session: AsyncSession, row: ChatAddress, found: Conversation | None, now: datetime
    ) -> Held | None:
        """Why it is for an agent; None for a reply.

        All is kept, also of who floods a room and where the town has had its hour's share by other ways: what is
        refused keeps everybody else waiting behind it.
        """
        settings, since = self._settings, now - _HOUR
        most = settings.replies_per_hour
        if await inbound_messages.written_by(session, row.person, since, most) >= most:
            return Held.SPAM
        if found is None:
            return Held.DIRECT
        live = found.told_at > now - timedelta(days=settings.reply_address_days)
        return None if live else Held.EXPIRED

    def _fingerprint(self, room: str, name: str) -> bytes:
        return self._index.of("inbound_message.fingerprint", f"room\n{room}\n{name}")
