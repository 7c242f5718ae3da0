# SPDX-License-Identifier: EUPL-1.2
"""Before a piece of news goes: what it says by each channel, whom it would reach at what cost, and a copy to try."""

import json
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db import audiences, broadcasts
from parvis_notifications.db.audiences import Coverage
from parvis_notifications.db.broadcast_deliveries import OpenBroadcast
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.sms import Length, length
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.bulk_mail import filled
from parvis_notifications.service.broadcast_words import BroadcastWords, news_link
from parvis_notifications.service.chat_routes import channels_of, chat_price
from parvis_notifications.service.edit_templates import Writer
from parvis_notifications.service.render_template import Variants
from parvis_notifications.service.subscription_links import subscription_url
from parvis_notifications.service.try_template import try_template
from parvis_notifications.settings import Settings

_SAMPLE: Final = "x" * 20
"""In the place of a recipient's own link: as long as that of a text message."""


@dataclass(frozen=True, slots=True)
class NewsPreview:
    """What recipients get; their own links are samples, which lead nowhere."""

    language: str
    subject: str
    text: str
    html: str
    sms: str
    sms_length: Length
    push_title: str
    push_body: str


@dataclass(frozen=True, slots=True)
class NewsEstimate:
    """Whom it would reach if it went now, and what that would cost; ``segments`` are of its longest text message."""

    coverage: Coverage
    segments: int
    cost_millicents: int


async def preview_news(
    session: AsyncSession, collectivity: str, news_id: UUID, language: str, settings: Settings, now: datetime
) -> NewsPreview:
    """In that language, or in the one that stands in for it; raises NotFoundError."""
    row = await broadcasts.one(session, collectivity, Lane.NEWS, news_id)
    return _preview(row, language, settings, now)


async def estimate_news(
    session: AsyncSession, collectivity: str, news_id: UUID, settings: Settings, now: datetime
) -> NewsEstimate:
    """By its topic and areas as they stand, and the first providers' prices; raises NotFoundError."""
    row = await broadcasts.one(session, collectivity, Lane.NEWS, news_id)
    found = await audiences.news_coverage(session, row, channels_of(settings, collectivity))
    segments = max(_preview(row, each, settings, now).sms_length.segments for each in row.texts)
    price = settings.sms_providers[0].segment_millicents if settings.sms_providers else 0
    written = found.email * settings.smtp_mail_millicents + found.chat * chat_price(settings, collectivity)
    return NewsEstimate(found, segments, found.sms * segments * price + written)


async def try_news(
    session: AsyncSession,
    writer: Writer,
    key: PersonKey,
    news_id: UUID,
    way: tuple[Channel, str],
    settings: Settings,
    now: datetime,
) -> UUID:
    """Send it to the agent alone, by that channel and in that language; returns the message, which is in their inbox.

    Raises NotFoundError.
    """
    channel, language = way
    row = await broadcasts.one(session, writer.collectivity, Lane.NEWS, news_id)
    shown = _preview(row, language, settings, now)
    paragraphs = "".join(f"<p>{escape(each).replace(chr(10), '<br>')}</p>" for each in shown.text.split("\n\n"))
    variants = Variants(shown.subject, paragraphs, shown.text, shown.sms, shown.sms_length, "")
    return await try_template(session, writer, key, variants, (channel, shown.language, row.link or ""), now)


def _preview(row: Broadcast, language: str, settings: Settings, now: datetime) -> NewsPreview:
    words = _words(row, settings, now).in_language(language)
    own = subscription_url(settings.public_url, _SAMPLE)
    sms = words.text_message(news_link(row.link, own))
    text, html = filled(words.mail.text, own, own), filled(words.mail.html, own, own)
    return NewsPreview(words.language, words.subject, text, html, sms, length(sms), words.sender, words.brief)


def _words(row: Broadcast, settings: Settings, now: datetime) -> BroadcastWords:
    told = OpenBroadcast(
        id=row.id,
        collectivity=row.collectivity,
        lane=row.lane,
        topic=row.topic,
        texts=json.dumps(row.texts),
        link=row.link,
        area_label=row.area_label,
        channels=row.channels,
        exercise=row.exercise,
        frozen_at=row.frozen_at or now,
        expires_at=None,
    )
    return BroadcastWords(told, settings)
