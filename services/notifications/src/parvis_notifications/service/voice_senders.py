# SPDX-License-Identifier: EUPL-1.2
"""What calls people, for alerts and for messages to one person, and what asks the providers about the calls."""

from collections.abc import Callable, Sequence

from parvis_kit.runtime import Runtime
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.person_calls import PersonCalls
from parvis_notifications.db.voice_calls import VoiceCalls
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.ask_about_calls import CallAsker
from parvis_notifications.service.ask_about_person_calls import PersonCallAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_links import call_tokens
from parvis_notifications.service.broadcast_senders import call_sender
from parvis_notifications.service.call_people import SendCall
from parvis_notifications.service.carry_calls import CallLinks
from parvis_notifications.service.send_broadcasts import BroadcastSender
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.voice_routes import VoiceRoutes
from parvis_notifications.settings import Settings

# Added to the waits for every provider in turn: each has a pace of its own.
_TURN_SECONDS = 120.0


def voice_senders(
    runtime: Runtime[Settings], routes: VoiceRoutes, owners: Owners, bell: Callable[[], Bell]
) -> Sequence[BroadcastSender | CallAsker | DeliverySender | PersonCallAsker]:
    """The loops; the routes are whoever's made them. Without any, calls of messages end as those that nobody took."""
    alerts = (
        call_sender(runtime, routes, bell()),
        CallAsker(VoiceCalls(runtime.database.pool), routes, runtime.settings, bell()),
    )
    return (*(alerts if len(routes) else ()), *person_callers(runtime, routes, owners, bell))


def person_callers(
    runtime: Runtime[Settings], routes: VoiceRoutes, owners: Owners, bell: Callable[[], Bell]
) -> tuple[DeliverySender, PersonCallAsker]:
    """What calls for messages to one person, one call for each lane at a time."""
    settings, database = runtime.settings, runtime.database
    deliveries, links = Deliveries(database, Channel.VOICE), CallLinks(settings.public_url, call_tokens(runtime.master))
    send = SendCall(database, deliveries, routes, links, owners, settings)
    claim = _TURN_SECONDS + settings.voice_timeout_seconds * max(1, len(routes))
    pace = Pace(settings.voice_lanes, claim, settings.poll_seconds)
    return (
        DeliverySender("voice", deliveries, runtime.persons, [send] * settings.voice_lanes, pace, bell()),
        PersonCallAsker(PersonCalls(database), runtime.persons, routes, settings, bell()),
    )
