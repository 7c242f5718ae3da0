# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account asks to be told, and confirms that the address is theirs (double opt-in).

Whether the address was known already is told to nobody: each call is answered alike. Whoever has the address gets a
link or a code; what they had chosen before stands until they confirm.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import dead_addresses, inbox_positions, messages, subscribers, text_stops
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.subscription_tables import Subscriber, SubscriptionCode
from parvis_notifications.db.text_stops import THE_TOWN
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.errors import NotFoundError, TooManyPendingError, WrongCodeError
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.subscribing import (
    CODE_TRIES,
    CONFIRMATION_TIME,
    PENDING_PER_ADDRESS,
    ConsentWay,
    Purpose,
    SubscriberKind,
    SubscriberState,
    Wishes,
)
from parvis_notifications.domain.text_stop import StopWay
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.message_languages import check_language
from parvis_notifications.service.subscribe import check_topics, new_subscriber
from parvis_notifications.service.subscription_links import subscription_url
from parvis_notifications.service.templates import Templates
from parvis_notifications.settings import Settings

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SOURCE: Final = "/parvis/notifications"
EVERYWHERE: Final = "*"
"""In the place of a collectivity: an address is bounded over all of them."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Who asks: in which town, and at which address, as its envelope or E.164 has it."""

    collectivity: str
    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Office:
    """What the use cases need of the process."""

    persons: PersonKeys
    index: BlindIndex
    templates: Templates
    tokens: DeliveryTokens
    settings: Settings

    def mark(self, alone: Alone) -> bytes:
        """The blind index of an address."""
        return address_mark(self.index, alone.channel, alone.address)

    def code_mark(self, subscriber: UUID, code: str) -> bytes:
        """The blind index of a code."""
        return self.index.of("subscription_code.mark", f"{subscriber}/{code}")


def address_mark(index: BlindIndex, channel: Channel, address: str) -> bytes:
    """The blind index of an address, whichever way its letters are written."""
    return index.of(f"subscriber.{channel}", address.casefold())


async def tells(session: AsyncSession, collectivity: str) -> None:
    """Nothing for a collectivity that tells people of something; raises NotFoundError for a name that is none."""
    if not await subscribers.topics(session, collectivity):
        raise NotFoundError


async def ask_to_be_told(session: AsyncSession, office: Office, alone: Alone, wishes: Wishes, now: datetime) -> UUID:
    """Keep what they want until they confirm it; returns the id that a code is given back for.

    Raises UnknownTopicsError, RepeatedChoiceError, LanguageNotOfferedError, TooManyPendingError.
    """
    await check_topics(session, alone.collectivity, wishes)
    await check_language(session, alone.collectivity, wishes.language, None)
    await _bounded(session, office.settings, alone, now)
    mark = office.mark(alone)
    await subscribers.lock_address(session, EVERYWHERE, mark)
    if await subscribers.pending_of(session, alone.channel, mark, since=now - _DAY) >= PENDING_PER_ADDRESS:
        return uuid7()  # whoever has the address was asked often enough
    row = new_subscriber(alone.collectivity, SubscriberKind.ADDRESS, wishes, now)
    key = await office.persons.of(row.key_person)
    _address(row, alone, mark, key)
    session.add(row)
    await session.flush()
    await subscribers.put_topics(session, row, wishes.topics)
    await subscribers.put_places(session, row, wishes.places, key)
    subscribers.add_consents(session, row, wishes.consents, ConsentWay.CONFIRMATION, now)
    code = f"{secrets.randbelow(1_000_000):06}"
    session.add(
        SubscriptionCode(
            subscriber_id=row.id,
            collectivity=row.collectivity,
            mark=office.code_mark(row.id, code),
            tries=0,
            expires_at=now + CONFIRMATION_TIME,
        )
    )
    await _send(session, office, row, alone, key, code, now)
    return row.id


async def _bounded(session: AsyncSession, settings: Settings, alone: Alone, now: datetime) -> None:
    """Text messages have bounds of their own: each costs, and they are asked for by anybody."""
    since, town = now - _HOUR, subscribers.in_town(alone.collectivity)
    if await subscribers.pending(session, town, since=since) >= settings.pending_per_hour:
        raise TooManyPendingError
    if alone.channel is Channel.SMS:
        by_text = subscribers.by_text()
        if await subscribers.pending(session, town, by_text, since=since) >= settings.pending_texts_per_hour:
            raise TooManyPendingError
        if await subscribers.pending(session, by_text, since=since) >= settings.pending_texts_of_all_per_hour:
            raise TooManyPendingError


