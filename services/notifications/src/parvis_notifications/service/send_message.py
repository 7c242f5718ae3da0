# SPDX-License-Identifier: EUPL-1.2
"""An application has a message sent: written by a published template, sealed, counted and put on its way at once.

From there it goes the way of every message: claimed, handed over once, looked up where its fate is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import sendable_templates, sending_jobs, sending_keys
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.template_tables import MessageTemplateVersion
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.errors import (
    GuestsOnlyError,
    NotFoundError,
    ScheduleRefusedError,
    TemplateUnknownError,
    TooManySentError,
)
from parvis_notifications.domain.message_template import Content, wrong_values
from parvis_notifications.domain.sending import APPLICATION_MESSAGE, KeyKind, Sender
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.edit_templates import TemplateFaultsError
from parvis_notifications.service.render_template import Variants, as_given, bounded, render
from parvis_notifications.service.write_letter import check_printable

SOURCE: Final = "/parvis/notifications/sent-messages"
FARTHEST: Final = timedelta(days=90)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_SPANS: Final = {Channel.LETTER: "letter-day", Channel.VOICE: "call-day"}


@dataclass(frozen=True, slots=True)
class Order:
    """A message to send; ``to`` is in its normal form, ``recipient`` its opaque name and ``key`` its key.

    One without a template is a letter that came as a PDF.
    """

    channel: Channel
    to: str
    recipient: UUID
    key: PersonKey
    template_id: UUID | None
    values: Mapping[str, str | list[str]]
    language: str = "fr"
    reference: str | None = None
    reference_index: bytes | None = None
    scheduled_at: datetime | None = None
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is on its way."""

    id: UUID
    language: str
    template: MessageTemplateVersion
    variants: Variants


async def sendable(
    session: AsyncSession, collectivity: str, template_id: UUID, channel: Channel
) -> MessageTemplateVersion:
    """The version that holds of a template for applications; raises TemplateUnknownError."""
    try:
        version = await sendable_templates.holding(session, collectivity, template_id)
    except NotFoundError as error:
        raise TemplateUnknownError from error
    if channel not in version.content["channels"]:
        raise TemplateUnknownError
    return version


def written(
    content: Content, channel: Channel, language: str, values: Mapping[str, str | list[str]]
) -> tuple[str, Variants]:
    """The language that was had and the words.

    Raises TemplateFaultsError, also for a letter in a script that none shows, FilledTooLongError.
    """
    given = as_given(values)
    if found := wrong_values(content.variables, given):
        raise TemplateFaultsError(found)
    had, variants = render(content, language, given)
    bounded(channel, variants)
    if channel is Channel.LETTER:
        check_printable(variants)
    return had, variants


async def send_message(session: AsyncSession, sender: Sender, order: Order, now: datetime) -> Sent:
    """In the caller's transaction.

    Raises GuestsOnlyError, ScheduleRefusedError, TemplateUnknownError, TemplateFaultsError, FilledTooLongError,
    TooManySentError.
    """
    if not sender.may_write_to(order.to):
        raise GuestsOnlyError
    if order.template_id is None:
        raise TemplateUnknownError
    if order.scheduled_at and not now < order.scheduled_at <= now + FARTHEST:
        raise ScheduleRefusedError
    version = await sendable(session, sender.collectivity, order.template_id, order.channel)
    language, variants = written(from_json(version.content), order.channel, order.language, order.values)
    message_id = uuid7()
    await sending_jobs.write(
        session,
        [message_row(sender, order, message_id, language, variants, now)],
        [delivery_row(sender, order, message_id, uuid7(), now)],
        [sent_row(sender, order, message_id, version.number, now)],
    )
    await count(session, sender, 1, now, order.channel)
    return Sent(message_id, language, version, variants)


async def count(session: AsyncSession, sender: Sender, more: int, now: datetime, channel: Channel) -> None:
    """Count them against the key's limits, last in a transaction: what is refused leaves nothing. TooManySentError."""
    minute = now.replace(second=0, microsecond=0)
    await _counted(session, sender, more, ("minute", minute, _MINUTE, sender.per_minute), now)
    await count_day(session, sender, more, now, channel)


