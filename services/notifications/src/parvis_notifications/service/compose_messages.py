# SPDX-License-Identifier: EUPL-1.2
"""Turn notices into messages: ask their owners for what is missing, then write message and deliveries at once.

The questions are asked outside of any transaction. The message, its deliveries and the end of its notice are one
transaction, and a message is unique for its event: however often this is begun, a person is told once.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.telemetry import context_of
from parvis_notifications.db import (
    conversations,
    inbox_positions,
    messages,
    notices,
    preferences,
)
from parvis_notifications.db.notices import Bundled, ClaimedNotice, Notices
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.notice import retry_seconds
from parvis_notifications.domain.preferences import Preferences, Reach
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.sms import sms_text
from parvis_notifications.domain.topic import (
    KINDS,
    OF_REQUESTS,
    OF_THEIR_OWN,
    OWN_ENTRY,
    THREADS,
    TOPICS,
    WORK,
    Channel,
    Topic,
    outward,
)
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.bundle_alerts import bundle_of, one_of_each, values_of
from parvis_notifications.service.chat_addresses import with_chat
from parvis_notifications.service.chat_routes import chats_offered
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.own_entry_told import own_entry_told
from parvis_notifications.service.own_words import Worded, language_of, own_words
from parvis_notifications.service.particulars import NeverError, OvertakenError, Particulars, Told, particulars
from parvis_notifications.service.plan_deliveries import NewMessage, plan_deliveries
from parvis_notifications.service.reaches import Reaches
from parvis_notifications.service.reply_addresses import ANSWERABLE
from parvis_notifications.service.templates import Templates, spoken_clock
from parvis_notifications.service.to_confirm import address_to_confirm, meeting_to_confirm
from parvis_notifications.service.word_messages import Wording, word
from parvis_notifications.settings import Settings

_BATCH: Final = 16
# Longer than all the questions of one notice may take.
_LEASE: Final = timedelta(seconds=60)
_tracer = trace.get_tracer("parvis.messages")
_log = logger(__name__)
_COMPOSED = Counter("parvis_notices_total", "Notices by outcome", ["outcome"])


class Composer:
    """The loop that turns notices into messages."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        owners: Owners,
        fingerprints: Fingerprints,
        templates: Templates,
        settings: Settings,
        bell: Bell,
    ) -> None:
        self._database = database
        self._notices = Notices(database.pool)
        self._persons = persons
        self._owners = owners
        self._reaches = Reaches(fingerprints, settings)
        self._templates = templates
        self._settings = settings
        self._bell = bell

    async def run(self) -> None:
        """Compose until cancelled."""
        await in_rounds(self.round, self._bell, self._settings.poll_seconds, "composer")

    async def round(self) -> bool:
        """Compose what is due; False where nothing was."""
        claim = uuid4()
        due = await self._notices.claim(claim, _BATCH, lease=_LEASE)
        await asyncio.gather(*(self._one(notice, claim) for notice in one_of_each(due)))
        return bool(due)

    async def _one(self, notice: ClaimedNotice, claim: UUID) -> None:
        context = context_of(notice.traceparent)
        with _tracer.start_as_current_span(f"compose {outward(notice.template)}", context, SpanKind.CONSUMER):
            try:
                await self._compose(notice, claim)
            except OvertakenError:
                await self._notices.drop(notice.id, claim)
                _COMPOSED.labels("overtaken").inc()
            except NeverError as error:
                await self._notices.fail(notice.id, claim, str(error))
                self._count("failed", notice, str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the notice is kept and tried again
                pause = retry_seconds(notice.attempts, random.random())  # noqa: S311 - spreads load
                await self._notices.later(notice.id, claim, timedelta(seconds=pause), _reason(error))
                self._count("later", notice, _reason(error))
            else:
                _COMPOSED.labels("composed").inc()

    async def _compose(self, notice: ClaimedNotice, claim: UUID) -> None:
        found = await self._particulars(notice)
        try:
            key = await self._persons.of(notice.person)
        except KeyDestroyedError as error:
            raise NeverError("person-erased") from error
        clock = self._settings.clock(notice.collectivity)
        wording = await word(self._templates, self._owners, notice, found, clock)
        said, told = wording.said, found.told
        message_id, now = uuid7(), datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            together = await notices.bundle(uow.session, notice)
            if not await notices.finish(uow.session, notice.id, claim):
                return
            if together:
                await notices.remove(uow.session, [each.id for each in together])
            if (bundle := bundle_of(together)) is not None:
                notice = replace(notice, template=bundle)
                wording = self._bundled(bundle, together, found)
                said = wording.said
            fresh = await messages.add(
                uow.session,
                id=message_id,
                collectivity=notice.collectivity,
                person=notice.person,
                position=await inbox_positions.advance(uow.session, notice.collectivity, notice.person),
                event_source=notice.event_source,
                event_id=notice.event_id,
                template=notice.template,
                language=said.language,
                subject=key.seal("message.subject", said.words.subject),
                body=key.seal("message.body", said.words.body),
                html=key.seal("message.html", said.html) if said.html else None,
                sms=key.seal("message.sms", found.sms) if found.sms else None,
                voice=key.seal("message.voice", spoken) if (spoken := wording.spoken()) else None,
                spare=key.seal("message.spare", wording.spare) if wording.spare else None,
                link=self._link(notice, found),
                secret_link=key.seal("message.secret_link", found.secret_link) if found.secret_link else None,
                invitation=key.seal("message.invitation", told.invitation.to_json()) if told.invitation else None,
                request_id=notice.request_id if notice.template in OF_REQUESTS else None,
                conversation=await self._conversation(uow.session, notice, now),
                created_at=now,
            )
            if fresh:
                occasion = Template(notice.template)
                message = NewMessage(
                    message_id,
                    notice.person,
                    notice.collectivity,
                    occasion,
                    with_chat(found.reach, found.chat, key),
                    told.useless_at,
                    pressing=_pressing(found),
                )
                await plan_deliveries(uow.session, message, found.preferences, key, now)
            await uow.commit()

    def _bundled(self, bundle: Template, together: Sequence[Bundled], found: Particulars) -> Wording:
        """What agents are told together, which nobody words but the deployment."""
        language = shipped(found.language)
        words = self._templates.words(bundle, language, **values_of(together, language))
        called = Channel.VOICE in found.preferences.channels(TOPICS[bundle])
        return Wording(Worded(words, None, language), words if called else None)

    async def _conversation(self, session: AsyncSession, notice: ClaimedNotice, now: datetime) -> UUID | None:
        """To which answers to this message belong; None where it cannot be answered."""
        answered = self._settings.reply_address or chats_offered(self._settings, notice.collectivity)
        if not answered or notice.template not in ANSWERABLE:
            return None
        return await conversations.told(session, notice.collectivity, notice.request_id, notice.person, now)

    async def _particulars(self, notice: ClaimedNotice) -> Particulars:
        clock = self._settings.clock(notice.collectivity)
        if notice.template == Template.ADDRESS_TO_CONFIRM:
            return await address_to_confirm(self._owners, notice, clock)
        if notice.template == Template.MEETING_TO_CONFIRM:
            return await meeting_to_confirm(self._owners, notice, clock)
        if notice.template == Template.PHONE_TO_CONFIRM:
            return await self._phone_to_confirm(notice, clock)
        posted = self._reaches.posted(notice.template)
        contact = await self._owners.contact(notice.person, notice.collectivity, postal=posted)
        if contact is None:
            raise NeverError("person-unknown")
        async with self._database.reading() as session:
            chosen, _ = await preferences.one(session, notice.person, notice.collectivity)
            override = await own_words(session, notice.collectivity, notice.template)
            reader = Reader(notice.person, notice.collectivity, work=notice.template in WORK)
            reach, chat = await self._reaches.of(session, reader, contact)
        language = language_of(override, chosen.language or contact.language)
        if notice.template in OWN_ENTRY:
            told = await own_entry_told(self._database, self._persons, notice)
        else:
            told = await particulars(self._owners, notice, language, clock)
        secret = told.secret_link or contact.link
        return Particulars(contact, language, told, chosen, reach, secret, override=override, chat=chat)

    async def _phone_to_confirm(self, notice: ClaimedNotice, clock: ZoneInfo) -> Particulars:
        # By text message alone, whatever was chosen: it is the telephone that is to be shown.
        found = await self._owners.phone_code(notice.request_id)
        if found is None:
            raise NeverError("nothing-to-confirm")
        language, text = found.contact.spoken, Channel.SMS
        until = spoken_clock(found.expires_at, language, clock)
        words = self._templates.sms(notice.template, language, code=found.code, time=until)
        sms = sms_text(self._settings.sender_name(notice.collectivity), words)
        reach = Reach({text: found.phone}, set(), {text} & set(self._settings.channels))
        asked = Preferences(choices={TOPICS[Template.PHONE_TO_CONFIRM]: (text,)})
        return Particulars(found.contact, language, Told({}, useless_at=found.expires_at), asked, reach, sms=sms)

    def _link(self, notice: ClaimedNotice, found: Particulars) -> str:
        template, town = Template(notice.template), self._settings.public_url
        pages = {
            Template.AGENT_WORK_DUE: self._settings.work_queue_url,
            Template.AGENT_WORK_NEWS: self._settings.work_queue_url,
            Template.PHONE_TO_CONFIRM: self._settings.account_url,
            Template.PETITION_REFUSED: self._settings.own_petitions_url,
            **dict.fromkeys(OWN_ENTRY, self._settings.own_register_url),
            # Who has neither an account nor a token finds a closed door there.
            **dict.fromkeys(() if found.contact.can_follow else OF_THEIR_OWN, ""),
        }
        if (own_page := pages.get(template)) is not None:
            return own_page.format(public_url=town)
        if found.told.tracked:
            request_id, reference = found.told.tracked
            return self._settings.tracking_url.format(public_url=town, request_id=request_id, reference=reference)
        if (topic := TOPICS[template]) is Topic.APPOINTMENTS:
            return self._settings.appointment_url.format(public_url=town, appointment_id=notice.request_id)
        thread, kind = THREADS.get(template), KINDS.get(template)
        if thread is not None or kind is not None:
            about = str(notice.request_id)
            return self._settings.participation_link(notice.collectivity, about, kind=kind, thread=thread)
        if topic is Topic.PARTICIPATION:
            return self._settings.moderation_url.format(public_url=town)
        page = self._settings.work_url if topic is Topic.WORK else self._settings.tracking_url
        return page.format(public_url=town, request_id=notice.request_id, reference=notice.reference)

    def _count(self, outcome: str, notice: ClaimedNotice, reason: str) -> None:
        _COMPOSED.labels(outcome).inc()
        _log.warning(f"notice_{outcome}", notice=str(notice.id), template=outward(notice.template), reason=reason)


def _pressing(found: Particulars) -> bool:
    """Whether its mail has what no list of several has: how to contest, a link that acts, or a calendar file."""
    return bool(found.told.values.get("remedies") or found.secret_link or found.told.invitation)


def _reason(error: Exception) -> str:
    return f"unreachable: {error}" if isinstance(error, UnreachableError) else type(error).__name__
