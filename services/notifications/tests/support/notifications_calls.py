# SPDX-License-Identifier: EUPL-1.2
"""Two providers of calls on loopback, and what calls as the worker does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notifications_alerts import Alerts
from notifications_served import served
from notifications_town import EMERGENCY, HALL, place

from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.faults import Fault
from parvis_local.voicesink.provider import provider_routes
from parvis_local.voicesink.store import Call, CallStore
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.voice_calls import VoiceCalls
from parvis_notifications.service.ask_about_calls import CallAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_senders import call_sender
from parvis_notifications.service.voice_routes import voice_routes
from parvis_notifications.voice_settings import VoiceProviderSettings
from parvis_testing import Caller

ACCOUNT, SECRET = "AC0456", "secret-of-the-voice"
MOBILE, FIXED = "+33639980001", "+33199000001"


class Silent(Bringer):
    """A provider that brings nothing by itself: tests bring what they want brought."""

    def __init__(self) -> None:
        super().__init__(SECRET)

    async def ended(self, call: Call) -> None:
        """Not told."""


@dataclass
class Provider:
    """The local stack's simulator; the faults come one after the other, then telephones ring."""

    name: str
    store: CallStore = field(default_factory=CallStore)
    faults: list[Fault] = field(default_factory=list)
    asked: int = 0
    url: str = ""

    def fault(self, _number: str) -> Fault | None:
        self.asked += 1
        return self.faults.pop(0) if self.faults else None

    def calls(self) -> list[Call]:
        return self.store.newest(None, 1_000)

    def settings(self, secret: str = SECRET) -> VoiceProviderSettings:
        return VoiceProviderSettings.model_validate(
            {
                "name": self.name,
                "url": self.url,
                "account": ACCOUNT,
                "secret": secret,
                "sender": "+33199001234",
                "minute_millicents": 3_000,
                "per_second": 1_000,
            }
        )


@contextmanager
def calls_provider(name: str) -> Iterator[Provider]:
    provider = Provider(name)
    with served(lambda _: provider_routes(provider.store, ACCOUNT, SECRET, Silent(), provider.fault)) as provider.url:
        yield provider


class Calls:
    """The part of the worker that calls, and the telephones of a town."""

    def __init__(self, alerts: Alerts, first: Provider, second: Provider) -> None:
        self.alerts, self.first, self.second = alerts, first, second
        self.post = alerts.town.post
        self.providers = (first.settings(), second.settings())
        self.post.more |= {
            "voice_providers": self.providers,
            "voice_timeout_seconds": 20.0,
            "voice_settle_seconds": 0.0,
            "alert_voice_lanes": 1,
        }
        self.bringer = Bringer(SECRET, self.post.client._transport)  # noqa: SLF001

    async def person(self, phone: str = MOBILE, email: str | None = None, **wishes: Any) -> Caller:
        """Somebody who agreed to alerts at the town hall."""
        reader = self.post.person(email)
        self.post.owners.contacts[reader.subject]["phone"] = phone
        answer = await self.alerts.town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)], **wishes})
        assert answer.status_code == 200
        return reader

    async def call(self, **changes: Any) -> None:
        """Call whoever is due, by a new worker whose breakers know nothing yet."""
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        parts = {name: getattr(runtime, name) for name in runtime.__dataclass_fields__} | {"settings": settings}
        routes = voice_routes(settings, Paces(runtime.database.pool))
        sender = call_sender(type(runtime)(**parts), routes, Bell())
        while await sender.round():
            pass
        await routes.close()

    async def ask(self, **changes: Any) -> None:
        """About every call that waits for news."""
        await self.post.pool.execute("UPDATE broadcast_delivery SET ask_at = now() WHERE ask_at IS NOT NULL")
        await self.ask_due(**changes)

    async def ask_due(self, **changes: Any) -> None:
        """About those whose time has come."""
        settings = self.post.settings(**changes)
        routes = voice_routes(settings, Paces(self.post.pool))
        await CallAsker(VoiceCalls(self.post.pool), routes, settings, Bell()).round()
        await routes.close()

    async def later(self) -> None:
        """As if the pause before the next call had passed."""
        await self.post.pool.execute(
            "UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity' AND state <> 'sent'"
        )

    async def part(self) -> dict[str, Any]:
        """The one way by voice."""
        (row,) = await self.post.pool.fetch("SELECT * FROM broadcast_delivery WHERE channel = 'voice'")
        return dict(row)

    async def states(self) -> list[str]:
        rows = await self.post.pool.fetch("SELECT state FROM broadcast_delivery WHERE channel = 'voice' ORDER BY 1")
        return [row["state"] for row in rows]


async def issued(calls: Calls, **changes: object) -> str:
    return await calls.alerts.issue(**{"channels": ["voice"], **changes})


async def called(calls: Calls, **changes: object) -> Call:
    """One person who was called, and whose telephone rings."""
    await calls.person()
    await issued(calls, **changes)
    await calls.call()
    (call,) = calls.first.calls()
    return call
