# SPDX-License-Identifier: EUPL-1.2
"""A short way to import votes of elsewhere over the API."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_participation.service.count_archives import count_archives
from parvis_testing import Caller

SOURCE = "https://data.example.org/budget-2019.pb"
PUBLIC = "/v1/collectivities/paris/budget-archives"
_keys = itertools.count()


async def send(
    town: Town, agent: Caller, content: str | bytes, *, key: str | None = None, **asked: str
) -> httpx.Response:
    key = key or f"archive-{next(_keys)}"
    headers = agent.headers | {"Idempotency-Key": key, "Content-Type": "text/plain"}
    path, asked = "/v1/budget-archives", {"source": SOURCE} | asked
    body = content if isinstance(content, bytes) else content.encode()
    return await town.client.post(path, params=asked, content=body, headers=headers)


async def read(town: Town, agent: Caller, archive: dict[str, Any], language: str = "en") -> dict[str, Any]:
    headers = agent.headers | {"Accept-Language": language}
    found: dict[str, Any] = (await town.client.get(f"/v1/budget-archives/{archive['id']}", headers=headers)).json()
    return found


async def counted(town: Town, agent: Caller, content: str | bytes, **asked: str) -> dict[str, Any]:
    """An archive once the worker has read it, whatever it found."""
    sent = await send(town, agent, content, **asked)
    assert sent.status_code == 202, sent.text
    await count_archives(town.service.runtime.database)
    return await read(town, agent, sent.json())


async def publish(town: Town, agent: Caller, archive: dict[str, Any]) -> httpx.Response:
    headers = town.headers(agent) | {"If-Match": f'"{archive["version"]}"'}
    path = f"/v1/budget-archives/{archive['id']}/transitions"
    return await town.client.post(path, json={"action": "publish"}, headers=headers)


async def delete(town: Town, agent: Caller, archive: dict[str, Any]) -> httpx.Response:
    headers = agent.headers | {"If-Match": f'"{archive["version"]}"'}
    return await town.client.delete(f"/v1/budget-archives/{archive['id']}", headers=headers)


async def published(town: Town, agent: Caller, content: str | bytes, **asked: str) -> dict[str, Any]:
    done = await publish(town, agent, await counted(town, agent, content, **asked))
    assert done.status_code == 201, done.text
    found: dict[str, Any] = done.json()
    return found


async def results(town: Town, archive: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"{PUBLIC}/{archive['id']}/results")).json()
    return found


def later(span: timedelta) -> Callable[[], datetime]:
    """A clock that stands still, that much later."""
    at = datetime.now(UTC) + span
    return lambda: at
