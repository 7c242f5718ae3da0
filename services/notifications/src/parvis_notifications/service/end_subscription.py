# SPDX-License-Identifier: EUPL-1.2
"""Whoever has the link of a subscription confirms it, ends a topic, takes a consent back, or ends all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_notifications.db import subscribers
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.subscribing import ConsentWay, GivenConsent, Purpose
from parvis_notifications.service.subscribe import Told, agree, read_told
from parvis_notifications.service.subscribe_alone import activate


class Act(StrEnum):
    """What can be done by the link."""

    CONFIRM = "confirm"
    STOP_TOPIC = "stop-topic"
    STOP_NEWS = "stop-news"
    STOP_EMERGENCY = "stop-emergency"
    STOP_ALL = "stop-all"


@dataclass(frozen=True, slots=True)
class LinkAct:
    """One of them, with the words that were answered to, and the topic where it is about one."""

    act: Act
    words: str
    way: ConsentWay
    topic: str | None = None


async def told_by_link(session: AsyncSession, subscriber: UUID | None) -> Told:
    """How things stand; raises NotFoundError for a link that leads nowhere."""
    if subscriber is None:
        raise NotFoundError
    return await read_told(session, await subscribers.one(session, subscriber))


async def act_by_link(
    database: Database, persons: PersonKeys, subscriber: UUID | None, wanted: LinkAct, now: datetime
) -> Told:
    """Do it, and return how things stand; raises NotFoundError for a link that leads nowhere."""
    erased: Sequence[UUID] = ()
    async with database.unit_of_work() as uow:
        if subscriber is None:
            raise NotFoundError
        row = await subscribers.hold(uow.session, subscriber)
        match wanted.act:
            case Act.CONFIRM:
                erased = await activate(uow.session, row, now)
            case Act.STOP_TOPIC if wanted.topic:
                await subscribers.drop_topic(uow.session, row.id, wanted.topic)
            case Act.STOP_NEWS | Act.STOP_EMERGENCY:
                purpose = Purpose.NEWS if wanted.act is Act.STOP_NEWS else Purpose.EMERGENCY
                agree(uow.session, row, [GivenConsent(purpose, given=False, words=wanted.words)], wanted.way, now)
            case Act.STOP_ALL:
                await subscribers.remove(uow.session, row)
                erased = [] if row.person else [row.id]
        told = Told(None)
        if wanted.act is not Act.STOP_ALL:
            row.version, row.updated_at = row.version + 1, now
            await uow.session.flush()
            told = await read_told(uow.session, row)
        # Before the end of what is said to be erased is told: a kill in between leaves what nobody reads.
        for each in erased:
            await persons.destroy(each)
        await uow.commit()
    return told
