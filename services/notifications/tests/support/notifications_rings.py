# SPDX-License-Identifier: EUPL-1.2
"""The part of the worker that calls one person for one message, and the telephones of people."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from notifications_calls import MOBILE, SECRET, Provider
from notifications_post import Post

from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.store import Call
from parvis_notifications.db.paces import Paces
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.ask_about_person_calls import PersonCallAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.send_deliveries import DeliverySender
from parvis_notifications.service.voice_routes import VoiceRoutes, voice_routes
from parvis_notifications.service.voice_senders import person_callers
from parvis_testing import Caller

AROUND_THE_CLOCK = {"voice_from": time(0), "voice_until": time(0)}

PARIS = ZoneInfo("Europe/Paris")


def around(now: datetime) -> dict[str, time]:
    """Hours of calling that begin in an hour or so, whatever the time is."""
    return {
        "voice_from": (now.astimezone(PARIS) + timedelta(hours=1)).time().replace(second=0, microsecond=0),
        "voice_until": (now.astimezone(PARIS) - timedelta(hours=1)).time().replace(second=0, microsecond=0),
    }


class Rings:
    """Two providers of calls, and who calls by them."""

    def __init__(self, post: Post, first: Provider, second: Provider) -> None:
        self.post, self.first, self.second = post, first, second
        post.more = {
            "voice_providers": (first.settings(), second.settings()),
            "voice_timeout_seconds": 20.0,
            "voice_settle_seconds": 0.0,
            **AROUND_THE_CLOCK,
        }
        self.bringer = Bringer(SECRET, post.client._transport)  # noqa: SLF001
        self._owners = Owners(post.settings())
        self._routes: list[VoiceRoutes] = []

    def person(self, phone: str | None = MOBILE, email: str | None = "camille@example.org", **known: Any) -> Caller:
        reader = self.post.person(email)
        self.post.owners.contacts[reader.subject] |= {"phone": phone, **known}
        return reader

    async def choose(self, reader: Caller, *channels: str, quiet: dict[str, str] | None = None) -> None:
        topics = [{"topic": "requests", "channels": list(channels)}]
        body = {"language": None, "quiet_hours": quiet, "topics": topics}
        kept = await self.post.get(reader, "/v1/notification-preferences")
        headers = reader.headers | {"If-Match": kept.headers["ETag"]}
        answer = await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    def worker(self, **changes: Any) -> tuple[DeliverySender, PersonCallAsker]:
        """A new one, whose breakers know nothing yet."""
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        parts = {name: getattr(runtime, name) for name in runtime.__dataclass_fields__} | {"settings": settings}
        routes = voice_routes(settings, Paces(runtime.database.pool))
        self._routes.append(routes)
        return person_callers(type(runtime)(**parts), routes, self._owners, Bell)

    async def call(self, **changes: Any) -> None:
        sender, _ = self.worker(**changes)
        while await sender.round():
            pass

    async def ask(self, **changes: Any) -> None:
        """About every call that waits for news."""
        await self.post.pool.execute("UPDATE delivery SET ask_at = now() WHERE ask_at IS NOT NULL")
        await self.ask_due(**changes)

    async def ask_due(self, **changes: Any) -> None:
        """About those whose time has come."""
        await self.worker(**changes)[1].round()

    async def later(self) -> None:
        """As if pauses and claims had ended."""
        await self.post.pool.execute(
            "UPDATE delivery SET due_at = now() WHERE state IN ('pending', 'retry', 'sending')"
        )

    async def way(self) -> dict[str, Any]:
        """The one delivery by voice."""
        (row,) = await self.post.pool.fetch("SELECT * FROM delivery WHERE channel = 'voice'")
        return dict(row)

    async def explained(self, reader: Caller) -> dict[str, Any]:
        """What the API says of the newest message's way by voice."""
        newest = (await self.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
        answer = await self.post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")
        assert answer.status_code == 200
        (item,) = [item for item in answer.json()["items"] if item["channel"] == "voice"]
        return dict(item)

    async def aclose(self) -> None:
        await self._owners.__aexit__(None, None, None)
        for routes in self._routes:
            await routes.close()


async def rung(rings: Rings, **known: Any) -> tuple[Caller, Call]:
    """Somebody who chose calls, and whose telephone rings for a message."""
    reader = rings.person(**known)
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    await rings.call()
    (call,) = rings.first.calls()
    return reader, call
