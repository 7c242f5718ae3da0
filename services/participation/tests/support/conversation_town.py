# SPDX-License-Identifier: EUPL-1.2
"""A short way to hold opinion conversations over the API."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from participation_town import Town

from parvis_participation.service.figure_conversation import keep_conversations
from parvis_testing import Caller

LIST = "/v1/collectivities/paris/conversations"
TEXT = {"fr": "Texte", "en": "Text"}
SMALLEST = 5
MINUTES = 10
_keys = itertools.count()


def body(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    times = {
        "opens_at": (now - timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(hours=1)).isoformat(),
    }
    return {"title": TEXT, "description": TEXT, "verified": False, "reviewed": False} | times | changes


def creating(who: Caller) -> dict[str, str]:
    return who.headers | {"Idempotency-Key": f"conversation-{next(_keys)}"}


def seen(who: Caller, made: dict[str, Any]) -> dict[str, str]:
    return creating(who) | {"If-Match": f'"{made["version"]}"'}


async def prepare(town: Town, agent: Caller, **changes: Any) -> httpx.Response:
    return await town.client.post("/v1/conversations", json=body(**changes), headers=creating(agent))


async def act(town: Town, agent: Caller, made: dict[str, Any], action: str) -> httpx.Response:
    path = f"/v1/conversations/{made['id']}/transitions"
    return await town.client.post(path, json={"action": action}, headers=seen(agent, made))


async def opened(town: Town, seeds: int = 0, **changes: Any) -> dict[str, Any]:
    agent = town.service.agent()
    made = await prepare(town, agent, **changes)
    assert made.status_code == 201, made.text
    for number in range(seeds):
        assert (await seed(town, agent, made.json(), f"{number}")).status_code == 201
    published = await act(town, agent, made.json(), "publish")
    assert published.status_code == 201, published.text
    found: dict[str, Any] = published.json()
    return found


async def seed(town: Town, agent: Caller, made: dict[str, Any], words: str) -> httpx.Response:
    text = {"fr": f"Oui {words}", "en": f"Yes {words}"}
    path = f"/v1/conversations/{made['id']}/seed-statements"
    return await town.client.post(path, json={"text": text}, headers=creating(agent))


async def write(town: Town, who: Caller, made: dict[str, Any], words: str = "Des bancs !") -> httpx.Response:
    path = f"/v1/conversations/{made['id']}/statements"
    return await town.client.post(path, json={"text": words}, headers=creating(who))


async def review(
    town: Town, agent: Caller, statement: dict[str, Any], outcome: str, reasons: Any = None
) -> httpx.Response:
    path, content = f"/v1/statements/{statement['id']}/reviews", {"outcome": outcome, "reasons": reasons}
    return await town.client.post(path, json=content, headers=seen(agent, statement))


async def say(town: Town, who: Caller, statement: dict[str, Any], opinion: str) -> httpx.Response:
    path = f"/v1/statements/{statement['id']}/opinions/mine"
    return await town.client.put(path, json={"opinion": opinion}, headers=who.headers)


async def said(town: Town, who: Caller, made: dict[str, Any]) -> list[str]:
    path = f"/v1/conversations/{made['id']}/opinions/mine"
    found = (await town.client.get(path, headers=who.headers)).json()["items"]
    return [each["opinion"] for each in found]


async def shown(town: Town, made: dict[str, Any]) -> list[dict[str, Any]]:
    """The published statements, by number."""
    found = (await town.client.get(f"{LIST}/{made['id']}/statements?limit=100")).json()["items"]
    return sorted(found, key=lambda each: int(each["number"]))


async def upcoming(town: Town, who: Caller, made: dict[str, Any], limit: int = 20) -> dict[str, Any]:
    path = f"/v1/conversations/{made['id']}/next-statements?limit={limit}"
    found: dict[str, Any] = (await town.client.get(path, headers=who.headers)).json()
    return found


async def result(town: Town, made: dict[str, Any]) -> httpx.Response:
    return await town.client.get(f"{LIST}/{made['id']}/result")


async def work(town: Town, later: timedelta = timedelta(0)) -> None:
    """What the worker does, that much later."""
    await keep_conversations(town.service.runtime.database, MINUTES, SMALLEST, datetime.now(UTC) + later)


async def crowd(
    town: Town, made: dict[str, Any], opinions: Sequence[Sequence[int | None]], later: timedelta = timedelta(0)
) -> None:
    """Many people at once, straight into the tables: each with an opinion, or none, on each statement in turn."""
    pool, conversation = town.service.runtime.database.pool, UUID(made["id"])
    statements = [UUID(each["id"]) for each in await shown(town, made)]
    people = [uuid4() for _ in opinions]
    await pool.executemany(
        "INSERT INTO conversation_participant (id, conversation_id, collectivity, person, changed_at)"
        " VALUES ($1, $2, 'paris', $3, $4)",
        [(person, conversation, uuid4(), datetime.now(UTC) + later) for person in people],
    )
    rows = [
        (person, statement, value)
        for person, line in zip(people, opinions, strict=True)
        for statement, value in zip(statements, line, strict=True)
        if value is not None
    ]
    await pool.executemany("INSERT INTO conversation_opinion VALUES ($1, $2, 'paris', $3)", rows)