async def count_day(session: AsyncSession, sender: Sender, more: int, now: datetime, channel: Channel) -> None:
    """Count them against the key's day alone, as a file is, and what is paid for dearly against a day of its own.

    Raises TooManySentError.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    await _counted(session, sender, more, ("day", day, _DAY, sender.per_day), now)
    if channel in _SPANS and sender.kind is not KeyKind.TEST:
        await _counted(session, sender, more, (_SPANS[channel], day, _DAY, sender.own_day(channel) or 0), now)


async def count_files(session: AsyncSession, sender: Sender, size: int, most_mib: int, now: datetime) -> None:
    """Count so many bytes of files against the key's day, each begun KiB; raises TooManySentError."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    kib = -(-size // 1_024)
    await _counted(session, sender, kib, ("file-kib-day", day, _DAY, most_mib * 1_024), now)


async def _counted(
    session: AsyncSession, sender: Sender, more: int, limit: tuple[str, datetime, timedelta, int], now: datetime
) -> None:
    (span, began, lasts, allowed), who = limit, (sender.key_id, sender.collectivity)
    if not await sending_keys.count_sent(session, *who, span=span, began_at=began, more=more, allowed=allowed):
        raise TooManySentError(span, allowed, max(1, int((began + lasts - now).total_seconds()) + 1))


def message_row(
    sender: Sender, order: Order, message_id: UUID, language: str, variants: Variants, now: datetime
) -> dict[str, Any]:
    """The message, sealed with its recipient's key."""
    key, channel = order.key, order.channel
    said = {Channel.SMS: variants.sms, Channel.VOICE: variants.voice}.get(channel, variants.text)
    return {
        "id": message_id,
        "collectivity": sender.collectivity,
        "person": order.recipient,
        "position": None,
        "event_source": SOURCE,
        "event_id": message_id,
        "template": APPLICATION_MESSAGE,
        "language": language,
        "subject": key.seal("message.subject", variants.subject),
        "body": key.seal("message.body", said),
        "html": key.seal("message.html", variants.html) if channel is Channel.EMAIL else None,
        "sms": key.seal("message.sms", variants.sms) if channel is Channel.SMS else None,
        "voice": key.seal("message.voice", variants.voice) if channel is Channel.VOICE else None,
        "link": "",
        "secret_link": key.seal("message.secret_link", order.unsubscribe_url) if order.unsubscribe_url else None,
        "version": 1,
        "sequence": 0,
        "created_at": now,
    }


def delivery_row(
    sender: Sender, order: Order, message_id: UUID, delivery_id: UUID, now: datetime, *, bulk: bool = False
) -> dict[str, Any]:
    """Its way, from its time on; one of many waits while others are due."""
    return {
        "bulk": bulk,
        "id": delivery_id,
        "message_id": message_id,
        "channel": order.channel,
        "collectivity": sender.collectivity,
        "address": order.key.seal(SEALED_ADDRESS, order.to),
        "state": SendingState.PENDING,
        "attempts": 0,
        "not_before_at": order.scheduled_at,
        "due_at": order.scheduled_at or now,
        "traceparent": current_traceparent(),
        "created_at": now,
    }


def sent_row(
    sender: Sender, order: Order, message_id: UUID, version: int | None, now: datetime, *, by_file: bool = False
) -> dict[str, Any]:
    """Who had it sent, and by what."""
    reference = order.reference
    return {
        "id": message_id,
        "collectivity": sender.collectivity,
        "application": sender.application,
        "kind": sender.kind,
        "key_id": sender.key_id,
        "channel": order.channel,
        "recipient": order.recipient,
        "template_id": order.template_id,
        "template_version": version,
        "reference": order.key.seal("sent_message.reference", reference) if reference is not None else None,
        "reference_index": order.reference_index,
        "scheduled_at": order.scheduled_at,
        "by_file": by_file,
        "created_at": now,
    }
