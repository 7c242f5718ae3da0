# SPDX-License-Identifier: EUPL-1.2
"""A town that tells of news and dangers, and whoever wants to know."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from notifications_post import Post, kept_receipts
from notifications_sink import form

from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.push import PushServices
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_senders import Ways, broadcast_senders
from parvis_notifications.service.chat_routes import ChatRoutes, chat_routes
from parvis_notifications.service.push_routes import PushRoutes, server_keys
from parvis_notifications.service.refresh_contacts import ContactRefresher
from parvis_notifications.service.send_broadcasts import BroadcastSender
from parvis_notifications.service.sms_routes import Routes, sms_routes
from parvis_outside.destination import networks
from parvis_testing import Caller

MINE = "/v1/my-subscriptions"
NEWS = {"purpose": "news", "given": True, "words": "Je veux recevoir les actualités."}
EMERGENCY = {"purpose": "emergency", "given": True, "words": "Alertez-moi en cas de danger."}
EXERCISE = {"purpose": "exercise", "given": True, "words": "Je participe aux exercices."}
# Around the town hall; the station is outside.
HALL, STATION = [2.3522, 48.8566], [2.3730, 48.8443]
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[2.34, 48.85], [2.36, 48.85], [2.36, 48.86], [2.34, 48.86], [2.34, 48.85]]],
}


def place(position: list[float], **more: Any) -> dict[str, Any]:
    return {"label": "Chez moi", "position": {"type": "Point", "coordinates": position}, **more}


def wishes(**changes: Any) -> dict[str, Any]:
    return {"language": "fr", "topics": [{"topic": "works", "channels": ["email"]}], "consents": [NEWS], **changes}


class Town:
    """Paris, in which one agent works."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.client = post.client
        self.agent = post.service.agent()
        self.routes: Routes | None = None
        settings = post.settings()
        self.chats: ChatRoutes | None = None
        self.services = PushServices(networks(settings.push_allowed_networks), timeout=20, connections=20)
        self.pushes = PushRoutes(server_keys(settings))

    async def topic(self, code: str = "works", tag: str = '"0"') -> httpx.Response:
        body = {"label": {"fr": "Travaux", "en": "Works"}, "active": True}
        headers = self.agent.headers | {"If-Match": tag}
        return await self.client.put(f"/v1/news-topics/{code}", json=body, headers=headers)

    async def choose(self, reader: Caller, body: dict[str, Any], tag: str = '"0"') -> httpx.Response:
        answer = await self.client.put(MINE, json=body, headers=reader.headers | {"If-Match": tag})
        await self.refresh()
        return answer

    async def refresh(self) -> None:
        """Ask identity for the addresses that are due."""
        runtime, settings = self.post.service.runtime, self.post.settings()
        asking = self.post._asking()  # noqa: SLF001
        refresher = ContactRefresher(runtime.database, runtime.persons, runtime.blind_index, asking, settings, Bell())
        while await refresher.round():
            pass

    async def ask(self, town: str = "paris", **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4())}
        return await self.client.post(f"/v1/collectivities/{town}/subscriptions", json=wishes(**body), headers=headers)

    async def link(self) -> str:
        """The page that the newest mail leads to."""
        await self.post.send_mails()
        found = re.search(r"https?://\S+/subscription\?token=[\w=%-]+", form(self.post.sink.mails()[-1], "plain"))
        assert found
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"

    async def act(self, link: str, **fields: str) -> httpx.Response:
        return await self.client.post(link, data=fields)

    async def subscribed(self, email: str, **body: Any) -> str:
        """Somebody without an account who has confirmed; their link."""
        assert (await self.ask(email=email, **body)).status_code == 202
        link = await self.link()
        assert (await self.act(link, act="confirm")).status_code == 200
        self.post.sink.taken.clear()
        return link

    async def publish(self, **changes: Any) -> httpx.Response:
        words = {"subject": "Rue barrée", "body": "La rue est barrée lundi."}
        body = {"topic": "works", "texts": {"fr": words}, **changes}
        headers = self.agent.headers | {"Idempotency-Key": self.post.key()}
        return await self.client.post("/v1/news-items", json=body, headers=headers)

    def senders(self, **changes: Any) -> list[BroadcastSender]:
        settings = self.post.settings(**changes)
        if self.routes is None:
            self.routes = sms_routes(settings, kept_receipts(self.post), Paces(self.post.pool))
        if self.chats is None and settings.chat_providers:
            self.chats = chat_routes(settings, Paces(self.post.pool))
        runtime = self.post.service.runtime
        with_settings = type(runtime)(
            **{name: getattr(runtime, name) for name in runtime.__dataclass_fields__} | {"settings": settings}
        )
        return broadcast_senders(with_settings, Ways(self.routes, self.services, self.pushes, self.chats), Bell)

    async def send(self, **changes: Any) -> None:
        """All that is due to many."""
        senders = self.senders(**changes)
        async with self.services:
            while any([await each.round() for each in senders]):
                pass
            for each in senders:
                await each.close()

    def told(self) -> list[str]:
        """Whom the relay has mails for."""
        return sorted(mail["To"] for mail in self.post.sink.mails())

    async def aclose(self) -> None:
        for each in (self.routes, self.chats):
            if each is not None:
                await each.close()


CHANNELS = [each.value for each in Channel]
