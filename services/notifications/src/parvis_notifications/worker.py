# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the worker process: consumers, composer, reminders, senders, intake of bounces, relay, purge."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from starlette.types import ASGIApp

from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import Check, health_router
from parvis_letters.burying import bury
from parvis_letters.keeping import keep_letters
from parvis_notifications.api.problems import CATALOGUE
from parvis_notifications.consumers import people, public_events, public_topics
from parvis_notifications.db.broadcast_reports import BroadcastReports
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.heard_texts import HeardTexts
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.reports import Reports
from parvis_notifications.db.social_posts import SocialPosts
from parvis_notifications.db.webhook_deliveries import WebhookDeliveries
from parvis_notifications.db.webhook_warnings import WebhookWarnings
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.topic import Channel
from parvis_notifications.incoming.bounces import BounceHandler, BounceIntake
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.outgoing.public_topics import PublicTopics
from parvis_notifications.outgoing.push import PushServices
from parvis_notifications.outgoing.webhook import Webhooks
from parvis_notifications.service.ask_about_calls import CallAsker
from parvis_notifications.service.ask_about_many import BroadcastAsker
from parvis_notifications.service.ask_about_person_calls import PersonCallAsker
from parvis_notifications.service.ask_providers import ProviderAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_links import recipient_tokens
from parvis_notifications.service.broadcast_senders import Ways, broadcast_senders
from parvis_notifications.service.bundle_alerts import Windows
from parvis_notifications.service.catch_up_texts import text_catch_ups
from parvis_notifications.service.chat_routes import ChatRoutes, chat_routes
from parvis_notifications.service.compose_messages import Composer
from parvis_notifications.service.delivery_tokens import delivery_tokens
from parvis_notifications.service.fall_back import Fallbacks
from parvis_notifications.service.fetch_answers import answer_fetchers
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.forget_erased import forget_erased_daily
from parvis_notifications.service.hear_texts import HearTexts
from parvis_notifications.service.index_register import index_register_regularly
from parvis_notifications.service.keep_inbound import purge_inbound_regularly
from parvis_notifications.service.leave_rooms import RoomLeaver
from parvis_notifications.service.letter_routes import letter_routes
from parvis_notifications.service.letter_senders import letter_senders
from parvis_notifications.service.mail_room import purge_mail_room_regularly
from parvis_notifications.service.make_digests import DigestMaker
from parvis_notifications.service.measure_waiting import WaitingMeasurer
from parvis_notifications.service.note_bounce import NoteBounce
from parvis_notifications.service.publish_posts import SocialPublisher
from parvis_notifications.service.purge import purge_regularly
from parvis_notifications.service.push_routes import PushRoutes, server_keys
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.refresh_contacts import ContactRefresher, purge_subscribers_regularly
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_notifications.service.ring_reminders import ring_regularly
from parvis_notifications.service.run_jobs import JobRunner
from parvis_notifications.service.send_broadcasts import BroadcastSender
from parvis_notifications.service.send_chat import SendChat
from parvis_notifications.service.send_deliveries import DeliverySender, Pace, few
from parvis_notifications.service.send_mail import SendMail
from parvis_notifications.service.send_mails import MailSender
from parvis_notifications.service.send_push import SendPush
from parvis_notifications.service.send_sms import SendSms
from parvis_notifications.service.send_webhooks import WebhookSender
from parvis_notifications.service.sending_keys import keys_key
from parvis_notifications.service.sms_receipts import KeptReceipts
from parvis_notifications.service.sms_routes import Routes, sms_routes
from parvis_notifications.service.social_routes import social_routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.service.subscribe_webhook import secrets_key
from parvis_notifications.service.tell_applications import CallbackTeller
from parvis_notifications.service.templates import Templates
from parvis_notifications.service.voice_routes import voice_routes
from parvis_notifications.service.voice_senders import voice_senders
from parvis_notifications.service.warn_owners import OwnerWarner
from parvis_notifications.service.write_mail import MailWriter
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_outside.destination import networks


async def main() -> None:
    """Work until told to stop."""
    async with open_runtime("notifications", "worker", Settings(), MIGRATIONS) as runtime, AsyncExitStack() as stack:
        await run(runtime, stack)


