# SPDX-License-Identifier: EUPL-1.2
"""Hand one claimed message to a homeserver for its person's room, and record at once what came of it.

One whose answer was lost is looked for in its room, and goes again by the same key with the same homeserver alone: it
is there once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.db.database import Database
from parvis_notifications.db import chats
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.chat import chat_text, invited_again_after
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.chat import Chat, ChatRefusal, ChatRefusedError, ChatUnansweredError
from parvis_notifications.service.chat_addresses import SEALED_CHAT
from parvis_notifications.service.chat_routes import ChatRoute, ChatRoutes
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.settings import Settings

# A room may be asked for, looked up and filled, and a message looked for and sent; the claim outlives the last answer.
_CALLS: Final = 6
_MARGIN_SECONDS: Final = 30.0
_DOUBT_PAUSE: Final = timedelta(seconds=10)
# What a homeserver may have is looked for as long as other providers are asked.
_LOOKED_FOR: Final = timedelta(days=10)
_LATE_PAUSE: Final = timedelta(hours=1)
_FINAL: Final = {ChatRefusal.ADDRESS, ChatRefusal.CONTENT}
_CHATS: Final = Counter(
    "parvis_chats_total", "Messages in rooms by provider and outcome of an attempt", ["provider", "outcome"]
)
_COST: Final = Counter("parvis_chats_cost_millicents_total", "What they cost", ["provider", "collectivity"])


@dataclass(frozen=True, slots=True)
class _Written:
    """What goes to whom."""

    row: ChatAddress
    to: str
    text: str


class SendChat:
    """The use case, with what it needs; a lane of the sender."""

    def __init__(self, database: Database, deliveries: Deliveries, routes: ChatRoutes, settings: Settings) -> None:
        self._database = database
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.CHAT, "chat", _CHATS)
        self._routes = routes
        self._settings = settings
        self._lease = timedelta(seconds=settings.chat_timeout_seconds * _CALLS + _MARGIN_SECONDS)
        self._give_up = timedelta(hours=settings.chat_give_up_hours)

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt, with each homeserver that may be used until one takes it."""
        none = attempt_at(delivery, claim)
        useless = delivery.useless_at is not None and delivery.useless_at <= datetime.now(UTC)
        if key is None:
            await self._outcomes.failed(delivery, none, "person-erased", Fault.PERMANENT)
        elif useless and not delivery.doubtful:
            await self._outcomes.failed(delivery, none, "too-late", Fault.TEMPORARY)
        elif delivery.address_doubts:
            # The account went into another: the address is sealed anew, and it goes with the next claim.
            await self._deliveries.readdress(delivery, claim, delivery.address)
            await self._deliveries.release(claim, [delivery.id], timedelta())
        else:
            await self._to_room(delivery, key, none)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def _to_room(self, delivery: ClaimedDelivery, key: PersonKey, none: Attempt) -> None:
        async with self._database.reading() as session:
            row = await chats.of_delivery(session, delivery.target)
            if row is None and not delivery.doubtful and delivery.template != Template.CHAT_TO_CONFIRM:
                row = await chats.confirmed(session, delivery.person, delivery.collectivity)
        if row is None:
            await self._outcomes.failed(delivery, none, "no-address", Fault.PERMANENT)
        elif row.person != delivery.person:  # the account went into another since this was claimed
            await self._deliveries.release(none.claim, [delivery.id], timedelta())
        elif row.left_at is not None and not delivery.doubtful:
            await self._outcomes.failed(delivery, none, "left-room", Fault.PERMANENT)
        else:
            try:
                written = _Written(row, key.open(SEALED_CHAT, row.address), self._text(delivery, key))
            except UnreadableError as error:
                await self._outcomes.failed(delivery, none, type(error).__name__, Fault.TECHNICAL)
                return
            # What waited for an address that another has replaced since goes where the person is told now.
            if row.id == delivery.target or await self._deliveries.retarget(
                delivery, none.claim, row.id, key.seal(SEALED_ADDRESS, written.to)
            ):
                await self._over_routes(delivery, written, none.claim)

    def _text(self, delivery: ClaimedDelivery, key: PersonKey) -> str:
        """The room shows who writes; what its template, or whoever composed it, has a short message say comes first."""
        if delivery.sms is not None:
            return key.open("message.sms", delivery.sms)
        return chat_text(key.open("message.subject", delivery.subject), delivery.link)

    async def _over_routes(self, delivery: ClaimedDelivery, written: _Written, claim: UUID) -> None:
        refusal = ChatRefusedError(ChatRefusal.TROUBLE, "no-provider")
        for route in self._routes.open():
            name = route.provider.name
            if not route.provider.serves(delivery.collectivity) or (delivery.doubtful and name != delivery.provider):
                continue
            await route.turn()
            attempt = attempt_at(delivery, claim, name)
            if not await self._deliveries.hand_over(attempt, lease=self._lease):
                return
            try:
                reference = await self._through(route, delivery, written)
            except ChatUnansweredError as error:
                route.failed()
                await self._deliveries.retry(attempt, _DOUBT_PAUSE, str(error), doubtful=True)
                self._outcomes.told("unknown", delivery, name, str(error))
                return
            except ChatRefusedError as error:
                refusal = error
                if error.refusal is ChatRefusal.ELSEWHERE:
                    route.breaker.succeeded()
                    await self._elsewhere(delivery, attempt, error)
                    return
                if error.refusal in _FINAL:
                    await self._refused(delivery, attempt, written, route, error)
                    return
                await self._not_here(delivery, written, route, error)
                if delivery.doubtful:
                    break
                await self._outcomes.next(delivery, attempt, error.reply)
            else:
                route.breaker.succeeded()
                await self._sent(delivery, attempt, reference, route.unit_millicents)
                return
        await self._not_taken(delivery, claim, refusal)

    async def _through(self, route: ChatRoute, delivery: ClaimedDelivery, written: _Written) -> str:
        """The homeserver's name of the message, in the room of its person."""
        provider, row = route.provider, written.row
        async with self._database.unit_of_work() as uow:
            room = await chats.room_of(uow.session, row, provider.name, datetime.now(UTC))
            root = await chats.root_of(uow.session, delivery.message_id, room)
            await uow.commit()
        name = room.room
        if name is None:
            title = self._settings.sender_name(delivery.collectivity)
            name = await provider.open_room(room.id, written.to, title)
            async with self._database.unit_of_work() as uow:
                used = await chats.opened(uow.session, room.id, row, provider.name, name)
                await uow.commit()
            if not used:
                raise ChatRefusedError(ChatRefusal.CONTENT, "no-address")
        chat = Chat(delivery.id, name, written.text, root)
        if delivery.doubtful:
            if (found := await provider.find(chat)) is not None:
                return found
            if self._too_late(delivery):
                raise ChatRefusedError(ChatRefusal.CONTENT, "never-taken")
        return await provider.send(chat)

    async def _refused(
        self,
        delivery: ClaimedDelivery,
        attempt: Attempt,
        written: _Written,
        route: ChatRoute,
        error: ChatRefusedError,
    ) -> None:
        route.breaker.succeeded()
        if error.refusal is ChatRefusal.ADDRESS:
            async with self._database.unit_of_work() as uow:
                await chats.left(uow.session, written.row.id, datetime.now(UTC))
                await uow.commit()
        fault = Fault.PERMANENT if error.refusal is ChatRefusal.ADDRESS else Fault.TECHNICAL
        await self._outcomes.failed(delivery, attempt, error.reply, fault)

    async def _not_here(
        self, delivery: ClaimedDelivery, written: _Written, route: ChatRoute, error: ChatRefusedError
    ) -> None:
        """The homeserver is in trouble; or it lost the room, or put the town out: the next is another, later each time.

        What may be in a lost room is looked for there alone.
        """
        if error.refusal is not ChatRefusal.ROOM:
            route.failed()
            return
        route.breaker.succeeded()
        error.retry_after = invited_again_after(delivery.attempts + 1).total_seconds()
        if not delivery.doubtful:
            async with self._database.unit_of_work() as uow:
                await chats.set_aside(uow.session, written.row.id, route.provider.name)
                await uow.commit()

    async def _elsewhere(self, delivery: ClaimedDelivery, attempt: Attempt, error: ChatRefusedError) -> None:
        """Nobody is in the room yet, so nothing was written there: later again, unless it is too late."""
        if self._too_late(delivery):
            await self._outcomes.failed(delivery, attempt, error.reply, Fault.TEMPORARY)
            return
        pause = max(invited_again_after(delivery.attempts + 1), timedelta(seconds=error.retry_after or 0.0))
        await self._deliveries.retry(attempt, pause, error.reply)
        self._outcomes.told("retry", delivery, attempt.provider, error.reply)

    async def _not_taken(self, delivery: ClaimedDelivery, claim: UUID, error: ChatRefusedError) -> None:
        """No homeserver has it, or nobody can say: later again, unless it is too late."""
        none, late = attempt_at(delivery, claim), self._too_late(delivery)
        pause = timedelta(seconds=max(self._routes.wait_seconds(), error.retry_after or 0.0))
        if not delivery.doubtful and late:
            await self._outcomes.failed(delivery, none, error.reply, Fault.TECHNICAL)
        elif delivery.doubtful and datetime.now(UTC) - delivery.begun_at > _LOOKED_FOR:
            await self._outcomes.unknown(delivery, none, error.reply, _LOOKED_FOR)
        else:
            pause = max(pause, _LATE_PAUSE) if late else pause
            await self._deliveries.retry(none, pause, error.reply, doubtful=delivery.doubtful)
            self._outcomes.told("retry", delivery, "", error.reply)

    def _too_late(self, delivery: ClaimedDelivery) -> bool:
        """Whether it is not sent any more, only looked for where a homeserver may have it."""
        now = datetime.now(UTC)
        useless = delivery.useless_at is not None and delivery.useless_at <= now
        return useless or now - delivery.begun_at > self._give_up

    async def _sent(self, delivery: ClaimedDelivery, attempt: Attempt, reference: str, cost: int) -> None:
        await self._outcomes.sent(delivery, attempt, Acceptance("sent", reference, None, cost))
        _COST.labels(attempt.provider, delivery.collectivity).inc(cost)
