# SPDX-License-Identifier: EUPL-1.2
"""What is said of a request, and what is asked for after its filing, in short."""

from typing import Any

import httpx
from requests_town import Town

from parvis_testing import Caller

PROOFS = [
    {"code": "identity", "name": {"fr": "Identité", "en": "Identity"}, "required": False},
    {"code": "lease", "name": {"fr": "Bail", "en": "Lease"}, "required": False, "files": {"kinds": ["pdf"]}},
]


async def messages(town: Town, caller: Caller, request: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.get(caller, f"/v1/requests/{request['id']}/messages")).json()["items"]
    return found


async def send(town: Town, caller: Caller, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": town.key()} | headers
    return await town.client.post(path, json=body, headers=headers)


async def upload(town: Town, caller: Caller, content: bytes, request: dict[str, Any] | None = None) -> str:
    path = f"/v1/attachments?for_request={request['id']}" if request else "/v1/attachments"
    headers = caller.headers | {"Idempotency-Key": town.key(), "Content-Type": "application/octet-stream"}
    answer = await town.client.post(path, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def ask(town: Town, agent: Caller, request: dict[str, Any], tag: str, documents: list[str]) -> httpx.Response:
    body = {"action": "ask", "documents": documents, "days": 21, "text": "Il manque des pièces."}
    return await send(town, agent, f"/v1/requests/{request['id']}/document-requests", body, **{"If-Match": tag})


async def studied(town: Town, citizen: Caller, agent: Caller) -> dict[str, Any]:
    await town.publish("flat", documents=PROOFS, files={"kinds": ["photo"]})
    request: dict[str, Any] = (await town.submit(citizen, request_type="flat", answers={}, position=None)).json()
    await town.act(agent, request, "study", '"1"')
    return request
