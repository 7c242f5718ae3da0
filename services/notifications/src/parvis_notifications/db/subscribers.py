# SPDX-License-Identifier: EUPL-1.2
"""Who is told of what happens in the town, and what they chose."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_notifications.db.subscription_tables import Consent, NewsTopic, Place, Subscriber, Subscription
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.subscribing import (
    Choice,
    ConsentWay,
    GivenConsent,
    NewPlace,
    Purpose,
    SubscriberKind,
    SubscriberState,
)
from parvis_notifications.domain.topic import Channel

SINCE: Final = {Purpose.NEWS: "news_at", Purpose.EMERGENCY: "emergency_at", Purpose.EXERCISE: "exercise_at"}


async def of_person(
    session: AsyncSession, collectivity: str, person: UUID, *, locked: bool = False
) -> Subscriber | None:
    """The subscriber that an account is in one collectivity."""
    wanted = select(Subscriber).where(Subscriber.collectivity == collectivity, Subscriber.person == person)
    return (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()


async def everywhere(session: AsyncSession, person: UUID) -> Sequence[Subscriber]:
    """The subscribers that an account is, in each collectivity, locked."""
    wanted = select(Subscriber).where(Subscriber.person == person).order_by(Subscriber.id).with_for_update()
    return (await session.scalars(wanted)).all()


async def one(session: AsyncSession, subscriber_id: UUID, *, locked: bool = False) -> Subscriber:
    """By its id; raises NotFoundError."""
    wanted = select(Subscriber).where(Subscriber.id == subscriber_id)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def hold(session: AsyncSession, subscriber_id: UUID) -> Subscriber:
    """By its id, locked, and its address before it, as whoever confirms locks the others of that address.

    Raises NotFoundError.
    """
    mark = func.coalesce(Subscriber.email_mark, Subscriber.phone_mark)
    found = await session.execute(select(Subscriber.collectivity, mark).where(Subscriber.id == subscriber_id))
    for collectivity, address in found:
        if address is not None:
            await lock_address(session, collectivity, address)
    return await one(session, subscriber_id, locked=True)


async def topics_of(session: AsyncSession, subscriber_id: UUID) -> Sequence[Subscription]:
    """What they subscribed to, by topic."""
    wanted = select(Subscription).where(Subscription.subscriber_id == subscriber_id).order_by(Subscription.topic)
    return (await session.scalars(wanted)).all()


async def places_of(session: AsyncSession, subscriber_id: UUID) -> Sequence[Place]:
    """Where they care for, in the order in which they said so."""
    wanted = select(Place).where(Place.subscriber_id == subscriber_id).order_by(Place.ordinal)
    return (await session.scalars(wanted)).all()


async def consents_of(session: AsyncSession, subscriber_id: UUID) -> Sequence[Consent]:
    """Their last word on each purpose."""
    wanted = (
        select(Consent)
        .where(Consent.subscriber_id == subscriber_id)
        .distinct(Consent.purpose)
        .order_by(Consent.purpose, Consent.created_at.desc(), Consent.id.desc())
    )
    return (await session.scalars(wanted)).all()


async def put_topics(session: AsyncSession, row: Subscriber, chosen: Sequence[Choice]) -> None:
    """These in the place of what they subscribed to."""
    await session.execute(delete(Subscription).where(Subscription.subscriber_id == row.id))
    session.add_all(
        Subscription(
            subscriber_id=row.id,
            topic=each.topic,
            collectivity=row.collectivity,
            channels=list(each.channels),
            digest=each.digest,
        )
        for each in chosen
    )


async def put_places(session: AsyncSession, row: Subscriber, places: Sequence[NewPlace], key: PersonKey) -> None:
    """These in the place of those that there were."""
    await session.execute(delete(Place).where(Place.subscriber_id == row.id))
    session.add_all(
        Place(
            id=uuid7(),
            subscriber_id=row.id,
            collectivity=row.collectivity,
            ordinal=ordinal,
            label=key.seal("place.label", each.label),
            position=each.position,
            radius=each.radius,
            outline=each.outline,
        )
        for ordinal, each in enumerate(places)
    )


def add_consents(
    session: AsyncSession, row: Subscriber, given: Sequence[GivenConsent], way: ConsentWay, now: datetime
) -> None:
    """Keep these answers; the state of the subscriber is the caller's to change."""
    session.add_all(
        Consent(
            id=uuid7(),
            subscriber_id=row.id,
            collectivity=row.collectivity,
            purpose=each.purpose,
            given=each.given,
            words=each.words,
            way=way,
            created_at=now,
        )
        for each in given
    )


async def consent_by_account(session: AsyncSession, subscriber_id: UUID, words: str, at: datetime) -> None:
    """Keep that who is in the register has asked for it then in these words, beside what was answered for them."""
    agreed = GivenConsent(Purpose.EMERGENCY, given=True, words=words)
    add_consents(session, await one(session, subscriber_id), [agreed], ConsentWay.ACCOUNT, at)


