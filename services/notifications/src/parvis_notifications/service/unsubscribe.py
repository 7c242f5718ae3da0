# SPDX-License-Identifier: EUPL-1.2
"""Who holds a mail that may be left off says, without an account, that no more shall come; or that they shall again."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_notifications.db import (
    digests,
    gathered_news,
    merged_accounts,
    messages,
    preference_changes,
    preferences,
)
from parvis_notifications.domain.digest import DIGEST
from parvis_notifications.domain.errors import ApplicationMailError, NotFoundError, StaleVersionError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Way
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.topic import TOPICS, Channel, Topic, optional
from parvis_notifications.service.mail_news import mail_news, mailed_news

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """Of which topics a mail told, and whether such mails come; ``news`` are those of the town, with their labels."""

    person: UUID
    collectivity: str
    topics: tuple[Topic, ...]
    subscribed: bool
    news: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consent:
    """What was answered, by which way, and to which words."""

    wanted: bool
    way: Way
    words: str


async def standing(session: AsyncSession, delivery_id: UUID | None) -> Standing:
    """How things stand; raises NotFoundError for a mail that is gone, that never was, or that the law had sent."""
    if delivery_id is None:
        raise NotFoundError
    message = await messages.of_email(session, delivery_id)
    if message.template == APPLICATION_MESSAGE:
        raise ApplicationMailError
    digest = await digests.of_delivery(session, delivery_id)
    if digest is None and message.template == DIGEST:
        raise NotFoundError  # what it told of is kept no longer
    told = {message.template} if digest is None else await digests.templates_in(session, digest)
    occasions = [Template(each) for each in told]
    if not all(optional(each) for each in occasions):
        raise NotFoundError
    chosen, _ = await preferences.one(session, message.person, message.collectivity)
    inside = {TOPICS[each] for each in occasions}
    topics = tuple(topic for topic in Topic if topic in inside)
    subscribed = any(Channel.EMAIL in chosen.channels(topic) for topic in topics)
    news = {} if digest is None else await gathered_news.topics_told(session, digest)
    who = (message.person, message.collectivity)
    return Standing(*who, topics, subscribed or await mailed_news(session, *who, news), news)


async def answer_by_link(database: Database, delivery_id: UUID | None, consent: Consent, now: datetime) -> Standing:
    """Do as was answered, and keep how it came about; whoever chooses meanwhile in an account is not overwritten.

    Raises NotFoundError; StaleVersionError where somebody chooses all the time.
    """
    for _ in range(_TRIES - 1):
        with suppress(StaleVersionError):
            return await _answer(database, delivery_id, consent, now)
    return await _answer(database, delivery_id, consent, now)


async def _answer(database: Database, delivery_id: UUID | None, consent: Consent, now: datetime) -> Standing:
    async with database.unit_of_work() as uow:
        await merged_accounts.standing(uow.session)
        found = await standing(uow.session, delivery_id)
        if found.subscribed is consent.wanted:
            return found
        if found.topics:
            await _choose(uow.session, found, consent, now)
        who, subscribed = (found.person, found.collectivity), consent.wanted
        if found.news:
            await mail_news(uow.session, *who, found.news, wanted=consent.wanted, now=now)
            subscribed = bool(found.topics and subscribed) or await mailed_news(uow.session, *who, found.news)
        await uow.commit()
    return replace(found, subscribed=subscribed)


async def _choose(session: AsyncSession, found: Standing, consent: Consent, now: datetime) -> None:
    before, version = await preferences.one(session, found.person, found.collectivity)
    after = before
    for topic in found.topics:
        after = after.choosing(topic, Channel.EMAIL, wanted=consent.wanted)
    await preferences.put(session, found.person, found.collectivity, after, version=version, now=now)
    preference_changes.add(
        session, found.person, found.collectivity, after, found.topics, way=consent.way, words=consent.words, now=now
    )
