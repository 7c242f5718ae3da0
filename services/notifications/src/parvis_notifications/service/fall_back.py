# SPDX-License-Identifier: EUPL-1.2
"""Where a delivery has failed for good, let its message go by the next channel in its order.

How the person is reached is asked outside of any transaction. That the failure is settled, what is decided of the next
channel and its delivery are one transaction: however often this is begun, and wherever it is killed, that goes once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.telemetry import context_of
from parvis_notifications.db import fallbacks, merged_accounts, preferences
from parvis_notifications.db.delivery_tables import DeliveryDecision
from parvis_notifications.db.fallbacks import Fallen
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.channel_order import OVERTAKEN_BY, following, may_follow
from parvis_notifications.domain.digest import DIGEST
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Outcome, Reason
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import WORK, Channel
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.owner_answers import Contact
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.chat_addresses import with_chat
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.plan_deliveries import NewMessage, put_on_its_way
from parvis_notifications.service.reaches import Reaches
from parvis_notifications.settings import Settings

_BATCH: Final = 16
# Longer than the question how somebody is reached may take.
_LEASE: Final = timedelta(seconds=60)
_PAUSE: Final = timedelta(seconds=30)
_tracer = trace.get_tracer("parvis.messages")
_log = logger(__name__)
_FALLBACKS: Final = Counter(
    "parvis_fallbacks_total", "Messages whose channel failed for good, by the next one if any", ["outcome", "channel"]
)


@dataclass(frozen=True, slots=True)
class _Known:
    """Of whoever is to be reached: their key, and their addresses if they have an account still."""

    key: PersonKey
    contact: Contact


class Fallbacks:
    """The loop that looks after them."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        owners: Owners,
        fingerprints: Fingerprints,
        settings: Settings,
    ) -> None:
        self._database = database
        self._persons = persons
        self._owners = owners
        self._reaches = Reaches(fingerprints, settings)
        self._poll_seconds = settings.poll_seconds

    async def run(self) -> None:
        """Look until cancelled; what has failed is found within one interval."""
        await in_rounds(self.round, Bell(), self._poll_seconds, "fallbacks")

    async def round(self) -> bool:
        """Look after one batch; False where nothing has failed."""
        due = await fallbacks.claim(self._database.pool, _BATCH, _LEASE)
        await asyncio.gather(*(self._safely(each) for each in due))
        return bool(due)

    async def _safely(self, fallen: Fallen) -> None:
        with _tracer.start_as_current_span("fall back", context_of(fallen.traceparent), SpanKind.CONSUMER):
            try:
                await self._settle(fallen, await self._known(fallen))
            except Exception as error:  # noqa: BLE001 - whatever it is, the failure is kept and looked at again
                await fallbacks.later(self._database.pool, fallen, _PAUSE)
                reason = str(error) if isinstance(error, UnreachableError) else type(error).__name__
                _log.warning("fallback_later", delivery=str(fallen.id), reason=reason)

    async def _known(self, fallen: Fallen) -> _Known | None:
        """None of somebody who was erased, or has no account any more; raises UnreachableError."""
        try:
            key = await self._persons.of(fallen.person)
        except KeyDestroyedError:
            return None
        posted = self._reaches.posted(fallen.template)
        contact = await self._owners.contact(fallen.person, fallen.collectivity, postal=posted)
        return None if contact is None else _Known(key, contact)

    async def _settle(self, fallen: Fallen, known: _Known | None) -> None:
        async with self._database.unit_of_work() as uow:
            session = uow.session
            await merged_accounts.standing(session)
            told = await fallbacks.told_by(session, fallen)
            held = await fallbacks.hold(session, told)
            # None of theirs: the account went into another one, whom the next round asks for.
            if not told or not await fallbacks.take(session, fallen):
                return
            outcomes = [
                await self._next(session, fallen, message, held[message.id], known)
                for message in told
                if message.template != DIGEST
            ]
            await uow.commit()
        for outcome, channel in outcomes:
            _FALLBACKS.labels(outcome, channel).inc()
            if outcome != "none":
                _log.info("fallback", delivery=str(fallen.id), outcome=outcome, channel=channel)

    async def _next(
        self,
        session: AsyncSession,
        fallen: Fallen,
        message: Message,
        decided: Sequence[DeliveryDecision],
        known: _Known | None,
    ) -> tuple[str, str]:
        """What came of one message, and by which channel it goes on."""
        waiting = [row for row in decided if may_follow(Outcome(row.outcome), Reason(row.reason), row.rank)]
        if not waiting or known is None or await fallbacks.under_way(session, message.id):
            return "none", ""
        await fallbacks.settle(session, message.id)
        now = datetime.now(UTC)
        if (over := await self._over(session, message, fallen.useless_at, now)) is not None:
            for row in waiting:
                fallbacks.withhold(row, over, now)
            return over, ""
        return await self._by_next(session, fallen, message, waiting, known)

    @staticmethod
    async def _over(
        session: AsyncSession, message: Message, useless_at: datetime | None, now: datetime
    ) -> Reason | None:
        """Why nobody needs it by another channel, if there is a reason."""
        if message.read_at is not None:
            return Reason.ALREADY_READ
        if useless_at is not None and useless_at <= now:
            return Reason.TOO_LATE
        later = OVERTAKEN_BY.get(Template(message.template), set())
        return Reason.OVERTAKEN if later and await fallbacks.overtaken(session, message, later) else None

    async def _by_next(
        self,
        session: AsyncSession,
        fallen: Fallen,
        message: Message,
        waiting: Sequence[DeliveryDecision],
        known: _Known,
    ) -> tuple[str, str]:
        now, occasion = datetime.now(UTC), Template(message.template)
        reader = Reader(message.person, message.collectivity, work=occasion in WORK)
        chosen, _ = await preferences.one(session, reader.person, reader.collectivity)
        reach, chat = await self._reaches.of(session, reader, known.contact)
        goes = NewMessage(
            message.id,
            message.person,
            message.collectivity,
            occasion,
            with_chat(reach, chat, known.key),
            fallen.useless_at,
        )
        for row in waiting:
            decision = following(chosen, Channel(row.channel), occasion, goes.reach, now, goes.useless_at)
            row.outcome, row.reason, row.not_before_at = decision.outcome, decision.reason, decision.not_before
            row.decided_at = now
            if decision.outcome is Outcome.WITHHELD:
                continue
            row.follows = fallen.channel
            put_on_its_way(session, goes, decision, known.key, now, more=_may_come(waiting))
            return "next", decision.channel
        return "exhausted", ""


def _may_come(waiting: Sequence[DeliveryDecision]) -> bool:
    """Whether others may follow, be it one that reached nobody just now."""
    return any(may_follow(Outcome(row.outcome), Reason(row.reason), row.rank) for row in waiting)
