# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the api process."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from parvis_files.route import Uploads
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_letters.routes import letter_routes, letter_scopes
from parvis_notifications.api import (
    alert_answers,
    alert_calls,
    alerts,
    broadcast_explanations,
    broadcast_records,
    callback_log,
    chat_addresses,
    dead_addresses,
    deliveries,
    delivery_callbacks,
    delivery_records,
    drafted_news,
    events,
    field_lists,
    help_marks,
    inbound_forms,
    inbound_hooks,
    inbound_secrets,
    inbox,
    inbox_entries,
    inbox_stream,
    internal_inbound,
    letters,
    mail_room,
    matrix_hooks,
    message_languages,
    message_templates,
    news,
    own_register_entry,
    preferences,
    public_alerts,
    push_subscriptions,
    register,
    register_changes,
    register_lists,
    register_requests,
    reply_addresses,
    request_messages,
    sending_jobs,
    sending_keys,
    sent_files,
    sent_messages,
    social_posts,
    subscription_history,
    subscription_link,
    subscriptions,
    template_trials,
    text_receipts,
    text_stops,
    unreached_lists,
    unsubscription,
    webhook_trials,
    webhooks,
)
from parvis_notifications.api.context import Parts
from parvis_notifications.api.notify import letters as notify_letters
from parvis_notifications.api.notify import mails as notify_mails
from parvis_notifications.api.notify import messages as notify_messages
from parvis_notifications.api.notify import templates as notify_templates
from parvis_notifications.api.problems import CATALOGUE
from parvis_notifications.db.event_log import EventLogReader
from parvis_notifications.domain.look_limit import LookLimit
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.broadcast_links import call_tokens, recipient_tokens, short_link_tokens
from parvis_notifications.service.delivery_tokens import delivery_tokens
from parvis_notifications.service.event_streams import EventStreams
from parvis_notifications.service.inbound_secrets import inbound_key
from parvis_notifications.service.inbox_feed import InboxFeed
from parvis_notifications.service.moments import Moments
from parvis_notifications.service.push_browsers import PushTerms
from parvis_notifications.service.push_routes import server_keys
from parvis_notifications.service.sending_keys import keys_key
from parvis_notifications.service.subscribe_alone import Office
from parvis_notifications.service.subscribe_webhook import secrets_key
from parvis_notifications.service.subscription_links import subscription_tokens
from parvis_notifications.service.templates import Templates
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_outside.destination import networks

SCOPES = (
    ("notifications.messages.read", "Lire les messages de sa boîte"),
    ("notifications.messages.write", "Marquer ses messages comme lus"),
    ("notifications.request-messages.read", "Savoir si l'auteur d'une demande a été informé"),
    ("notifications.replies.write", "Révoquer les adresses auxquelles on répond aux courriels d'une demande"),
    ("notifications.preferences.read", "Consulter ses choix d'information"),
    ("notifications.preferences.write", "Choisir comment être informé"),
    ("notifications.subscriptions.read", "Consulter ses abonnements et ses consentements"),
    ("notifications.subscriptions.write", "S'abonner aux informations et aux alertes"),
    ("notifications.news.write", "Tenir les sujets d'information et publier des actualités"),
    ("notifications.alerts.read", "Consulter les alertes, leur portée et leurs réponses"),
    ("notifications.alerts.write", "Rédiger, approuver et conduire les alertes"),
    ("notifications.register.read", "Consulter le registre des personnes vulnérables"),
    ("notifications.register.write", "Tenir le registre des personnes vulnérables"),
    ("notifications.own-register.read", "Consulter sa propre inscription au registre des personnes vulnérables"),
    ("notifications.own-register.write", "Demander son inscription au registre, la rectifier ou le quitter"),
    ("notifications.register-accesses.read", "Consulter qui a vu le registre des personnes vulnérables"),
    ("notifications.events.read", "Lire ce qui se passe dans la collectivité, sans données personnelles"),
    ("notifications.keys.read", "Consulter les clés des applications qui envoient"),
    ("notifications.keys.write", "Créer et révoquer les clés des applications qui envoient"),
    ("notifications.deliveries.read", "Savoir ce que sont devenus les envois de la collectivité, et leur coût"),
    ("notifications.mail-room.read", "Prendre les lettres que le service courrier imprime et poste"),
    ("notifications.mail-room.write", "Dire ce que sont devenues les lettres du service courrier"),
    ("notifications.templates.read", "Consulter les modèles de messages"),
    ("notifications.templates.write", "Écrire, publier et essayer les modèles de messages"),
    ("notifications.webhooks.read", "Consulter ses abonnements webhook et leur journal d'envois"),
    ("notifications.webhooks.write", "Créer et supprimer ses abonnements webhook"),
    *letter_scopes("notifications"),
)
PUBLIC = (
    *(
        part.routes
        for part in (
            inbox,
            inbox_entries,
            inbox_stream,
            deliveries,
            delivery_records,
            preferences,
            text_stops,
            dead_addresses,
            push_subscriptions,
            chat_addresses,
            social_posts,
            unsubscription,
            webhooks,
            webhook_trials,
            events,
            message_templates,
            message_languages,
            template_trials,
            letters,
            mail_room,
            subscriptions,
            subscription_history,
            subscription_link,
            news,
            drafted_news,
            broadcast_explanations,
            broadcast_records,
            sending_keys,
            sent_files,
            sent_messages,
            sending_jobs,
            delivery_callbacks,
            callback_log,
            notify_letters,
            notify_mails,
            notify_messages,
            notify_templates,
            alerts,
            alert_answers,
            alert_calls,
            help_marks,
            public_alerts,
            register,
            field_lists,
            register_requests,
            own_register_entry,
            inbound_forms,
            text_receipts,
            inbound_hooks,
            matrix_hooks,
            inbound_secrets,
            register_changes,
            register_lists,
            unreached_lists,
            reply_addresses,
            request_messages,
        )
    ),
    letter_routes("notifications"),
)


