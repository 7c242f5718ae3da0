# SPDX-License-Identifier: EUPL-1.2
"""A server of the fediverse on loopback, and what publishes there as the worker does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notifications_post import Post
from notifications_served import served
from pydantic import SecretStr

from parvis_local.socialsink.server import server_routes
from parvis_local.socialsink.store import StatusStore
from parvis_notifications.db.paces import Paces
from parvis_notifications.db.social_posts import SocialPosts
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.publish_posts import SocialPublisher
from parvis_notifications.service.social_routes import social_routes
from parvis_notifications.social_settings import SocialAccountSettings

TOKEN = "token-of-the-account"


@dataclass
class SocialServer:
    url: str = ""
    store: StatusStore = field(default_factory=StatusStore)


@contextmanager
def social_server() -> Iterator[SocialServer]:
    service = SocialServer()
    with served(lambda _: server_routes(service.store, TOKEN)) as service.url:
        yield service


class Social:
    """The part of the worker that publishes; the account is of Paris."""

    def __init__(self, post: Post, server: SocialServer) -> None:
        self.post, self.server = post, server
        self.store = server.store

    def account(self, **changes: Any) -> SocialAccountSettings:
        made: dict[str, Any] = {"name": "mastodon", "collectivity": "paris", "url": self.server.url}
        return SocialAccountSettings(**made | {"token": SecretStr(TOKEN)} | changes)

    def publisher(self, lane: Lane, *accounts: SocialAccountSettings) -> SocialPublisher:
        settings = self.post.settings(social_accounts=accounts or (self.account(),), social_timeout_seconds=20.0)
        return SocialPublisher(
            SocialPosts(self.post.pool, lane), social_routes(settings, Paces(self.post.pool)), settings, Bell()
        )

    async def publish(self, *accounts: SocialAccountSettings) -> None:
        """All that is due."""
        for lane in Lane:
            publisher = self.publisher(lane, *accounts)
            while await publisher.round():
                pass
            await publisher._routes.close()  # noqa: SLF001 - the worker's stack does that

    async def due(self) -> None:
        await self.post.pool.execute("UPDATE social_post SET due_at = now() WHERE due_at < 'infinity'")

    def texts(self) -> list[str]:
        """The first first."""
        return [each.text for each in self.store.newest(100)][::-1]

    async def states(self) -> list[tuple[str, str]]:
        rows = await self.post.pool.fetch("SELECT state, last_reply FROM social_post ORDER BY created_at, id")
        return [(row["state"], row["last_reply"]) for row in rows]
