# SPDX-License-Identifier: EUPL-1.2
"""Two providers of text messages on loopback, and what sends to them as the worker does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from notifications_post import Post, kept_receipts
from notifications_served import served

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.provider import provider_routes
from parvis_local.smssink.store import Text, TextStore
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.reports import Reports
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.ask_providers import ProviderAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.send_sms import SendSms
from parvis_notifications.service.sms_routes import Routes, sms_routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.sms_settings import SmsProviderSettings
from parvis_testing import Caller

ACCOUNT, SECRET = "AC0123", "secret-of-the-account"
NUMBER = "+33639980099"


@dataclass
class Provider:
    """The local stack's simulator; the faults come one after the other, then all goes well. It counts its calls."""

    name: str
    store: TextStore = field(default_factory=TextStore)
    faults: list[Fault] = field(default_factory=list)
    asked: int = 0
    url: str = ""

    def fault(self, _number: str) -> Fault | None:
        self.asked += 1
        return self.faults.pop(0) if self.faults else None

    def texts(self) -> list[Text]:
        return self.store.newest(None, 1_000)

    def settle(self) -> None:
        """As if the time had passed in which messages arrive."""
        for text in self.texts():
            text.taken_at -= 10

    def settings(self, secret: str = SECRET) -> SmsProviderSettings:
        return SmsProviderSettings.model_validate(
            {
                "name": self.name,
                "kind": "twilio",
                "url": self.url,
                "account": ACCOUNT,
                "secret": secret,
                "sender": "Ville",
                "segment_millicents": 5_500,
                "per_second": 1_000,
            }
        )


@contextmanager
def texts_provider(name: str) -> Iterator[Provider]:
    provider = Provider(name)
    with served(lambda _: provider_routes(provider.store, ACCOUNT, SECRET, provider.fault)) as provider.url:
        yield provider


class Texts:
    """The part of the worker that sends text messages."""

    def __init__(self, post: Post, first: Provider, second: Provider) -> None:
        self.post, self.first, self.second = post, first, second
        post.more |= {
            "sms_providers": (first.settings(), second.settings()),
            "sms_timeout_seconds": 10.0,
            "sms_settle_seconds": 0.0,
            "sms_lanes": 1,
        }
        self._owners = Owners(post.settings())
        self._routes: list[Routes] = []

    def person(self, phone: str | None = NUMBER, email: str | None = "camille@example.org") -> Caller:
        reader = self.post.person(email)
        self.post.owners.contacts[reader.subject]["phone"] = phone
        return reader

    async def choose(self, reader: Caller, *channels: str) -> None:
        body = {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": list(channels)}]}
        headers = reader.headers | {"If-Match": '"0"'}
        answer = await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200

    def worker(self, **changes: Any) -> tuple[DeliverySender, ProviderAsker]:
        """A new one, whose breakers know nothing yet."""
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        routes = sms_routes(settings, kept_receipts(self.post), Paces(self.post.pool))
        self._routes.append(routes)
        deliveries = Deliveries(runtime.database, Channel.SMS)
        stops = TextStops(runtime.database, runtime.blind_index)
        send = SendSms(deliveries, routes, self._owners, stops, settings)
        pace = Pace(50, 30, 1)
        sender = DeliverySender("sms", deliveries, runtime.persons, [send] * settings.sms_lanes, pace, Bell())
        reports = Reports(runtime.database, Channel.SMS)
        return sender, ProviderAsker(reports, deliveries, runtime.persons, routes, settings)

    async def send(self, **changes: Any) -> None:
        sender, _ = self.worker(**changes)
        await sender.round()

    async def ask(self) -> None:
        """About everything that waits for news."""
        await self.post.pool.execute("UPDATE delivery SET ask_at = now() WHERE ask_at IS NOT NULL")
        _, asker = self.worker()
        await asker.round()

    async def explained(self, reader: Caller, message: UUID | None = None) -> dict[str, Any]:
        """What the API says of the newest message's way by text."""
        newest = (await self.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
        answer = await self.post.get(reader, f"/v1/inbox-messages/{message or newest['id']}/deliveries")
        assert answer.status_code == 200
        (item,) = [item for item in answer.json()["items"] if item["channel"] == "sms"]
        return dict(item)

    async def aclose(self) -> None:
        await self._owners.__aexit__(None, None, None)
        for routes in self._routes:
            await routes.close()
