# SPDX-License-Identifier: EUPL-1.2
"""The senders of what goes to many: one for each lane and channel, none of which waits for another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parvis_kit.runtime import Runtime
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.voice_calls import VoiceCalls
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.push import PushServices
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_links import BroadcastLinks, call_tokens
from parvis_notifications.service.carry_calls import CallCarrier, CallLinks
from parvis_notifications.service.carry_chat import ChatCarrier
from parvis_notifications.service.carry_mail import MailCarrier
from parvis_notifications.service.carry_push import PushCarrier
from parvis_notifications.service.carry_sms import SmsCarrier
from parvis_notifications.service.chat_routes import ChatRoutes
from parvis_notifications.service.mail_routes import MailRoutes
from parvis_notifications.service.push_routes import PushRoutes
from parvis_notifications.service.send_broadcasts import BroadcastSender, Carrier
from parvis_notifications.service.sms_routes import Routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.service.voice_routes import VoiceRoutes
from parvis_notifications.settings import Settings

# Of those whose turn it is, so many for each lane: a call takes a second or more, and a claim ends.
_CALLS_CLAIMED: Final = 5


def call_sender(runtime: Runtime[Settings], routes: VoiceRoutes, bell: Bell) -> BroadcastSender:
    """The sender of calls: alerts alone are said."""
    lanes = runtime.settings.alert_voice_lanes
    sizes = {"broadcast_batch": lanes * _CALLS_CLAIMED, "broadcast_group": _CALLS_CLAIMED}
    settings = runtime.settings.model_copy(update=sizes)
    deliveries = BroadcastDeliveries(runtime.database.pool, Lane.ALERT, Channel.VOICE)
    calls, links = VoiceCalls(runtime.database.pool), CallLinks(settings.public_url, call_tokens(runtime.master))
    carriers = [CallCarrier(deliveries, calls, routes, links, settings) for _ in range(lanes)]
    return BroadcastSender(runtime.database, runtime.persons, deliveries, carriers, settings, bell, lambda: routes.pace)


@dataclass(frozen=True, slots=True)
class Ways:
    """Who takes what is sent, besides mail relays: they are those of what goes to one as well.

    ``chats`` is None where nobody is written to in a messenger.
    """

    texts: Routes
    services: PushServices
    pushes: PushRoutes
    chats: ChatRoutes | None = None


def broadcast_senders(runtime: Runtime[Settings], ways: Ways, bell: Callable[[], Bell]) -> list[BroadcastSender]:
    """Those of each channel that the deployment has; ``bell`` makes one that rings when there may be work."""
    relays = MailRoutes(runtime.settings, Paces(runtime.database.pool))
    return [
        BroadcastSender(runtime.database, runtime.persons, deliveries, carriers, runtime.settings, bell(), pace)
        for lane in Lane
        for deliveries, carriers, pace in _carriers(runtime, ways, relays, lane)
    ]


def _carriers(
    runtime: Runtime[Settings], ways: Ways, relays: MailRoutes, lane: Lane
) -> Iterator[tuple[BroadcastDeliveries, Sequence[Carrier], Callable[[], float | None]]]:
    settings, database, alert = runtime.settings, runtime.database, lane is Lane.ALERT
    links = BroadcastLinks.of(runtime.master, settings.public_url)
    mails = BroadcastDeliveries(database.pool, lane, Channel.EMAIL)
    connections = settings.alert_connections if alert else settings.news_connections
    yield mails, [MailCarrier(mails, links, relays, settings) for _ in range(connections)], lambda: relays.pace
    if settings.sms_providers:
        texts, stops = BroadcastDeliveries(database.pool, lane, Channel.SMS), TextStops(database, runtime.blind_index)
        lanes = settings.alert_sms_lanes if alert else settings.news_sms_lanes
        yield (
            texts,
            [SmsCarrier(texts, ways.texts, links, stops, settings) for _ in range(lanes)],
            lambda: ways.texts.pace,
        )
    if settings.push_private_keys:
        pushes = BroadcastDeliveries(database.pool, lane, Channel.PUSH)
        lanes = settings.alert_push_lanes if alert else settings.news_push_lanes
        yield (
            pushes,
            [PushCarrier(database, pushes, ways.services, ways.pushes, links, settings) for _ in range(lanes)],
            lambda: None,
        )
    if (routes := ways.chats) is not None:
        rooms = BroadcastDeliveries(database.pool, lane, Channel.CHAT)
        lanes = settings.alert_chat_lanes if alert else settings.news_chat_lanes
        carriers = [ChatCarrier(database, rooms, routes, links, settings) for _ in range(lanes)]
        yield rooms, carriers, lambda: routes.pace
