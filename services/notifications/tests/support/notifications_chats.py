# SPDX-License-Identifier: EUPL-1.2
"""Two homeservers on loopback, and what writes in their rooms as the worker does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from notifications_post import Post
from notifications_served import served

from parvis_local.matrixsink.bringing import Bringer
from parvis_local.matrixsink.homeserver import homeserver_routes
from parvis_local.matrixsink.pages import guest_does
from parvis_local.matrixsink.store import Room, RoomStore
from parvis_notifications.chat_settings import ChatProviderSettings
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.chat_routes import ChatRoutes, chat_routes
from parvis_notifications.service.leave_rooms import RoomLeaver
from parvis_notifications.service.send_chat import SendChat
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_testing import Caller

AS_TOKEN = "token-by-which-parvis-calls"
CAMILLE = "@camille:parvis.localhost"
MESSAGES = "/v1/chat-addresses"
_CODE = re.compile(r"\b([0-9]{6})\b")


class _Held(Bringer):
    """What is new stays until the test brings it."""

    async def bring(self, *, again: bool = False) -> int | None:
        return None if again else 200


@dataclass
class Homeserver:
    """The local stack's simulator."""

    name: str
    store: RoomStore = field(default_factory=RoomStore)
    url: str = ""

    @property
    def hs_token(self) -> str:
        return f"token-by-which-{self.name}-brings"

    def settings(self, **changes: Any) -> ChatProviderSettings:
        known = {
            "name": self.name,
            "url": self.url,
            "user_id": "@mairie:parvis.localhost",
            "as_token": AS_TOKEN,
            "hs_token": self.hs_token,
            "message_millicents": 150,
            "per_second": 1_000,
        }
        return ChatProviderSettings.model_validate(known | changes)

    def rooms(self) -> list[Room]:
        """The first first."""
        return self.store.newest(100)[::-1]


@contextmanager
def homeserver(name: str) -> Iterator[Homeserver]:
    made = Homeserver(name)
    bringer = _Held(made.store, "http://127.0.0.1:9", made.hs_token)
    with served(lambda _: homeserver_routes(made.store, AS_TOKEN, bringer)) as made.url:
        yield made


class Chats:
    """The part of the worker that writes in rooms, and who reads there."""

    def __init__(self, post: Post, first: Homeserver, second: Homeserver) -> None:
        self.post, self.first, self.second = post, first, second
        self.post.more = {"chat_providers": (first.settings(), second.settings()), "chat_timeout_seconds": 20.0}
        self._routes: ChatRoutes | None = None
        self._count = 0

    @property
    def routes(self) -> ChatRoutes:
        if self._routes is None:
            self._routes = chat_routes(self.post.settings(), Paces(self.post.pool))
        return self._routes

    async def again(self, **changes: Any) -> None:
        """As a worker that was started anew, with these settings."""
        await self.aclose()
        self._routes = chat_routes(self.post.settings(**changes), Paces(self.post.pool))

    async def send(self, **changes: Any) -> None:
        """All that is due."""
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        deliveries = Deliveries(runtime.database, Channel.CHAT)
        send = SendChat(runtime.database, deliveries, self.routes, settings)
        sender = DeliverySender("chat", deliveries, runtime.persons, [send], Pace(50, 30, 1), Bell())
        while await sender.round():
            pass

    async def leave(self) -> None:
        """All rooms that are to be left."""
        leaver = RoomLeaver(self.post.service.runtime.database, self.routes, Bell(), 1)
        while await leaver.round():
            pass

    async def due(self) -> None:
        await self.post.due_now("delivery")

    async def aclose(self) -> None:
        if self._routes is not None:
            await self._routes.close()
            self._routes = None

    async def give(self, reader: Caller, address: str = CAMILLE, key: str | None = None) -> httpx.Response:
        headers = reader.headers | {"Idempotency-Key": key or self.post.key(), "Accept-Language": "fr"}
        return await self.post.client.post(MESSAGES, json={"address": address}, headers=headers)

    async def confirm(self, reader: Caller, id_: str, code: str) -> httpx.Response:
        path = f"{MESSAGES}/{id_}/confirmations"
        return await self.post.client.post(path, json={"code": code}, headers=reader.headers)

    def code(self) -> str:
        """The one that came last."""
        (said,) = _CODE.findall(self.first.rooms()[-1].messages[-1]["content"]["body"])
        return str(said)

    async def choose(self, reader: Caller, *channels: str) -> None:
        body = {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": list(channels)}]}
        headers = reader.headers | {"If-Match": '"0"'}
        answer = await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200

    async def reader(self, address: str = CAMILLE) -> Caller:
        """Somebody who has confirmed an address and chose to be told there alone; their room is the newest."""
        made = self.post.person()
        await self.choose(made, "chat")
        given = await self.give(made, address)
        assert given.status_code == 201
        await self.send()
        self.guest(self.first.rooms()[-1], act="join")
        assert (await self.confirm(made, given.json()["id"], self.code())).status_code == 200
        return made

    @staticmethod
    def texts(room: Room) -> list[str]:
        return [event["content"]["body"] for event in room.messages]

    def guest(self, room: Room, server: Homeserver | None = None, **form: str) -> None:
        """What somebody does in their room."""
        guest_does((server or self.first).store, room, form)

    async def bring(self, server: Homeserver | None = None, *, times: int = 1, token: str | None = None) -> int:
        """The homeserver brings what is new, that often by the same transaction id; the status of the last answer."""
        server = server or self.first
        self._count += 1
        body, path = {"events": list(server.store.news)}, f"/_matrix/app/v1/transactions/{self._count}"
        headers = {"Authorization": f"Bearer {token or server.hs_token}"}
        for _ in range(times):
            answer = await self.post.client.put(path, json=body, headers=headers)
        if answer.status_code == 200:
            server.store.news.clear()
        return answer.status_code

    async def states(self) -> list[tuple[str, str, str | None]]:
        """Of the deliveries, the first first: state, provider and last reply."""
        rows = await self.post.pool.fetch("SELECT * FROM delivery WHERE channel = 'chat' ORDER BY created_at, id")
        return [(row["state"], row["provider"] or "", row["last_reply"]) for row in rows]

    async def explained(self, reader: Caller) -> dict[str, Any]:
        """What the API says of the newest message's way to the room."""
        newest = (await self.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
        answer = await self.post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")
        (found,) = (item for item in answer.json()["items"] if item["channel"] == "chat")
        return dict(found)
