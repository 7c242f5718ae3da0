# SPDX-License-Identifier: EUPL-1.2
"""The service's use cases over a real database, with short ways to do what the tests do often."""

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from notifications_servers import Owners as OwnersServer
from notifications_sink import Sink
from opentelemetry import trace

from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import context_of
from parvis_notifications.consumers import people, public_events
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.webhook_deliveries import WebhookDeliveries
from parvis_notifications.db.webhook_warnings import WebhookWarnings
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.outgoing.webhook import Webhooks
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.compose_messages import Composer
from parvis_notifications.service.delivery_tokens import delivery_tokens
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_notifications.service.send_mail import SendMail
from parvis_notifications.service.send_mails import MailSender
from parvis_notifications.service.send_webhooks import WebhookSender
from parvis_notifications.service.sms_receipts import KeptReceipts
from parvis_notifications.service.subscribe_webhook import secrets_key
from parvis_notifications.service.templates import Templates
from parvis_notifications.service.warn_owners import OwnerWarner
from parvis_notifications.service.write_mail import MailWriter
from parvis_notifications.settings import Settings
from parvis_outside.destination import networks
from parvis_testing import Caller, Harness

EXAMPLES = Path(__file__).parents[4] / "contracts" / "examples" / "events"
TEMPLATES = Templates()
_tracer = trace.get_tracer("test")
REQUESTS = "fr.parvis.requests.request-"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def example(type_: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((EXAMPLES / f"{type_}.json").read_text("utf-8"))
    return data


def event(
    name: str = "submitted", *, about: str = "request", sequence: int = 1, collectivity: str = "paris", **changes: Any
) -> Event:
    """An event of requests, or of appeals against them, made of the contract's example."""
    type_ = f"fr.parvis.requests.{about}-{name}.v1"
    data = example(type_) | {"request_id": str(uuid4()), "collectivity": collectivity, "sequence": sequence} | changes
    return Event(
        id=uuid4(),
        type=type_,
        source="/parvis/requests",
        subject=data["request_id"],
        time=datetime(2026, 11, 24, 14, 3, 40, tzinfo=UTC),
        collectivity=collectivity,
        sequence=sequence,
        key=UUID(data["request_id"]),
        topic="parvis.requests.request.v1",
        data=data,
        traceparent=f"00-{TRACE}-00f067aa0ba902b7-01",
    )


def followed(person: Caller, request_id: str, sequence: int, **more: Any) -> Event:
    """An event for somebody who follows a request, made of the contract's example."""
    type_ = "fr.parvis.requests.followed-request-moved.v1"
    changes = {"person": person.subject, "request_id": request_id, "sequence": sequence} | more
    data = example(type_) | changes
    return Event(
        id=uuid4(),
        type=type_,
        source="/parvis/requests",
        subject=data["follow_id"],
        time=datetime(2026, 11, 24, 14, 3, 40, tzinfo=UTC),
        collectivity="paris",
        sequence=sequence,
        key=UUID(data["follow_id"]),
        topic="parvis.requests.follow.v1",
        data=data,
        traceparent=f"00-{TRACE}-00f067aa0ba902b7-01",
    )


def changed(person: Caller, *what: str) -> Event:
    """An event about somebody's account, made of the contract's example."""
    type_ = "fr.parvis.identity.person-changed.v1"
    data = example(type_) | {"person": person.subject, "changed": list(what)}
    return Event(
        id=uuid4(),
        type=type_,
        source="/parvis/identity",
        subject=person.subject,
        time=datetime(2026, 11, 26, 8, 12, 9, tzinfo=UTC),
        collectivity="paris",
        sequence=data["sequence"],
        key=UUID(person.subject),
        topic="parvis.identity.person.v1",
        data=data,
        traceparent=None,
    )


def merged(absorbed: Caller, kept: Caller) -> Event:
    """That the one account went into the other, made of the contract's example."""
    type_ = "fr.parvis.identity.account-merged.v1"
    return replace(
        changed(absorbed),
        id=uuid4(),
        type=type_,
        data=example(type_) | {"person": absorbed.subject, "into": kept.subject},
    )


def erased(person: Caller) -> Event:
    """That the account was erased, made of the contract's example."""
    type_ = "fr.parvis.identity.person-erased.v1"
    return replace(changed(person), id=uuid4(), type=type_, data=example(type_) | {"person": person.subject})


class Post:
    """The post office under test."""

    _keys = itertools.count()

    def __init__(self, service: Harness, owners: OwnersServer, sink: Sink) -> None:
        self.service = service
        self.owners = owners
        self.sink = sink
        self.client = service.client
        self.more: dict[str, Any] = {}
        self._owners_client: Owners | None = None
        self.pool = service.runtime.database.pool
        self.fingerprints = Fingerprints(service.runtime.blind_index)

    def settings(self, **changes: Any) -> Settings:
        base: Settings = self.service.runtime.settings
        own = {
            "smtp_port": self.sink.port,
            # Under load a relay in this process is slow; it is in trouble only where a test has it so.
            "smtp_timeout_seconds": 20.0,
            "requests_internal_url": self.owners.url,
            "participation_internal_url": self.owners.url,
            "identity_internal_url": self.owners.url,
            "push_private_keys": (),
            "chat_providers": (),
            "voice_providers": (),
            # Around the clock: tests know no hour.
            "news_texts_until": base.news_texts_from,
        }
        return base.model_copy(update=own | self.more | changes)

    def person(self, email: str | None = "camille@example.org", language: str = "fr") -> Caller:
        citizen = self.service.citizen()
        self.owners.contacts[citizen.subject] = {"email": email, "language": language, "given_name": "Camille"}
        return citizen

    async def hear(self, told: Event) -> None:
        """What both consumers do with an event, each in its own transaction."""
        handlers = people.handlers(self.service.runtime.persons), public_events.handlers("http://localhost:8080")
        for known in handlers:
            if told.type in known:
                async with self.service.runtime.database.unit_of_work() as uow:
                    with _tracer.start_as_current_span("handle", context_of(told.traceparent)):
                        await known[told.type](told, uow.session)
                    await uow.commit()

    def composer(self) -> Composer:
        runtime = self.service.runtime
        return Composer(
            runtime.database, runtime.persons, self._asking(), self.fingerprints, TEMPLATES, self.settings(), Bell()
        )

    async def compose(self) -> None:
        composer = self.composer()
        while await composer.round():
            pass

    def _asking(self) -> Owners:
        if self._owners_client is None:
            self._owners_client = Owners(self.settings())
        return self._owners_client

    async def aclose(self) -> None:
        if self._owners_client is not None:
            await self._owners_client.__aexit__(None, None, None)

    def sender(self, *, bulk: bool | None = None, **changes: Any) -> MailSender:
        """As of a worker that has one for all mails, or one of its two."""
        runtime, settings = self.service.runtime, self.settings(**changes)
        deliveries = Deliveries(runtime.database, Channel.EMAIL, bulk=bulk)
        writer = MailWriter(
            TEMPLATES, delivery_tokens(runtime.master), ReplyAddresses(runtime.master, settings), settings
        )
        send = SendMail(deliveries, writer, self._asking(), self.fingerprints, settings)
        return MailSender(deliveries, runtime.persons, send, settings, Bell(), Paces(self.pool) if bulk else None)

    async def send_mails(self, **changes: Any) -> None:
        sender = self.sender(**changes)
        await sender.round()
        await sender.close()

    async def told(self, reader: Caller, name: str = "submitted", **changes: Any) -> Event:
        """An event about this person's request, up to their inbox."""
        happened = event(name, author=reader.subject, **changes)
        await self.hear(happened)
        await self.compose()
        return happened

    def webhooks(self, **changes: Any) -> tuple[Webhooks, WebhookSender]:
        runtime, settings = self.service.runtime, self.settings(**changes)
        calls = Webhooks(
            networks(settings.webhook_allowed_networks), timeout=settings.webhook_timeout_seconds, connections=50
        )
        deliveries = WebhookDeliveries(self.pool)
        return calls, WebhookSender(deliveries, calls, secrets_key(runtime.master), runtime.persons, settings, Bell())

    async def call_webhooks(self, **changes: Any) -> None:
        """Everything that is due now, for each subscription."""
        calls, sender = self.webhooks(**changes)
        async with calls:
            for due in await WebhookDeliveries(self.pool).due([], 100, failing=100):
                while await sender.serve(due):
                    """It made room for others, with more to come."""

    async def warn_owners(self, **changes: Any) -> None:
        """The mails to owners that are due now."""
        secrets = secrets_key(self.service.runtime.master)
        warner = OwnerWarner(WebhookWarnings(self.pool), TEMPLATES, secrets, self.settings(**changes), Bell())
        await warner.round()
        await warner.close()

    async def subscribe(
        self, system: Caller, url: str, *types: str, key: str | None = None, **more: Any
    ) -> httpx.Response:
        body = {"url": url, "event_types": list(types or [f"{REQUESTS}resolved.v1"]), **more}
        headers = system.headers | {"Idempotency-Key": key or self.key()}
        return await self.client.post("/v1/webhook-subscriptions", json=body, headers=headers)

    async def get(self, caller: Caller, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=caller.headers | headers)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(f"SELECT * FROM {table} ORDER BY created_at, id")]

    async def due_now(self, table: str) -> None:
        await self.pool.execute(f"UPDATE {table} SET due_at = now() WHERE due_at > now()")

    def key(self) -> str:
        return f"key-{next(self._keys)}"


def kept_receipts(post: Post) -> KeptReceipts:
    """Where operators' receipts are kept."""
    return KeptReceipts(post.pool, post.service.runtime.blind_index)


async def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until it holds; fails when it does not in time."""
    for _ in range(int(seconds * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")
