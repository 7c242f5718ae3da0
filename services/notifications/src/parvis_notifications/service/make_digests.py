# SPDX-License-Identifier: EUPL-1.2
"""Make one mail of what was gathered for a person, at their time.

How they are reached is asked outside of any transaction. That nothing joins any more, the words and the mail's way
are one transaction: however often this is begun, and wherever it is killed, a message is told once.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import digests, gathered_news, messages, preferences, unreachable_addresses
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.digest_tables import Digest
from parvis_notifications.db.digests import DueDigest
from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.domain.digest import DIGEST, MOST_LINES
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Preferences, Reason
from parvis_notifications.domain.topic import TOPICS, Channel
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.owner_answers import Contact
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.digest_words import Line, digest_words
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.news_in_digests import news_lines, news_that_go
from parvis_notifications.service.templates import Templates, Words
from parvis_notifications.settings import Settings

_BATCH: Final = 20
# A whole town's are due at one hour, and for each somebody is asked how its person is reached.
_TOGETHER: Final = 4
# It reads all that waits in digests.
_LOOK_SECONDS: Final = 3_600.0
_LEASE: Final = timedelta(seconds=60)
_PAUSE: Final = timedelta(seconds=30)
_log = logger(__name__)
_DIGESTS: Final = Counter("parvis_digests_total", "Mails that gather messages, by outcome", ["outcome"])


class DigestMaker:
    """The loop that makes them."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        owners: Owners,
        fingerprints: Fingerprints,
        templates: Templates,
        settings: Settings,
    ) -> None:
        self._database = database
        self._persons = persons
        self._owners = owners
        self._fingerprints = fingerprints
        self._templates = templates
        self._settings = settings
        self._bell = Bell()
        self._looks_at = 0.0

    async def run(self) -> None:
        """Make them until cancelled."""
        await in_rounds(self.round, self._bell, self._settings.poll_seconds, "digest_maker")

    async def round(self) -> bool:
        """Make those that are due; False where none was but what another has in hand."""
        await self._free_left_behind()
        waiting = await digests.claim(self._database.pool, _BATCH, _LEASE)
        outcomes: list[str] = []
        await asyncio.gather(*(self._along(waiting, outcomes) for _ in range(_TOGETHER)))
        return any(outcome != "taken" for outcome in outcomes)

    async def _free_left_behind(self) -> None:
        if monotonic() < self._looks_at:
            return
        if freed := await gathered_news.free_left_behind(self._database.pool):
            _log.warning("news_left_behind", recipients=freed)
        self._looks_at = monotonic() + _LOOK_SECONDS

    async def _along(self, waiting: list[DueDigest], outcomes: list[str]) -> None:
        """One after the other of what waits, beside others who do the same."""
        while waiting:
            each = waiting.pop(0)
            try:
                outcome = await self._make(each)
            except Exception as error:  # noqa: BLE001 - one that cannot be made must not keep the others
                await digests.later(self._database.pool, each.id, _PAUSE)
                _log.warning("digest_later", digest=str(each.id), error=type(error).__name__)
                outcome = "later"
            _DIGESTS.labels(outcome).inc()
            outcomes.append(outcome)

    async def _make(self, due: DueDigest) -> str:
        try:
            key = await self._persons.of(due.person)
        except KeyDestroyedError:
            return await self._close(due, Reason.NO_ADDRESS)
        try:
            contact = await self._owners.contact(due.person, due.collectivity)
        except UnreachableError:
            await digests.later(self._database.pool, due.id, _PAUSE)
            return "later"
        if contact is None or contact.email is None:
            return await self._close(due, Reason.NO_ADDRESS)
        return await self._mail(due, contact, contact.email, key)

    async def _close(self, due: DueDigest, reason: Reason) -> str:
        """Nothing goes, and each message says why."""
        async with self._database.unit_of_work() as uow:
            digest = await digests.hold(uow.session, due.id)
            if digest is not None:
                await digests.leave_out(uow.session, digest.id, reason, None)
                await gathered_news.settle(uow.session, digest.id, PartState.FAILED, reason)
                digest.closed_at = datetime.now(UTC)
                await uow.commit()
        return "withheld"

    async def _mail(self, due: DueDigest, contact: Contact, email: str, key: PersonKey) -> str:
        async with self._database.unit_of_work() as uow:
            session, now = uow.session, datetime.now(UTC)
            digest = await digests.hold(session, due.id)
            if digest is None or digest.person != due.person:
                return "taken"
            chosen, _ = await preferences.one(session, due.person, due.collectivity)
            digest.closed_at = now
            await self._without_unwanted(session, digest, chosen)
            marks = await unreachable_addresses.of_person(session, due.person, due.collectivity)
            if self._fingerprints.same(marks.get(Channel.EMAIL), email):
                await digests.leave_out(session, digest.id, Reason.ADDRESS_UNREACHABLE, None)
                await gathered_news.settle(session, digest.id, PartState.FAILED, Reason.ADDRESS_UNREACHABLE)
            news = await news_that_go(session, digest.id)
            first, count = await digests.contents(session, digest.id, MOST_LINES)
            if count or news:
                language = shipped(chosen.language or contact.language)
                lines = [Line(key.open("message.subject", each.subject), each.language) for each in first]
                made = digest_words(self._templates, language, lines, count, news_lines(news, language))
                words = made.words
                digest.link, digest.language = self._link(digest), ", ".join(made.languages)
                digest.subject = key.seal("digest.subject", words.subject)
                digest.body = key.seal("digest.body", words.body)
                digest.html = key.seal("digest.html", made.html) if made.html else None
                digest.delivery_id = uuid7()
                message_id = first[0].id if first else await self._anchor(session, digest, words, key, now)
                self._send(session, digest, message_id, key.seal(SEALED_ADDRESS, email), chosen, now)
            await uow.commit()
        return "made" if count or news else "empty"

    @staticmethod
    async def _anchor(session: AsyncSession, digest: Digest, words: Words, key: PersonKey, now: datetime) -> UUID:
        """Whose mail it is where no message is in it: one that no inbox shows."""
        id_ = uuid7()
        await messages.add(
            session,
            id=id_,
            collectivity=digest.collectivity,
            person=digest.person,
            event_source=DIGEST,
            event_id=digest.id,
            template=DIGEST,
            language=digest.language,
            subject=key.seal("message.subject", words.subject),
            body=key.seal("message.body", words.body),
            link=digest.link,
            read_at=now,
            created_at=now,
        )
        return id_

    async def _without_unwanted(self, session: AsyncSession, digest: Digest, chosen: Preferences) -> None:
        """What is of a topic whose mails the person has left off since does not go."""
        inside = await digests.templates_in(session, digest.id)
        unwanted = {each for each in inside if Channel.EMAIL not in chosen.channels(TOPICS[Template(each)])}
        if unwanted:
            await digests.leave_out(session, digest.id, Reason.NOT_CHOSEN, unwanted)

    @staticmethod
    def _send(
        session: AsyncSession, digest: Digest, message_id: UUID, address: bytes, chosen: Preferences, now: datetime
    ) -> None:
        over_at = chosen.quiet_hours and chosen.quiet_hours.over_at(now)
        messages.add_delivery(
            session,
            id=digest.delivery_id,
            message_id=message_id,
            channel=Channel.EMAIL,
            target=digest.id,
            collectivity=digest.collectivity,
            address=address,
            not_before_at=over_at,
            # A whole town's go at the same hour, and nothing in them is pressing.
            bulk=True,
            due_at=over_at or now,
            traceparent=current_traceparent(),
            created_at=now,
            fallback_at=now,
        )

    def _link(self, digest: Digest) -> str:
        page = self._settings.work_inbox_url if digest.work else self._settings.inbox_url
        return page.format(public_url=self._settings.public_url)
