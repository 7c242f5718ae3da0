# SPDX-License-Identifier: EUPL-1.2
"""Agents enter people who may need help, at their wish, see them and take them out; each act is kept.

Code de l'action sociale et des familles, articles L. 121-6-1 and R. 121-2 to R. 121-12: people of 65 or more, of 60 or
more who cannot work, and disabled people, at their own request or, with their knowledge, at another's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.security.principal import Principal
from parvis_notifications.db import register, subscribers
from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.errors import StaleVersionError
from parvis_notifications.domain.subscribing import (
    ConsentWay,
    GivenConsent,
    NewPlace,
    Purpose,
    SubscriberKind,
    Wishes,
)
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.index_register import read_entry
from parvis_notifications.service.recipients import takes_texts
from parvis_notifications.service.subscribe import agree, new_subscriber
from parvis_notifications.service.subscribe_alone import address_mark


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Who is entered: what is sealed of them, how they are reached, where they live, and to what they agreed."""

    content: Mapping[str, Any]
    language: str
    email: str | None
    phone: str | None
    home: NewPlace
    words: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """By which way somebody agreed, and when."""

    way: ConsentWay
    at: datetime


async def enter(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    new: NewEntry,
    now: datetime,
    agreed: Agreed | None = None,
) -> RegisterEntry:
    """Enter somebody, who agreed at the desk now where nothing else is said; alerts for where they live reach them."""
    agreed = agreed or Agreed(ConsentWay.DESK, now)
    consent = GivenConsent(Purpose.EMERGENCY, given=True, words=new.words)
    wishes = Wishes("en" if new.language == "en" else "fr", (), [new.home], [consent])
    row = new_subscriber(agent.collectivity, SubscriberKind.REGISTER, wishes, now)
    key = await persons.of(row.id)
    reach(row, key, index, new.email, new.phone)
    row.prefers_calls = bool(new.content.get("prefers_calls"))
    session.add(row)
    await session.flush()
    await subscribers.put_places(session, row, wishes.places, key)
    agree(session, row, wishes.consents, agreed.way, agreed.at)
    entry = RegisterEntry(
        id=row.id,
        collectivity=row.collectivity,
        content=key.seal("register_entry.content", json.dumps(dict(new.content))),
        author=agent.person,
        version=1,
        created_at=now,
        checked_at=now,
    )
    read_entry(entry, new.content, index)
    session.add(entry)
    register.note_access(session, row.collectivity, agent.person, "enter", now, entry=row.id)
    await session.flush()
    return entry


def reach(row: Subscriber, key: PersonKey, index: BlindIndex, email: str | None, phone: str | None) -> None:
    """How somebody is told; a fixed line is called: no text message is sent there in vain."""
    row.email = key.seal("subscriber.email", email) if email else None
    row.email_mark = address_mark(index, Channel.EMAIL, email) if email else None
    row.phone = key.seal("subscriber.phone", phone) if phone else None
    row.line_mark = address_mark(index, Channel.SMS, phone) if phone else None
    row.phone_mark = row.line_mark if phone and takes_texts(phone) else None


async def opened(persons: PersonKeys, rows: list[RegisterEntry]) -> list[tuple[RegisterEntry, dict[str, Any]]]:
    """With what is sealed; entries whose key is gone are left out."""
    keys = await persons.of_many({row.id for row in rows})
    return [
        (row, json.loads(keys[row.id].open("register_entry.content", row.content))) for row in rows if row.id in keys
    ]


async def take_out(session: AsyncSession, agent: Principal, entry_id: UUID, *, version: int, now: datetime) -> None:
    """Take somebody out; the caller destroys the key after the commit. Raises NotFoundError, StaleVersionError."""
    entry = await register.one(session, agent.collectivity, entry_id, locked=True)
    if entry.version != version:
        raise StaleVersionError
    register.note_access(session, agent.collectivity, agent.person, "take-out", now, entry=entry_id)
    await session.flush()
    await subscribers.remove(session, await subscribers.one(session, entry_id))