async def drop_consent_by_account(session: AsyncSession, subscriber_id: UUID) -> None:
    """Forget the one kept last; never the first, to which the entry itself was made."""
    kept = select(Consent.id).where(Consent.subscriber_id == subscriber_id, Consent.way == ConsentWay.ACCOUNT)
    before = aliased(Consent)
    kept = kept.where(exists().where(before.subscriber_id == subscriber_id, before.id < Consent.id))
    last = kept.order_by(Consent.id.desc()).limit(1).scalar_subquery()
    gone = delete(Consent).where(Consent.id == last)
    await session.execute(gone.execution_options(synchronize_session=False))


async def drop_topic(session: AsyncSession, subscriber_id: UUID, topic: str) -> None:
    """One topic less."""
    gone = delete(Subscription).where(Subscription.subscriber_id == subscriber_id, Subscription.topic == topic)
    await session.execute(gone)


async def remove(session: AsyncSession, row: Subscriber) -> None:
    """With places, topics, consents and codes."""
    await session.execute(delete(Subscriber).where(Subscriber.id == row.id))


async def unknown_topics(session: AsyncSession, collectivity: str, codes: Sequence[str]) -> list[str]:
    """Those of the codes that are no topic of the collectivity's, or none any more."""
    wanted = select(NewsTopic.code).where(
        NewsTopic.collectivity == collectivity, NewsTopic.code.in_(codes), NewsTopic.active
    )
    known = set((await session.scalars(wanted)).all())
    return [code for code in codes if code not in known]


async def topics(session: AsyncSession, collectivity: str, *, retired: bool = False) -> Sequence[NewsTopic]:
    """All topics of a collectivity by their codes."""
    wanted = select(NewsTopic).where(NewsTopic.collectivity == collectivity)
    wanted = wanted if retired else wanted.where(NewsTopic.active)
    return (await session.scalars(wanted.order_by(NewsTopic.code))).all()


async def lock_address(session: AsyncSession, collectivity: str, mark: bytes) -> None:
    """Until the transaction ends nobody else asks or confirms for that address."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    await session.execute(lock, {"who": f"subscriber/{collectivity}/{mark.hex()}"})


def marked(channel: Channel, mark: bytes) -> ColumnElement[bool]:
    """Has that address."""
    return (Subscriber.email_mark if channel is Channel.EMAIL else Subscriber.phone_mark) == mark


def in_town(collectivity: str) -> ColumnElement[bool]:
    """Is of that collectivity."""
    return Subscriber.collectivity == collectivity


def by_text() -> ColumnElement[bool]:
    """Is reached by text message."""
    return Subscriber.phone_mark.is_not(None)


async def pending(session: AsyncSession, *what: ColumnElement[bool], since: datetime) -> int:
    """How many of them have not been confirmed, of those who asked since then."""
    wanted = select(func.count()).select_from(Subscriber).where(Subscriber.state == SubscriberState.PENDING.value)
    return await session.scalar(wanted.where(Subscriber.created_at > since, *what)) or 0


async def pending_of(session: AsyncSession, channel: Channel, mark: bytes, *, since: datetime) -> int:
    """How many have not been confirmed of those who asked since then for one address, in whichever collectivity."""
    towns = select(NewsTopic.collectivity).distinct()
    return await pending(session, Subscriber.collectivity.in_(towns), marked(channel, mark), since=since)


async def same_address(session: AsyncSession, row: Subscriber, channel: Channel, mark: bytes) -> Sequence[Subscriber]:
    """Who else has that address without an account, confirmed or not."""
    wanted = select(Subscriber).where(
        Subscriber.collectivity == row.collectivity,
        marked(channel, mark),
        Subscriber.kind == SubscriberKind.ADDRESS.value,
        Subscriber.id != row.id,
    )
    return (await session.scalars(wanted.order_by(Subscriber.id).with_for_update())).all()


async def contact_changed(session: AsyncSession, person: UUID) -> None:
    """How an account is reached is asked for again, in each collectivity where it is told of something."""
    changed = update(Subscriber).where(Subscriber.person == person).values(contact_due_at=func.now())
    await session.execute(changed.execution_options(synchronize_session=False))


async def at(session: AsyncSession, collectivity: str, channel: Channel, mark: bytes) -> Sequence[Subscriber]:
    """Those at that address, with an account or without, locked."""
    wanted = select(Subscriber).where(Subscriber.collectivity == collectivity, marked(channel, mark))
    return (await session.scalars(wanted.order_by(Subscriber.id).with_for_update())).all()


async def drop_channel(session: AsyncSession, subscriber_id: UUID, channel: Channel) -> bool:
    """Take the channel out of each topic, and topics out that have no other; False where none had it."""
    dropped = False
    for each in await topics_of(session, subscriber_id):
        if channel.value in each.channels:
            each.channels, dropped = [other for other in each.channels if other != channel.value], True
            if not each.channels:
                await session.delete(each)
    return dropped
