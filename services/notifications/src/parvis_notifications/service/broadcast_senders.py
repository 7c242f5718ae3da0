# SPDX-License-Identifier: EUPL-1.2
"""The senders of what goes to many: one for each lane and channel, none of which waits for another."""

from collections.abc import Sequence

from parvis_kit.runtime import Runtime
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_links import BroadcastLinks
from parvis_notifications.service.carry_mail import MailCarrier
from parvis_notifications.service.carry_sms import SmsCarrier
from parvis_notifications.service.mail_routes import MailRoutes
from parvis_notifications.service.send_broadcasts import BroadcastSender, Carrier
from parvis_notifications.service.sms_routes import Routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.settings import Settings


def broadcast_senders(runtime: Runtime[Settings], routes: Routes, bells: Sequence[Bell]) -> list[BroadcastSender]:
    """All four, or those of mails where no text messages are sent; ``bells`` has four."""
    settings = runtime.settings
    links = BroadcastLinks.of(runtime.master, settings.public_url)
    stops = TextStops(runtime.database, runtime.blind_index)
    connections = {Lane.ALERT: settings.alert_connections, Lane.NEWS: settings.news_connections}
    lanes = {Lane.ALERT: settings.alert_sms_lanes, Lane.NEWS: settings.news_sms_lanes}
    made, ring, relays = [], iter(bells), MailRoutes(settings)
    for lane in Lane:
        mails = BroadcastDeliveries(runtime.database.pool, lane, Channel.EMAIL)
        texts = BroadcastDeliveries(runtime.database.pool, lane, Channel.SMS)
        by_mail: list[Carrier] = [MailCarrier(mails, links, relays, settings) for _ in range(connections[lane])]
        made.append(BroadcastSender(runtime.database, runtime.persons, mails, by_mail, settings, next(ring)))
        if settings.sms_providers:
            by_text: list[Carrier] = [SmsCarrier(texts, routes, links, stops, settings) for _ in range(lanes[lane])]
            made.append(BroadcastSender(runtime.database, runtime.persons, texts, by_text, settings, next(ring)))
    return made