def _address(row: Subscriber, alone: Alone, mark: bytes, key: PersonKey) -> None:
    if alone.channel is Channel.EMAIL:
        row.email, row.email_mark = key.seal("subscriber.email", alone.address), mark
    else:
        row.phone = key.seal("subscriber.phone", alone.address)
        row.phone_mark = row.line_mark = mark


async def _send(
    session: AsyncSession, office: Office, row: Subscriber, alone: Alone, key: PersonKey, code: str, now: datetime
) -> None:
    """The mail or text message that asks them, by the way of all that is not for many."""
    by_text = alone.channel is Channel.SMS
    occasion = Template.SUBSCRIPTION_CODE if by_text else Template.SUBSCRIPTION_TO_CONFIRM
    language = shipped(row.language)
    words = office.templates.words(occasion, language, code=code)
    link = subscription_url(office.settings.public_url, office.tokens.for_link(row.id))
    message_id = uuid7()
    await messages.add(
        session,
        id=message_id,
        collectivity=row.collectivity,
        person=row.key_person,
        position=await inbox_positions.advance(session, row.collectivity, row.key_person),
        event_source=_SOURCE,
        event_id=row.id,
        template=occasion,
        language=language,
        subject=key.seal("message.subject", words.subject),
        body=key.seal("message.body", words.body),
        link=office.settings.public_url,
        secret_link=key.seal("message.secret_link", link),
        invitation=None,
        created_at=now,
    )
    messages.add_delivery(
        session,
        id=uuid7(),
        message_id=message_id,
        channel=alone.channel,
        collectivity=row.collectivity,
        address=key.seal(SEALED_ADDRESS, alone.address),
        not_before_at=None,
        due_at=now,
        useless_at=now + CONFIRMATION_TIME,
        traceparent=current_traceparent(),
        created_at=now,
    )


async def confirm_by_code(
    session: AsyncSession, office: Office, collectivity: str, subscriber: UUID, code: str, now: datetime
) -> Sequence[UUID] | None:
    """The subscribers whom this one replaces, or None for a wrong code; in both cases the caller commits.

    Raises NotFoundError for one that is not, or no longer, to be confirmed: also after five wrong codes.
    """
    row = await subscribers.hold(session, subscriber)
    if row.collectivity == collectivity and row.state == SubscriberState.ACTIVE:
        return []  # by the link, or by the same call before
    asked = await session.get(SubscriptionCode, row.id)
    if row.collectivity != collectivity or asked is None or asked.expires_at <= now or asked.tries >= CODE_TRIES:
        raise NotFoundError
    asked.tries += 1
    if not secrets.compare_digest(asked.mark, office.code_mark(row.id, code)):
        return None
    return await activate(session, row, now)


async def activate(session: AsyncSession, row: Subscriber, now: datetime) -> Sequence[UUID]:
    """The address is theirs: from now on they are told, by this choice alone; ``row`` is held.

    Returns whom it replaces, nobody where it was confirmed before; raises NotFoundError where it was too late.
    """
    if row.state == SubscriberState.ACTIVE:
        return []
    asked = await session.get(SubscriptionCode, row.id)
    if asked is None or asked.expires_at <= now:
        raise NotFoundError
    channel, mark = (Channel.EMAIL, row.email_mark) if row.email_mark else (Channel.SMS, row.phone_mark or b"")
    before = await subscribers.same_address(session, row, channel, mark)
    for each in before:
        await subscribers.remove(session, each)
    for answer in await subscribers.consents_of(session, row.id):
        setattr(row, subscribers.SINCE[Purpose(answer.purpose)], now if answer.given else None)
    await dead_addresses.revive(session, channel, [mark] if mark else [])
    if channel is Channel.SMS:
        await text_stops.lift(session, row.collectivity, THE_TOWN, [mark], way=StopWay.SUBSCRIPTION, at=now)
    row.state, row.version, row.updated_at = SubscriberState.ACTIVE, row.version + 1, now
    await session.delete(asked)
    return [each.id for each in before]


def wrong_code(replaced: Sequence[UUID] | None) -> Sequence[UUID]:
    """The same once it has been committed; raises WrongCodeError."""
    if replaced is None:
        raise WrongCodeError
    return replaced