async def run(runtime: Runtime[Settings], stack: AsyncExitStack) -> None:
    """Put the parts together and serve; what the stack holds is closed at the end."""
    settings, database = runtime.settings, runtime.database
    owners = await stack.enter_async_context(Owners(settings))
    webhooks = await stack.enter_async_context(
        Webhooks(
            networks(settings.webhook_allowed_networks),
            timeout=settings.webhook_timeout_seconds,
            connections=settings.webhook_subscribers * settings.webhook_concurrency,
        )
    )
    templates, bells = Templates(), [Bell() for _ in range(9)]
    fingerprints, tokens = Fingerprints(runtime.blind_index), delivery_tokens(runtime.master)
    composer = Composer(database, runtime.persons, owners, fingerprints, templates, settings, bells[0])
    deliveries, to_many = (Deliveries(database, Channel.EMAIL, bulk=bulk) for bulk in (False, True))
    send = SendMail(
        deliveries,
        MailWriter(templates, tokens, ReplyAddresses(runtime.master, settings), settings),
        owners,
        fingerprints,
        settings,
    )
    bounces = _bounces(runtime, fingerprints)
    mails = MailSender(deliveries, runtime.persons, send, settings, bells[1])
    receive = ReceiveHooks(database, runtime.persons, runtime.blind_index, settings)
    numbers, known = settings.inbound_numbers, HeardTexts(database.pool)
    hearing = HearTexts(receive, numbers, known, runtime.persons, runtime.blind_index)
    routes = sms_routes(settings, KeptReceipts(database.pool, runtime.blind_index), Paces(database.pool), hearing.take)
    stack.push_async_callback(routes.close)
    texts = _texts(runtime, owners, routes, bells[4])
    posting, another = letter_routes(settings, runtime.database, runtime.persons), _another(bells)
    stack.push_async_callback(posting.close)
    letters = letter_senders(runtime, posting, owners, another(), another())
    bulk = MailSender(to_many, runtime.persons, send, settings, another(), Paces(database.pool))
    gathering = DigestMaker(database, runtime.persons, owners, fingerprints, templates, settings)
    ways = await _ways(runtime, stack, routes)
    pushes = _pushes(runtime, ways, bells[6])
    contacts = ContactRefresher(database, runtime.persons, runtime.blind_index, owners, settings, bells[5])
    secrets = secrets_key(runtime.master)
    calls = WebhookSender(WebhookDeliveries(database.pool), webhooks, secrets, runtime.persons, settings, bells[2])
    warner = OwnerWarner(WebhookWarnings(database.pool), templates, secrets, settings, bells[3])
    database.on_commit = _announcing(database.on_commit, bells)
    relay = runtime.relay()
    gathered = Windows(timedelta(minutes=settings.alert_bundle_minutes), timedelta(minutes=settings.work_news_minutes))
    to_people = runtime.consumer(
        "notifications-people", people.TOPICS, people.handlers(runtime.persons, gathered), bury
    )
    to_systems = runtime.consumer(
        "notifications-webhooks", public_events.TOPICS, public_events.handlers(settings.public_url), bury
    )
    public = await stack.enter_async_context(PublicTopics(**settings.kafka()))
    to_topics = runtime.consumer(
        "notifications-public-topics", public_topics.TOPICS, public_topics.handlers(public), bury
    )
    checks = {
        "relay": relay.check,
        "people": to_people.check,
        "webhooks": to_systems.check,
        "public-topics": to_topics.check,
    }
    await serve(
        [(_internal_app(runtime, checks), settings.host, settings.worker_internal_port)],
        *(part.run() for part in (runtime.waker, relay, to_people, to_systems, to_topics)),
        keep_letters(database, settings.journal_retention_days),
        *(part.run() for part in (composer, gathering, mails, bulk, *texts, *letters, pushes, calls, warner, contacts)),
        Fallbacks(database, runtime.persons, owners, fingerprints, settings).run(),
        *(part.run() for part in broadcast_senders(runtime, ways, another)),
        *(part.run() for part in _publishers(runtime, stack, another)),
        _jobs(runtime, bells[7]).run(),
        CallbackTeller(database, runtime.persons, settings, another()).run(),
        purge_subscribers_regularly(database.pool, runtime.persons, settings),
        forget_erased_daily(database.pool, runtime.persons),
        *(part.run() for part in _calls(runtime, stack, owners, another)),
        *(part.run() for part in _chats(runtime, ways.chats, another)),
        BroadcastAsker(BroadcastReports(database.pool), routes, settings, bells[8]).run(),
        BounceIntake(bounces, settings).run(),
        hearing.run(),
        *(part.run() for part in text_catch_ups(runtime, routes)),
        *(part.run() for part in answer_fetchers(runtime, routes)),
        ring_regularly(database.pool, settings, bells[0]),
        purge_regularly(database, settings),
        index_register_regularly(database, runtime.persons, runtime.blind_index),
        WaitingMeasurer(database.pool).run(),
        purge_inbound_regularly(database, runtime.persons, settings),
        purge_mail_room_regularly(database, runtime.persons, timedelta(days=settings.mail_room_days)),
    )


def _bounces(runtime: Runtime[Settings], fingerprints: Fingerprints) -> BounceHandler:
    """What keeps the bounces of mails to one and to many."""
    note = NoteBounce(runtime.database, runtime.persons, fingerprints)
    tokens, recipients = delivery_tokens(runtime.master), recipient_tokens(runtime.master)
    return BounceHandler(tokens, recipients, note, runtime.settings)


