# SPDX-License-Identifier: EUPL-1.2
"""A short way to discuss over the API."""

import itertools
from typing import Any

import httpx

from parvis_testing import Caller, Harness

_keys = itertools.count()


class Thread:
    """The discussion of one thing."""

    def __init__(self, service: Harness, kind: str, subject: dict[str, Any]) -> None:
        self._client = service.client
        self.path = f"/v1/threads/{kind}/{subject['id']}/comments"
        self.list = f"/v1/collectivities/paris/threads/{kind}/{subject['id']}/comments"

    async def write(self, who: Caller, text: str = "Oui.", parent: dict[str, Any] | None = None) -> httpx.Response:
        headers = who.headers | {"Idempotency-Key": f"comment-{next(_keys)}"}
        body = {"text": text, "parent_id": parent and parent["id"]}
        return await self._client.post(self.path, json=body, headers=headers)

    async def edit(self, who: Caller, comment: dict[str, Any], text: str) -> httpx.Response:
        headers = who.headers | {"If-Match": f'"{comment["version"]}"'}
        return await self._client.put(f"/v1/comments/{comment['id']}", json={"text": text}, headers=headers)

    async def withdraw(self, who: Caller, comment: dict[str, Any]) -> httpx.Response:
        headers = who.headers | {"If-Match": f'"{comment["version"]}"'}
        return await self._client.delete(f"/v1/comments/{comment['id']}", headers=headers)

    async def read(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self._client.get(self.list + query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def former(self, comment: dict[str, Any]) -> list[str]:
        answer = await self._client.get(f"/v1/collectivities/paris/comments/{comment['id']}/versions")
        assert answer.status_code == 200, answer.text
        return [version["text"] for version in answer.json()["items"]]
