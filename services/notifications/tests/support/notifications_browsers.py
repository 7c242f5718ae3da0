# SPDX-License-Identifier: EUPL-1.2
"""A push service on loopback with browsers of its own, and what sends to them as the worker does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from notifications_post import Post
from notifications_served import served
from pydantic import SecretStr

from parvis_local.pushsink.browser import Browser
from parvis_local.pushsink.faults import Fault
from parvis_local.pushsink.service import service_routes
from parvis_local.pushsink.store import PushStore
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.push import PushServices
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.push_routes import PushRoutes, server_keys
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.send_push import SendPush
from parvis_outside.destination import networks
from parvis_testing import Caller

# Of RFC 8291, appendix A: that of nobody.
PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"


@dataclass
class PushService:
    url: str = ""
    store: PushStore = field(default_factory=PushStore)


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()
    with served(lambda url: service_routes(service.store, url)) as service.url:
        yield service


class Browsers:
    """The part of the worker that tells browsers."""

    def __init__(self, post: Post, service: PushService) -> None:
        self.post, self.service = post, service
        post.more = {"push_private_keys": (SecretStr(PRIVATE),), "push_allowed_networks": "127.0.0.0/8"}
        self.key = server_keys(post.settings())[0].public
        self.routes = PushRoutes(server_keys(post.settings()))

    def browser(self, fault: Fault | None = None) -> Browser:
        made = Browser(self.key, fault)
        self.service.store.add(made)
        return made

    def body(self, browser: Browser, **changes: Any) -> dict[str, Any]:
        told = browser.subscription(self.service.url)
        return {"endpoint": told["endpoint"], "keys": told["keys"], "server_key": self.key, **changes}

    async def subscribe(self, reader: Caller, body: dict[str, Any]) -> httpx.Response:
        headers = reader.headers | {"Idempotency-Key": self.post.key()}
        return await self.post.client.post("/v1/push-subscriptions", json=body, headers=headers)

    async def choose(self, reader: Caller, *channels: str, quiet: dict[str, str] | None = None) -> None:
        body = {"language": None, "quiet_hours": quiet, "topics": [{"topic": "requests", "channels": list(channels)}]}
        headers = reader.headers | {"If-Match": '"0"'}
        assert (
            await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        ).status_code == 200

    async def reader(self, *browsers: Browser) -> Caller:
        """Somebody who chose to be told in these browsers alone."""
        made = self.post.person()
        await self.choose(made, "push")
        for each in browsers:
            assert (await self.subscribe(made, self.body(each))).status_code == 201
        return made

    async def send(self, **changes: Any) -> None:
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        deliveries = Deliveries(runtime.database, Channel.PUSH)
        async with PushServices(networks(settings.push_allowed_networks), timeout=10, connections=4) as services:
            send = SendPush(runtime.database, deliveries, services, self.routes, settings)
            await DeliverySender("push", deliveries, runtime.persons, [send], Pace(50, 30, 1), Bell()).round()

    def told(self, browser: Browser) -> list[dict[str, Any]]:
        return [each.shown() for each in self.service.store.newest(browser.token, 100)]

    async def explained(self, reader: Caller) -> list[dict[str, Any]]:
        """What the API says of the newest message's way to browsers."""
        newest = (await self.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
        answer = await self.post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")
        return [item for item in answer.json()["items"] if item["channel"] == "push"]
