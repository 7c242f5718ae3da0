# SPDX-License-Identifier: EUPL-1.2
"""Somebody with an account says what of the town they want to be told, where, and to what they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import subscribers
from parvis_notifications.db.subscription_tables import Consent, Place, Subscriber, Subscription
from parvis_notifications.domain.errors import RepeatedChoiceError, StaleVersionError, UnknownTopicsError
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.subscribing import (
    ConsentWay,
    GivenConsent,
    SubscriberKind,
    SubscriberState,
    Wishes,
)
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.message_languages import check_language
from parvis_notifications.service.start_texts import start_by_choice


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody chose, as it is kept; ``row`` is None for who never did."""

    row: Subscriber | None
    topics: Sequence[Subscription] = ()
    places: Sequence[Place] = ()
    consents: Sequence[Consent] = ()


async def read_told(session: AsyncSession, row: Subscriber | None) -> Told:
    """All of it."""
    if row is None:
        return Told(None)
    return Told(
        row,
        await subscribers.topics_of(session, row.id),
        await subscribers.places_of(session, row.id),
        await subscribers.consents_of(session, row.id),
    )


async def choose_subscriptions(
    session: AsyncSession, reader: Reader, wishes: Wishes, key: PersonKey, *, version: int, now: datetime
) -> Subscriber:
    """Put these in the place of the version that the reader saw, which is 0 where there is none.

    How an account is reached is asked of identity afterwards. Raises StaleVersionError, UnknownTopicsError,
    RepeatedChoiceError, LanguageNotOfferedError.
    """
    await subscribers.lock_address(session, reader.collectivity, reader.person.bytes)
    row = await subscribers.of_person(session, reader.collectivity, reader.person, locked=True)
    if (row.version if row else 0) != version:
        raise StaleVersionError
    await check_topics(session, reader.collectivity, wishes)
    await check_language(session, reader.collectivity, wishes.language, row.language if row else None)
    if row is None:
        row = new_subscriber(reader.collectivity, SubscriberKind.ACCOUNT, wishes, now, person=reader.person)
        session.add(row)
        await session.flush()
    else:
        row.version, row.language, row.updated_at = version + 1, wishes.language, now
        row.prefers_calls = wishes.prefers_calls
    before = {each.topic for each in await subscribers.topics_of(session, row.id) if Channel.SMS in each.channels}
    if any(Channel.SMS in each.channels and each.topic not in before for each in wishes.topics):
        await start_by_choice(session, reader, now)
    await subscribers.put_topics(session, row, wishes.topics)
    await subscribers.put_places(session, row, wishes.places, key)
    agree(session, row, wishes.consents, ConsentWay.ACCOUNT, now)
    await session.flush()
    return row


def new_subscriber(
    collectivity: str, kind: SubscriberKind, wishes: Wishes, now: datetime, *, person: UUID | None = None
) -> Subscriber:
    """A row of somebody new; what they have no account for waits for its confirmation."""
    id_ = uuid7()
    return Subscriber(
        id=id_,
        collectivity=collectivity,
        kind=kind,
        state=SubscriberState.PENDING if kind is SubscriberKind.ADDRESS else SubscriberState.ACTIVE,
        person=person,
        key_person=person or id_,
        language=wishes.language,
        prefers_calls=wishes.prefers_calls,
        contact_due_at=now if person else None,
        version=1,
        created_at=now,
        updated_at=now,
    )


def agree(
    session: AsyncSession, row: Subscriber, given: Sequence[GivenConsent], way: ConsentWay, now: datetime
) -> None:
    """Do as was answered, and keep each answer that changes something with its words."""
    changed = [each for each in given if (getattr(row, subscribers.SINCE[each.purpose]) is not None) != each.given]
    for each in changed:
        setattr(row, subscribers.SINCE[each.purpose], now if each.given else None)
    subscribers.add_consents(session, row, changed, way, now)


async def check_topics(session: AsyncSession, collectivity: str, wishes: Wishes) -> None:
    """Raises UnknownTopicsError for one that the town does not have, RepeatedChoiceError for what is said twice."""
    codes = [each.topic for each in wishes.topics]
    purposes = [each.purpose for each in wishes.consents]
    if len(set(codes)) < len(codes) or len(set(purposes)) < len(purposes):
        raise RepeatedChoiceError
    if codes and await subscribers.unknown_topics(session, collectivity, codes):
        raise UnknownTopicsError
