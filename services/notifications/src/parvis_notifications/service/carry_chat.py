# SPDX-License-Identifier: EUPL-1.2
"""Hand a group of messages of one broadcast to a homeserver for the rooms of those whom it is for.

One whose answer was lost is looked for in its room, and goes again by the same key, by the same homeserver where that
is there: as with what is told to one (``send_chat.py``) it is there once.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.db.database import Database
from parvis_notifications.db import chats
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.domain.broadcast import LONGEST_HOURS, Lane, PartState, Settled
from parvis_notifications.domain.chat import invited_again_after
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.outgoing.chat import Chat, ChatRefusal, ChatRefusedError, ChatUnansweredError
from parvis_notifications.service import chat_ends
from parvis_notifications.service.broadcast_links import BroadcastLinks
from parvis_notifications.service.chat_addresses import SEALED_CHAT
from parvis_notifications.service.chat_routes import ChatRoute, ChatRoutes
from parvis_notifications.service.marked_group import MarkedGroup
from parvis_notifications.service.send_broadcasts import Group
from parvis_notifications.service.tried import Attempts
from parvis_notifications.settings import Settings

_MARGIN_SECONDS: Final = 30.0
_FINAL: Final = {ChatRefusal.ADDRESS, ChatRefusal.CONTENT}


@dataclass(frozen=True, slots=True)
class _Written:
    """What goes to whom; ``rooms`` are the known names of theirs, by homeserver."""

    part: ClaimedPart
    row: ChatAddress
    to: str
    text: str
    rooms: Mapping[str, str]


class ChatCarrier:
    """One message at a time; the routes, their pace and their breakers are those of all messages in rooms."""

    def __init__(
        self,
        database: Database,
        deliveries: BroadcastDeliveries,
        routes: ChatRoutes,
        links: BroadcastLinks,
        settings: Settings,
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._urgent = deliveries.lane is Lane.ALERT
        self._routes = routes
        self._links = links
        self._settings = settings
        self._lease = timedelta(seconds=settings.chat_timeout_seconds + _MARGIN_SECONDS)
        self._looked_for = timedelta(hours=LONGEST_HOURS[deliveries.lane])

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def carry(self, group: Group) -> None:
        """Look for those in doubt, mark the others, write them, and settle all."""
        able, settled = await self._written(group)
        fresh = [recipient for recipient, each in able.items() if each.part.handed_over_at is None]
        offered = self._first(group)
        marked = await MarkedGroup(self._deliveries, group, self._lease).mark(fresh, offered)

        async def look_up(part: ClaimedPart) -> Settled:
            return await self._looked_up(group, able[part.recipient], marked)

        async def write(part: ClaimedPart) -> Settled | None:
            return await self._over_routes(group, able[part.recipient], marked, offered)

        await marked.carry([each.part for each in able.values()], settled, look_up, write)

    async def _written(self, group: Group) -> tuple[dict[int, _Written], list[Settled]]:
        """What goes to each, by recipient, and what becomes of those who cannot be written to."""
        people = {part.person for part in group.parts if part.person is not None}
        async with self._database.reading() as session:
            known = await chats.confirmed_of(session, group.broadcast.collectivity, people)
            rooms = await chats.rooms_of(session, {row.id for row in known.values()})
        able, settled = dict[int, _Written](), list[Settled]()
        for part in group.parts:
            row = known.get(part.person) if part.person is not None else None
            key = group.keys.get(part.key_person) if part.key_person is not None else None
            if row is None or key is None:
                settled.append(Settled(part.recipient, PartState.FAILED, "no-address"))
            elif row.left_at is not None and part.handed_over_at is None:
                settled.append(Settled(part.recipient, PartState.FAILED, "left-room"))
            else:
                try:
                    to = key.open(SEALED_CHAT, row.address)
                except UnreadableError as error:
                    settled.append(Settled(part.recipient, PartState.FAILED, type(error).__name__))
                    continue
                theirs = {provider: room for (address, provider), room in rooms.items() if address == row.id}
                able[part.recipient] = _Written(part, row, to, self._text(group, part), theirs)
        return able, settled

    def _text(self, group: Group, part: ClaimedPart) -> str:
        """All of it, for it is public; who reads an alert answers it there, or where the link leads."""
        words = group.words.in_language(part.language)
        if self._urgent:
            return words.alert_in_room(self._links.answer(part.recipient))
        return words.news_in_room(group.broadcast.link, self._links.stop(part.recipient))

    def _first(self, group: Group) -> str:
        """The homeserver that is likely to have them."""
        town = group.broadcast.collectivity
        serving = [route.provider.name for route in self._routes if route.provider.serves(town) and route.ready]
        return next(iter(serving), "")

    async def _open_to(self, group: Group, part: ClaimedPart, marked: MarkedGroup) -> AsyncIterator[ChatRoute]:
        """The homeservers that may be used for it, each in its turn; that which may have it already before the others.

        No more once it is not ours to send any more.
        """
        for route in self._routes.open(part.provider or "") if part.recipient in marked else ():
            if not route.provider.serves(group.broadcast.collectivity):
                continue
            if not await marked.in_turn(route.turn(urgent=self._urgent)) or part.recipient not in marked:
                return
            yield route

    async def _over_routes(self, group: Group, written: _Written, marked: MarkedGroup, offered: str) -> Settled | None:
        """What came of one, marked as ``offered`` to that homeserver.

        None where it is not ours to send any more, and no homeserver has it.
        """
        part, refusal = written.part, None
        attempts = Attempts(part)
        async for route in self._open_to(group, part, marked):
            name = route.provider.name
            attempts.begin()
            try:
                room = await self._room(group, route, written)
                if name != offered:  # it is there that it is looked for
                    await self._deliveries.reroute(group.claim, part.recipient, name)
                    offered = name
                if not await marked.holds(part.recipient):
                    return None
                reference = await route.provider.send(Chat(_key(group, part), room, written.text))
            except ChatUnansweredError as error:
                route.failed()
                attempts.unanswered(name, str(error))
                return chat_ends.unknown(part, str(error), name, tried=attempts.made)
            except ChatRefusedError as error:
                refusal = error
                if error.refusal in _FINAL:
                    return await self._refused(written, attempts, route, error)
                await self._not_here(written, route, error)
                fault = Fault.TEMPORARY if error.refusal is ChatRefusal.ELSEWHERE else Fault.TECHNICAL
                attempts.deferred(name, error.reply, fault)
                if error.refusal is ChatRefusal.ELSEWHERE:
                    break
            else:
                route.breaker.succeeded()
                attempts.accepted(name, "sent", reference=reference, cost_millicents=route.unit_millicents)
                return chat_ends.sent(part, route, reference, attempts.made)
        if refusal is None and (part.recipient not in marked or marked.stopping):
            return None
        return self._not_taken(part, refusal, attempts)

    async def _room(self, group: Group, route: ChatRoute, written: _Written) -> str:
        """The homeserver's name of the room of its person, which is made where there is none."""
        provider, row = route.provider, written.row
        if (known := written.rooms.get(provider.name)) is not None:
            return known
        async with self._database.unit_of_work() as uow:
            room = await chats.room_of(uow.session, row, provider.name, datetime.now(UTC))
            await uow.commit()
        if room.room is not None:
            return room.room
        title = self._settings.sender_name(group.broadcast.collectivity)
        name = await provider.open_room(room.id, written.to, title)
        async with self._database.unit_of_work() as uow:
            used = await chats.opened(uow.session, room.id, row, provider.name, name)
            await uow.commit()
        if not used:
            raise ChatRefusedError(ChatRefusal.CONTENT, "no-address")
        return name

    async def _refused(
        self, written: _Written, attempts: Attempts, route: ChatRoute, error: ChatRefusedError
    ) -> Settled:
        """For good."""
        route.breaker.succeeded()
        gone = error.refusal is ChatRefusal.ADDRESS
        if gone:
            async with self._database.unit_of_work() as uow:
                await chats.left(uow.session, written.row.id, datetime.now(UTC))
                await uow.commit()
        attempts.refused(route.provider.name, error.reply, Fault.PERMANENT if gone else Fault.TECHNICAL)
        return Settled(
            written.part.recipient,
            PartState.FAILED,
            error.reply,
            provider=route.provider.name,
            tried=attempts.made,
        )

    async def _not_here(self, written: _Written, route: ChatRoute, error: ChatRefusedError) -> None:
        """The homeserver is in trouble; or it lost the room, or put the town out: the next attempt makes another."""
        route.refused(trouble=error.refusal is ChatRefusal.TROUBLE)
        if error.refusal is ChatRefusal.ROOM:
            async with self._database.unit_of_work() as uow:
                await chats.set_aside(uow.session, written.row.id, route.provider.name)
                await uow.commit()

    def _not_taken(self, part: ClaimedPart, error: ChatRefusedError | None, attempts: Attempts) -> Settled:
        """No homeserver has it: later again."""
        pause = timedelta(seconds=self._routes.wait_seconds())
        if error is not None:
            asked = timedelta(seconds=error.retry_after or 0.0)
            trouble = error.refusal is ChatRefusal.TROUBLE
            pause = max(asked, pause if trouble else invited_again_after(part.attempts + 1))
        reply = error.reply if error is not None else "no-provider"
        return Settled(part.recipient, PartState.RETRY, reply, pause, tried=attempts.made)

    async def _looked_up(self, group: Group, written: _Written, marked: MarkedGroup) -> Settled:
        """What is in the room of one that a homeserver may have; where it is not there, it goes again by its key."""
        part = written.part
        since = part.handed_over_at or datetime.now(UTC)
        route = self._routes.named(part.provider or "")
        if not part.provider or (route is not None and part.provider not in written.rooms):
            return chat_ends.not_there(part, since)  # nobody was asked to take it yet; or what it went to is set aside
        if route is None or not route.ready:  # who is away is not waited for by each, and by the fresh ones behind
            return self._unasked(part, since, "no-provider")
        try:
            if not await marked.in_turn(route.turn(urgent=self._urgent)):
                return chat_ends.unknown(part, "not-asked", part.provider, timedelta())
            chat = Chat(_key(group, part), written.rooms[part.provider], written.text)
            reference = await route.provider.find(chat)
        except ChatRefusedError as error:
            await self._not_here(written, route, error)
            lost = error.refusal is ChatRefusal.ROOM
            return (
                chat_ends.not_there(part, since) if lost else self._unasked(part, since, error.reply, error.retry_after)
            )
        route.breaker.succeeded()
        if reference is None:
            return chat_ends.not_there(part, since)
        return chat_ends.found(part, since, route, reference)

    def _unasked(self, part: ClaimedPart, since: datetime, reply: str, retry_after: float | None = None) -> Settled:
        """Nobody can tell now: it is not sent again, and it is not looked for for ever."""
        if datetime.now(UTC) - since > self._looked_for:
            return chat_ends.unknown(part, reply, part.provider, None)
        wait = max(self._routes.wait_seconds(), retry_after or 0.0)
        return chat_ends.unknown(part, reply, part.provider, max(chat_ends.ASK, timedelta(seconds=wait)))


def _key(group: Group, part: ClaimedPart) -> UUID:
    """The same at each try, and another for each recipient."""
    return uuid5(group.broadcast.id, str(part.recipient))