def _jobs(runtime: Runtime[Settings], bell: Bell) -> JobRunner:
    """What turns applications' files into messages."""
    keys, poll_seconds = keys_key(runtime.master), runtime.settings.poll_seconds
    return JobRunner(runtime.database, runtime.persons, runtime.blind_index, keys, poll_seconds, bell)


def _publishers(
    runtime: Runtime[Settings], stack: AsyncExitStack, bell: Callable[[], Bell]
) -> Sequence[SocialPublisher]:
    """What publishes on the towns' social accounts: alerts wait for no news."""
    settings, pool, made = runtime.settings, runtime.database.pool, []
    for lane in Lane if settings.social_accounts else ():
        routes = social_routes(settings, Paces(pool))
        stack.push_async_callback(routes.close)
        made.append(SocialPublisher(SocialPosts(pool, lane), routes, settings, bell()))
    return made


def _texts(
    runtime: Runtime[Settings], owners: Owners, routes: Routes, bell: Bell
) -> tuple[DeliverySender, ProviderAsker]:
    """What sends text messages, and what asks their providers about them."""
    settings, database = runtime.settings, runtime.database
    deliveries = Deliveries(database, Channel.SMS)
    send = SendSms(deliveries, routes, owners, TextStops(database, runtime.blind_index), settings)
    pace = Pace(settings.mail_batch, settings.mail_claim_seconds, settings.poll_seconds, few(routes.pace))
    return (
        DeliverySender("sms", deliveries, runtime.persons, [send] * settings.sms_lanes, pace, bell),
        ProviderAsker(Reports(database, Channel.SMS), deliveries, runtime.persons, routes, settings),
    )


async def _ways(runtime: Runtime[Settings], stack: AsyncExitStack, texts: Routes) -> Ways:
    """Who takes what is told; push services have connections for each lane, so that none waits for another."""
    settings = runtime.settings
    services = PushServices(
        networks(settings.push_allowed_networks),
        hosts=settings.push_hosts(),
        timeout=settings.push_timeout_seconds,
        connections=settings.push_lanes + settings.alert_push_lanes + settings.news_push_lanes,
    )
    chats = chat_routes(settings, Paces(runtime.database.pool)) if settings.chat_providers else None
    if chats is not None:
        stack.push_async_callback(chats.close)
    return Ways(texts, await stack.enter_async_context(services), PushRoutes(server_keys(settings)), chats)


def _chats(
    runtime: Runtime[Settings], routes: ChatRoutes | None, bell: Callable[[], Bell]
) -> Sequence[DeliverySender | RoomLeaver]:
    """What writes to people in rooms of a messenger; nothing where nobody is written to there."""
    if routes is None:
        return ()
    settings, database, deliveries = runtime.settings, runtime.database, Deliveries(runtime.database, Channel.CHAT)
    send = SendChat(database, deliveries, routes, settings)
    pace = Pace(settings.mail_batch, settings.mail_claim_seconds, settings.poll_seconds, few(routes.pace))
    sender = DeliverySender("chat", deliveries, runtime.persons, [send] * settings.chat_lanes, pace, bell())
    return sender, RoomLeaver(database, routes, bell(), settings.poll_seconds)


def _calls(
    runtime: Runtime[Settings], stack: AsyncExitStack, owners: Owners, bell: Callable[[], Bell]
) -> Sequence[BroadcastSender | CallAsker | DeliverySender | PersonCallAsker]:
    """What calls people."""
    routes = voice_routes(runtime.settings, Paces(runtime.database.pool))
    stack.push_async_callback(routes.close)
    return voice_senders(runtime, routes, owners, bell)


def _pushes(runtime: Runtime[Settings], ways: Ways, bell: Bell) -> DeliverySender:
    """What sends notifications to browsers."""
    settings, database = runtime.settings, runtime.database
    deliveries = Deliveries(database, Channel.PUSH)
    send = SendPush(database, deliveries, ways.services, ways.pushes, settings)
    pace = Pace(settings.mail_batch, settings.mail_claim_seconds, settings.poll_seconds)
    return DeliverySender("push", deliveries, runtime.persons, [send] * settings.push_lanes, pace, bell)


def _another(bells: list[Bell]) -> Callable[[], Bell]:
    """Makes one that rings with these."""

    def another() -> Bell:
        bells.append(Bell())
        return bells[-1]

    return another


def _announcing(also: Callable[[], None], bells: Sequence[Bell]) -> Callable[[], None]:
    """What follows a commit: the relay is woken, and each loop of this process looks for work."""

    def announce() -> None:
        also()
        for bell in bells:
            bell.ring()

    return announce


def _internal_app(runtime: Runtime[Settings], checks: Mapping[str, Check]) -> ASGIApp:
    return create_app(
        title="Parvis notifications worker",
        version="1.0.0",
        public_url=runtime.settings.public_url,
        routers=[health_router(runtime.checks() | dict(checks))],
        catalogue=CATALOGUE,
        state=runtime.state(),
    )
