# SPDX-License-Identifier: EUPL-1.2
"""What one account has in its inboxes moves to the account that took its place.

Messages and addresses are sealed anew with the other person's key. Where both chose how to be told in a collectivity,
the choice under the account that stays is the one that holds.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_notifications.db import (
    chats,
    conversations,
    digests,
    help_marks,
    inbox_entries,
    inbox_positions,
    merged_accounts,
    push_subscriptions,
    subscribers,
)
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.subscribing import MOST_PLACES, Purpose
from parvis_notifications.service.chat_addresses import reseal_chat
from parvis_notifications.service.merge_register import move_register
from parvis_notifications.service.push_browsers import reseal

_SEALED: Final = ("subject", "body", "html", "sms", "voice", "spare", "secret_link", "invitation")
"""Of a message, by its person's key."""


async def follow_merge(
    session: AsyncSession, persons: PersonKeys, absorbed: UUID, into: UUID, collectivity: str
) -> None:
    """Move all that there is, in every collectivity: an account is the deployment's. In the event's transaction."""
    # First the notices: whoever composes one holds it until its message is there to be moved.
    kept = await merged_accounts.remember(session, absorbed, into, collectivity)
    await merged_accounts.move_notices(session, absorbed, kept)
    await merged_accounts.move_preferences(session, absorbed, kept)
    await merged_accounts.move_what_is_known(session, absorbed, kept)
    await conversations.move(session, absorbed, kept)
    try:
        old, new = await persons.of(absorbed), await persons.of(kept)
    except KeyDestroyedError:
        return  # one of the two was erased: nobody reads these words any more
    await _move_subscriptions(session, absorbed, kept, old, new)
    await _move_notes(session, absorbed, kept, old, new)
    await move_register(session, absorbed, kept, collectivity, old, new)
    await _move_digests(session, absorbed, kept, old, new)
    await _move_chats(session, absorbed, kept, old, new)
    for browser in await push_subscriptions.everywhere(session, absorbed):
        reseal(browser, old, new)
        browser.person = kept
    for message in await merged_accounts.messages_of(session, absorbed):
        for name in _SEALED:
            if sealed := getattr(message, name):
                setattr(message, name, new.seal(f"message.{name}", old.open(f"message.{name}", sealed)))
        message.person = kept
        message.position = await inbox_positions.advance(session, message.collectivity, kept)
        message.version += 1
        for delivery in await merged_accounts.deliveries_of(session, message.id):
            address = old.open(SEALED_ADDRESS, delivery.address)
            delivery.address = new.seal(SEALED_ADDRESS, address)
            merged_accounts.withdraw(delivery)
    await session.flush()


async def _move_chats(session: AsyncSession, absorbed: UUID, kept: UUID, old: PersonKey, new: PersonKey) -> None:
    """The address that the account which stays has confirmed is the one that holds; what waits for a code goes."""
    for row in await chats.everywhere(session, absorbed):
        if row.confirmed_at is None or await chats.confirmed(session, kept, row.collectivity) is not None:
            await chats.remove(session, row)
            continue
        reseal_chat(row, old, new)
        row.person = kept
        await session.flush()


async def _move_digests(session: AsyncSession, absorbed: UUID, kept: UUID, old: PersonKey, new: PersonKey) -> None:
    """What is gathered goes with what the other account gathers; what was made a mail is sealed anew."""
    for digest in await digests.everywhere(session, absorbed):
        if digest.closed_at is None:
            await digests.pour(session, digest, kept)
            continue
        if digest.subject is not None and digest.body is not None:
            digest.subject = new.seal("digest.subject", old.open("digest.subject", digest.subject))
            digest.body = new.seal("digest.body", old.open("digest.body", digest.body))
        if digest.html is not None:
            digest.html = new.seal("digest.html", old.open("digest.html", digest.html))
        digest.person = kept


async def _move_notes(session: AsyncSession, absorbed: UUID, kept: UUID, old: PersonKey, new: PersonKey) -> None:
    """What agents noted of help that they needed is sealed anew."""
    for mark in await help_marks.noted(session, absorbed):
        if mark.note is not None:
            mark.note = new.seal(help_marks.SEALED_NOTE, old.open(help_marks.SEALED_NOTE, mark.note))
        mark.key_person = kept


async def _move_subscriptions(
    session: AsyncSession, absorbed: UUID, kept: UUID, old: PersonKey, new: PersonKey
) -> None:
    """Where the account that stays has chosen nothing, what the other chose is its own; how it is reached is asked."""
    for row in await subscribers.everywhere(session, absorbed):
        stays = await subscribers.of_person(session, row.collectivity, kept, locked=True)
        if stays is not None:
            await _take_over(session, row, stays, old, new)
            await inbox_entries.move(session, row.id, stays.id)
            await subscribers.remove(session, row)
            continue
        for place in await subscribers.places_of(session, row.id):
            place.label = new.seal("place.label", old.open("place.label", place.label))
        row.person = row.key_person = kept
        row.email = row.email_mark = row.phone = row.phone_mark = row.line_mark = None
        row.version, row.contact_due_at = row.version + 1, func.now()
        await session.flush()


async def _take_over(
    session: AsyncSession, gone: Subscriber, stays: Subscriber, old: PersonKey, new: PersonKey
) -> None:
    """What the account that stays was never asked and the other agreed to: alerts would be lost, and nobody told."""
    answered = {each.purpose for each in await subscribers.consents_of(session, stays.id)}
    taken = [each for each in await subscribers.consents_of(session, gone.id) if each.purpose not in answered]
    for consent in taken:
        since = subscribers.SINCE[Purpose(consent.purpose)]
        setattr(stays, since, getattr(gone, since))
        consent.subscriber_id = stays.id
    if Purpose.EMERGENCY in {consent.purpose for consent in taken}:
        there = len(await subscribers.places_of(session, stays.id))
        for place in (await subscribers.places_of(session, gone.id))[: max(MOST_PLACES - there, 0)]:
            place.label = new.seal("place.label", old.open("place.label", place.label))
            place.subscriber_id, place.ordinal = stays.id, there + place.ordinal
    news = Purpose.NEWS in {consent.purpose for consent in taken}
    if news and not await subscribers.topics_of(session, stays.id):
        for topic in await subscribers.topics_of(session, gone.id):
            topic.subscriber_id = stays.id
    if taken:
        stays.version += 1
    await session.flush()
