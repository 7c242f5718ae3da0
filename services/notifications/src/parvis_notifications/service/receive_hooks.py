# SPDX-License-Identifier: EUPL-1.2
"""A text message or a telephone call has come in, as who brings it says: keep it, sealed, and tell that it is there.

STOP and what answers an alert are done at once, and nothing is kept of them but what they did, and the mark by which
the same call is known again; who asks for help and says more, or answers an alert that has ended, is read by people as
well.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_notifications import events
from parvis_notifications.db import inbound_messages, received_texts
from parvis_notifications.db.text_stops import THE_TOWN
from parvis_notifications.db.texted_conversations import last_asked
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.domain.inbound import (
    Held,
    InboundCall,
    InboundText,
    Way,
    says_start,
    says_stop,
    without_controls,
)
from parvis_notifications.domain.text_reply import TextReply, text_reply
from parvis_notifications.domain.text_stop import Said
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.answer_by_text import answer_by_text, told_of
from parvis_notifications.service.receive_mail import CONTENT
from parvis_notifications.service.received_texts import keep_for_application
from parvis_notifications.service.recipients import number_told
from parvis_notifications.service.stop_by_text import start_by_text, stop_application, stop_by_text
from parvis_notifications.service.subscribe_alone import address_mark
from parvis_notifications.settings import Settings

_HOUR: Final = timedelta(hours=1)
# As long as what is written in a room of a messenger answers the conversation that went on there.
_LATELY: Final = timedelta(days=30)
_LONGEST_STOP: Final = 160
"""Of the words that are kept as proof; the whole of them says STOP, but where a provider has words of its own."""
_CAME: Final = Counter(
    "parvis_inbound_hooks_total", "Text messages and calls that came in, by what became of them", ["way", "outcome"]
)


class _Answer(Enum):
    """What answers an alert is not kept, or is kept for people to read as well."""

    WHOLE = auto()
    WITH_WORDS = auto()


class ReceiveHooks:
    """The use case, with what it needs; ``hook_id`` is the caller's name for one message, whose every copy has it."""

    def __init__(self, database: Database, persons: PersonKeys, index: BlindIndex, settings: Settings) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._settings = settings

    async def text(self, collectivity: str, hook_id: str, text: InboundText) -> None:
        """Keep it, or do as it says: STOP, or an answer to an alert. Safe to repeat; raises TooManyReceivedError."""
        text = replace(text, sender=number_told(text.sender))
        if text.stop or (not text.part and says_stop(text.text)):
            await self._stop(collectivity, hook_id, text)
            return
        if not text.part and says_start(text.text) and await self._start(collectivity, hook_id, text):
            return
        words, left_out = without_controls(text.text), [without_controls(each) for each in text.left_out]
        kept: dict[str, Any] = {"sender": text.sender, "text": words, "left_out": left_out}
        if text.came_at is not None:
            kept["came_at"] = text.came_at.isoformat()
        reply = None if text.part else text_reply(text.text)
        # First of all, whosever the number is: an alert may have come from it as well.
        answer = await self._answer(collectivity, hook_id, text, reply) if reply else None
        if answer is _Answer.WITH_WORDS:
            await self._keep(collectivity, f"words\n{hook_id}", Way.SMS, kept)
        # It may as well be said to the application, of which nobody here knows what it asked.
        theirs = bool(text.recipient) and await self._for_application(collectivity, hook_id, text)
        if answer is None and not theirs:
            await self._keep(collectivity, hook_id, Way.SMS, kept, text)

    async def has(self, collectivity: str, hook_ids: Collection[str]) -> bool:
        """Whether a message has come by one of these names, be it that it was done as it came."""
        names = [name for each in hook_ids for name in (each, f"answer\n{each}", f"words\n{each}")]
        prints = [self._index.of("inbound_message.fingerprint", f"hook\n{name}") for name in names]
        async with self._database.reading() as session:
            return await inbound_messages.known_as(session, collectivity, prints)

    async def pass_over(self, collectivity: str, hook_id: str) -> None:
        """Know by its name a message of which nothing can be kept."""
        now = datetime.now(UTC)
        row = self._row(collectivity, hook_id, Way.SMS, now)
        async with self._database.unit_of_work() as uow:
            await inbound_messages.add(uow.session, id=uuid7(), content=None, taken_at=now, **row)
            await uow.commit()

    async def call(self, collectivity: str, hook_id: str, call: InboundCall) -> None:
        """Keep that it came. Safe to repeat; raises TooManyReceivedError."""
        told = {"outcome": call.outcome.value, "began_at": call.began_at.isoformat(), "seconds": call.seconds}
        await self._keep(collectivity, hook_id, Way.CALL, {"sender": call.caller, "text": "", "call": told})

    async def _stop(self, collectivity: str, hook_id: str, text: InboundText) -> None:
        """End what comes to the number that wrote: of the application whose number it wrote to, or else of the town."""
        now = datetime.now(UTC)
        said = Said(without_controls(text.text)[:_LONGEST_STOP], text.came_at or now)
        async with self._database.unit_of_work() as uow:
            row = self._row(collectivity, hook_id, Way.SMS, now)
            fresh = await inbound_messages.add(uow.session, id=uuid7(), content=None, taken_at=now, **row)
            if fresh:  # one that is late, and came before, ends nothing that was asked for since
                application = await received_texts.application_of(uow.session, collectivity, text.recipient, now)
                where = (uow.session, self._index, collectivity)
                if application is None:
                    await stop_by_text(*where, text.sender, now, words=said.words, said_at=text.came_at)
                else:
                    await stop_application(*where, application, text.sender, said)
                    await self._told(uow.session, collectivity, application, text, now)
                await uow.commit()
        _CAME.labels(Way.SMS.value, "stop" if fresh else "known").inc()

    async def _start(self, collectivity: str, hook_id: str, text: InboundText) -> bool:
        """Take back what that number had stopped; False where that was nothing, and the text is one like others."""
        now = datetime.now(UTC)
        said = Said(without_controls(text.text)[:_LONGEST_STOP], text.came_at or now)
        async with self._database.unit_of_work() as uow:
            row = self._row(collectivity, hook_id, Way.SMS, now)
            if not await inbound_messages.add(uow.session, id=uuid7(), content=None, taken_at=now, **row):
                return True
            application = await received_texts.application_of(uow.session, collectivity, text.recipient, now)
            whose = application or THE_TOWN
            if not await start_by_text(uow.session, self._index, collectivity, whose, text.sender, said):
                return False
            if application is not None:
                await self._told(uow.session, collectivity, application, text, now)
            await uow.commit()
        _CAME.labels(Way.SMS.value, "start").inc()
        return True

    async def _told(
        self, session: AsyncSession, collectivity: str, application: str, text: InboundText, now: datetime
    ) -> None:
        """The application reads what was written to its number as well, as far as it takes more within the hour."""
        most = self._settings.inbound_per_hour
        with suppress(TooManyReceivedError):
            await keep_for_application(session, self._persons, collectivity, application, text, most=most, now=now)

    async def _for_application(self, collectivity: str, hook_id: str, text: InboundText) -> bool:
        """Whether the number that it came to is an application's, which has it then, once."""
        now = datetime.now(UTC)
        row = self._row(collectivity, hook_id, Way.SMS, now)
        async with self._database.unit_of_work() as uow:
            application = await received_texts.application_of(uow.session, collectivity, text.recipient, now)
            if application is None or await inbound_messages.known(uow.session, collectivity, row["fingerprint"]):
                return application is not None
            most = self._settings.inbound_per_hour
            kept = await keep_for_application(
                uow.session, self._persons, collectivity, application, text, most=most, now=now
            )
            if await inbound_messages.add(uow.session, id=uuid7(), content=None, taken_at=now, **row):
                await uow.commit()
            else:
                await self._persons.destroy(kept)  # it came twice at once
        _CAME.labels(Way.SMS.value, "application").inc()
        return True

    async def _answer(self, collectivity: str, hook_id: str, text: InboundText, reply: TextReply) -> _Answer | None:
        """How it answers an alert, which is done once, by a mark of its own; None where it answers none.

        What answers one that has ended is for people to read as well: nobody may look at its answers any more.
        """
        now = datetime.now(UTC)
        row = self._row(collectivity, f"answer\n{hook_id}", Way.SMS, now)
        kept = self._row(collectivity, hook_id, Way.SMS, now)["fingerprint"]
        async with self._database.unit_of_work() as uow:
            if await inbound_messages.known(uow.session, collectivity, kept):
                return None  # it came before there was an alert, or its words were kept
            told = await told_of(uow.session, self._index, collectivity, text.sender, now, said_at=text.came_at)
            answer = _Answer.WHOLE if told and told.holds and reply.whole else _Answer.WITH_WORDS
            if await inbound_messages.known(uow.session, collectivity, row["fingerprint"]):
                return answer
            if told is None:
                return None
            await answer_by_text(uow.session, told, reply.reply, now, said_at=text.came_at)
            # Two copies at once wait for one recipient; the second leaves the answer as it is.
            if await inbound_messages.add(uow.session, id=uuid7(), content=None, taken_at=now, **row):
                await uow.commit()
        _CAME.labels(Way.SMS.value, "answer").inc()
        return answer

    async def _keep(
        self, collectivity: str, hook_id: str, way: Way, content: Mapping[str, Any], text: InboundText | None = None
    ) -> None:
        now = datetime.now(UTC)
        row = self._row(collectivity, hook_id, way, now)
        async with self._database.unit_of_work() as uow:
            known = await inbound_messages.known(uow.session, collectivity, row["fingerprint"])
            if not known:
                await self._bound(uow.session, collectivity, now)
                if text is not None:
                    row["request_id"] = await self._answered(uow.session, collectivity, text, now)
                known = not await self._store(uow.session, row, content)
                await uow.commit()
        _CAME.labels(way.value, "known" if known else "kept").inc()

    async def _answered(
        self, session: AsyncSession, collectivity: str, text: InboundText, now: datetime
    ) -> UUID | None:
        """The request to suggest to the agent who reads it: a number proves nobody, so it is put there by none else."""
        mark, until = address_mark(self._index, Channel.SMS, text.sender), text.came_at or now
        return await last_asked(session, collectivity, mark, since=until - _LATELY, until=until)

    async def _bound(self, session: AsyncSession, collectivity: str, now: datetime) -> None:
        most = self._settings.inbound_per_hour
        if await inbound_messages.count(session, collectivity, None, now - _HOUR, most) >= most:
            raise TooManyReceivedError

    async def _store(self, session: AsyncSession, row: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
        id_, none = uuid7(), {"sender_name": "", "subject": "", "left_out": []}
        key = await self._persons.of(id_)
        sealed = key.seal(CONTENT, json.dumps({**none, **content}, ensure_ascii=False))
        if not await inbound_messages.add(session, id=id_, content=sealed, **row):
            await self._persons.destroy(id_)  # it came twice at once
            return False
        told = events.message_received(
            message_id=id_,
            way=row["way"],
            request_id=row.get("request_id"),
            collectivity=row["collectivity"],
            at=row["received_at"],
        )
        await outbox.add(session, told)
        return True

    def _row(self, collectivity: str, hook_id: str, way: Way, now: datetime) -> dict[str, Any]:
        return {
            "collectivity": collectivity,
            "way": way.value,
            "held": Held.DIRECT.value,
            "fingerprint": self._index.of("inbound_message.fingerprint", f"hook\n{hook_id}"),
            "received_at": now,
        }
