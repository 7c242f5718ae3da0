# SPDX-License-Identifier: EUPL-1.2
"""Short ways to have applications send in tests."""

import asyncio
import time
from typing import Any

import httpx
from notifications_post import Post
from notifications_templates import Desk

KEYS = "/v1/sending-keys"
PATH = "/v1/sent-messages"
VALUES = {"prénom": "Zoé", "numéro": "4012"}


async def early_in_a_minute() -> None:
    """What is sent is counted by minutes of the clock: wait for the next, where little is left of this one."""
    left = 60 - time.time() % 60
    if left < 10:
        await asyncio.sleep(left + 0.1)


class Office:
    """An agent who makes keys, and the application that has one."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.desk = Desk(post, post.service.agent())

    async def make(self, kind: str = "live", **changes: Any) -> httpx.Response:
        body = {"application": "bibliotheque", "kind": kind, "letters_per_day": 1_000} | changes
        headers = self.desk.agent.headers | {"Idempotency-Key": self.post.key()}
        return await self.post.client.post(KEYS, json=body, headers=headers)

    async def key(self, kind: str = "live", **changes: Any) -> str:
        made = await self.make(kind, **changes)
        assert made.status_code == 201, made.text
        shown: str = made.json()["key"]
        return shown

    async def send(self, key: str, template: str, *, idempotency: str | None = None, **changes: Any) -> httpx.Response:
        body = {"channel": "email", "template_id": template, "to": "zoe@example.org", "personalisation": VALUES}
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency or self.post.key()}
        return await self.post.client.post(PATH, json=body | changes, headers=headers)

    async def read(self, key: str, path: str) -> httpx.Response:
        return await self.post.client.get(f"{PATH}{path}", headers={"Authorization": f"Bearer {key}"})