def public_app(runtime: Runtime[Settings]) -> FastAPI:
    """The API behind the gateway."""
    settings = runtime.settings
    allowed = networks(settings.webhook_allowed_networks)
    feed = InboxFeed(runtime.database.pool, streams=settings.inbox_streams, poll_seconds=settings.poll_seconds)
    log = EventLogReader(runtime.database.pool)
    streams = EventStreams(log, streams=settings.event_streams, poll_seconds=settings.poll_seconds)
    templates = Templates()
    office = Office(runtime.persons, runtime.blind_index, templates, subscription_tokens(runtime.master), settings)
    secrets, deliveries = secrets_key(runtime.master), delivery_tokens(runtime.master)
    keys = keys_key(runtime.master)
    recipients, short = recipient_tokens(runtime.master), short_link_tokens(runtime.master)
    calls = call_tokens(runtime.master)
    push = PushTerms(
        [key.public for key in server_keys(settings)],
        networks(settings.push_allowed_networks),
        settings.push_limit,
        settings.push_hosts(),
    )
    parts = Parts(
        runtime,
        secrets,
        allowed,
        feed,
        log,
        streams,
        deliveries,
        templates,
        office,
        keys,
        inbound_key(runtime.master),
        recipients,
        push,
        short,
        calls,
        Uploads(settings.uploads_memory_mib, settings.upload_seconds),
        LookLimit(),
        Moments(),
        Owners(settings),
    )
    return _app(PUBLIC, settings.public_url, runtime.state(parts=parts))


def internal_app(runtime: Runtime[Settings]) -> FastAPI:
    """Health, metrics, and what came in for other services."""
    return _app(
        [
            health_router(runtime.checks() | {"ended_sessions": runtime.ended_sessions.check}),
            internal_inbound.routes,
        ],
        runtime.settings.public_url,
        runtime.state(),
    )


def documented_app() -> FastAPI:
    """The public API without anything behind it: what its contract is compared with."""
    return _app(PUBLIC, "", {})


def _app(routers: Sequence[APIRouter], public_url: str, state: dict[str, Any]) -> FastAPI:
    return create_app(
        title="Parvis notifications",
        version="1.0.0",
        public_url=public_url,
        routers=routers,
        catalogue=CATALOGUE,
        scopes=SCOPES,
        state=state,
    )


async def main() -> None:
    """Serve both ports until told to stop."""
    settings = Settings()
    async with open_runtime("notifications", "api", settings, MIGRATIONS) as runtime:
        app = public_app(runtime)
        internal = (internal_app(runtime), settings.host, settings.internal_port)
        parts: Parts = app.state.parts
        async with parts.owners:
            await serve(
                [(app, settings.host, settings.port), internal],
                runtime.waker.run(),
                runtime.ended_sessions.run(),
                parts.feed.run(),
                parts.event_streams.run(),
            )
