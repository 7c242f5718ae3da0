# SPDX-License-Identifier: EUPL-1.2
"""Short ways to write templates in tests."""

from typing import Any

import httpx
from notifications_post import Post

from parvis_testing import Caller

PATH = "/v1/message-templates"
WORDS = {
    "fr": {"subject": "Votre carte ((numéro))", "body": "Bonjour ((prénom)),\n\nVotre carte **((numéro))** est prête."},
    "en": {"subject": "Your card ((numéro))", "body": "Hello ((prénom)),\n\nYour card **((numéro))** is ready."},
}
CARD: dict[str, Any] = {
    "name": "Carte de bibliothèque",
    "channels": ["email", "sms"],
    "variables": [
        {"name": "prénom", "type": "text", "required": True, "sample": "Camille"},
        {"name": "numéro", "type": "number", "required": True, "sample": "4012"},
    ],
    "texts": WORDS,
}
RECEIPT = {
    "fr": {
        "subject": "Bien reçu : ((reference))",
        "body": "## Reçu le ((received))\n\n((service))\n\n((statements))\n\nLa *mairie* vous répondra.",
    }
}


class Desk:
    """An agent who writes templates."""

    def __init__(self, post: Post, agent: Caller) -> None:
        self.post = post
        self.agent = agent

    async def write(self, **changes: Any) -> httpx.Response:
        return await self._post(PATH, CARD | changes)

    async def publish(self, made: httpx.Response, restore: int | None = None) -> httpx.Response:
        path, body = f"{PATH}/{made.json()['id']}", {"restore": restore}
        tag = (await self.post.get(self.agent, path)).headers["etag"]
        return await self._post(f"{path}/versions", body, **{"If-Match": tag})

    async def published(self, **changes: Any) -> str:
        made = await self.write(**changes)
        assert made.status_code == 201, made.text
        assert (await self.publish(made)).status_code == 201
        found: str = made.json()["id"]
        return found

    async def rewrite(self, made: httpx.Response, **changes: Any) -> httpx.Response:
        path = f"{PATH}/{made.json()['id']}"
        tag = (await self.post.get(self.agent, path)).headers["etag"]
        headers = self.agent.headers | {"If-Match": tag}
        return await self.post.client.put(path, json=CARD | changes, headers=headers)

    async def ask(self, made: httpx.Response, what: str, **body: Any) -> httpx.Response:
        return await self._post(f"{PATH}/{made.json()['id']}/{what}", body)

    async def _post(self, path: str, body: Any, **more: str) -> httpx.Response:
        headers = self.agent.headers | {"Idempotency-Key": self.post.key()} | more
        return await self.post.client.post(path, json=body, headers=headers)
