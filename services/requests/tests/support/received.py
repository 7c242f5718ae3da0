# SPDX-License-Identifier: EUPL-1.2
"""What notifications holds, and a worker that takes it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from requests_town import Town

from parvis_kit.messaging.events import Event
from parvis_requests.consumers import people
from parvis_requests.outgoing.inbound_messages import (
    HolderDownError,
    InboundMessages,
    NotHeldError,
    Received,
    ReceivedFile,
)
from parvis_requests.receiving import taking
from parvis_requests.service.take_received import Taking, take_received
from parvis_testing import Caller

TYPE = "fr.parvis.notifications.message-received.v1"
SENDER = "camille@example.org"


@dataclass
class Holder(InboundMessages):
    """Notifications, as far as requests asks it."""

    messages: dict[UUID, Received] = field(default_factory=dict)
    fetched: list[UUID] = field(default_factory=list)
    destroyed: list[UUID] = field(default_factory=list)
    down: bool = False
    deaf: bool = False

    async def fetch(self, message_id: UUID, collectivity: str) -> Received | None:
        assert collectivity
        if self.down:
            raise HolderDownError("down")
        self.fetched.append(message_id)
        if message_id not in self.messages and message_id not in self.destroyed:
            raise NotHeldError
        return self.messages.get(message_id)

    async def taken(self, message_id: UUID, collectivity: str) -> None:
        assert collectivity
        if self.down or self.deaf:
            raise HolderDownError("down")
        self.destroyed.append(message_id)
        self.messages.pop(message_id, None)


class Post:
    """Mail for a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.holder = Holder()
        self.parts: Taking = replace(taking(town.service.runtime), holder=self.holder)

    def reply(self, request: dict[str, Any], author: Caller, text: str = "Demain à 9 h.", **more: Any) -> Received:
        return message(request_id=UUID(request["id"]), person=author.person, text=text, **more)

    async def comes(self, received: Received, collectivity: str = "paris", times: int = 1) -> UUID:
        """It is there, and its event is heard so many times."""
        id_ = uuid4()
        self.holder.messages[id_] = received
        for _ in range(times):
            await self.hear(id_, collectivity, received.request_id)
        return id_

    async def hear(self, id_: UUID, collectivity: str = "paris", request: UUID | None = None) -> None:
        data = {
            "message_id": str(id_), "way": "email", "request_id": str(request) if request else None,
            "collectivity": collectivity,
        }  # fmt: skip
        event = Event(
            id=uuid4(), type=TYPE, source="/parvis/notifications", subject=str(id_), time=datetime.now(UTC),
            collectivity=collectivity, sequence=1, key=id_, topic=people.TOPICS[1], data=data, traceparent=None,
        )  # fmt: skip
        runtime = self.town.service.runtime
        async with runtime.database.unit_of_work() as uow:
            await people.handlers(runtime.persons)[TYPE](event, uow.session)
            await uow.commit()

    async def take(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
        return await take_received(self.parts, clock)

    async def again(self) -> int:
        """What failed is tried again at once."""
        await self.town.service.runtime.database.pool.execute("UPDATE received_message SET due_at = now()")
        return await self.take()

    async def contacts(self, agent: Caller, query: str = "") -> list[dict[str, Any]]:
        answer = await self.town.get(agent, f"/v1/incoming-contacts{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def act(self, agent: Caller, contact: dict[str, Any], what: str, tag: str = '"1"', **body: Any) -> Any:
        headers = agent.headers | {"Idempotency-Key": self.town.key(), "If-Match": tag}
        return await self.town.client.post(f"/v1/incoming-contacts/{contact['id']}/{what}", json=body, headers=headers)


def message(**changes: Any) -> Received:
    values: dict[str, Any] = {
        "way": "email",
        "request_id": None,
        "person": None,
        "held": None,
        "sender": SENDER,
        "sender_name": "Camille Martin",
        "subject": "Re: Votre demande",
        "text": "Demain à 9 h.",
        "files": (),
        "left_out": (),
        "received_at": datetime.now(UTC),
    }
    return Received(**values | changes)


def file(name: str, content: bytes) -> ReceivedFile:
    return ReceivedFile(name, content)


async def taken_request(town: Town, author: Any, agent: Any, **changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = (await town.submit(author, **changes)).json()
    await town.act(agent, request, "take", '"1"')
    return request
