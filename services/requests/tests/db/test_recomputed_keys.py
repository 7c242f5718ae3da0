# SPDX-License-Identifier: EUPL-1.2
"""Requests that are older than a declaration are found by it once their keys were computed anew."""

import asyncio
import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import httpx
import pytest
from requests_town import Town
from running_service import as_environment

from parvis_requests.service import recompute_keys as recomputing
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.recompute_keys import Recomputing, Step, recompute_keys
from parvis_requests.settings import Settings

CODE = "old-stall"
# How many wait for this connection: others wait for others, in other databases of the server, too.
_WAITED_FOR = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
SCHEMA = {
    "type": "object",
    "properties": {
        "metres": {"type": "number"},
        "plate": {"type": "string", "maxLength": 20},
        "born_on": {"type": "string", "format": "date"},
    },
    "additionalProperties": False,
}
FIRST = {"schema": SCHEMA, "filters": {"born_on": {"kind": "date", "personal": True}}}
THEN = {
    "schema": SCHEMA,
    "filters": {
        "metres": {"kind": "number", "personal": False},
        "plate": {"kind": "text", "personal": False},
        "born_on": {"kind": "date", "personal": False},
    },
}
ANSWERS: dict[str, Any] = {"metres": 4, "plate": "ÉB-9", "born_on": "1990-01-01"}


async def found(town: Town, query: str) -> int:
    answer = await town.get(town.service.agent(), f"/v1/work-queue?{query}&count=exact")
    total: int = answer.json()["counts"]["total"]
    return total


async def steps(town: Town, after: UUID | None = None) -> list[Step]:
    runtime = town.service.runtime
    catalogues = Catalogues(runtime.database, 10)
    parts = Recomputing(runtime.database, catalogues, runtime.persons, runtime.blind_index, "paris")
    return [step async for step in recompute_keys(parts, after)]


async def stall(town: Town) -> httpx.Response:
    return await town.submit(town.service.citizen(), request_type=CODE, answers=ANSWERS)


async def older(town: Town, number: int) -> list[dict[str, Any]]:
    """Requests of the first version, of which the second one declares more."""
    await town.publish(CODE, form=FIRST)
    filed = [
        (await town.submit(town.service.citizen(), request_type=CODE, answers=ANSWERS)).json() for _ in range(number)
    ]
    await town.publish(CODE, form=THEN)
    return filed


async def test_what_was_declared_since_finds_them_and_what_was_personal_stays_sealed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "_BATCH", 2)
    filed = await older(town, 5)
    erased = (await stall(town)).json()
    pool = town.service.runtime.database.pool
    before = await pool.fetch("SELECT id, version, updated_at FROM request ORDER BY id")
    # One is of the second version already, and its author's key is gone.
    author = await pool.fetchval("SELECT author FROM request WHERE id = $1", erased["id"])
    await town.service.runtime.persons.destroy(author)
    queries = ("answer_from=metres:3", "answer_starts=plate:eb", "answer=plate:eb-9")
    assert [await found(town, query) for query in queries] == [1, 1, 1]

    done = await steps(town)
    assert [(each.seen, each.changed) for each in done] == [(2, 2), (2, 2), (2, 1)]
    assert [await found(town, query) for query in queries] == [6, 6, 6]
    assert await found(town, "answer=born_on:1990-01-01") == 6
    # It was told to be found by its exact value alone: nobody was asked again.
    assert await found(town, "answer_from=born_on:1900-01-01") == 1
    assert await pool.fetch("SELECT id, version, updated_at FROM request ORDER BY id") == before
    assert sum(each.changed for each in await steps(town)) == 0, "again, it changes nothing"
    assert [each.seen for each in await steps(town, UUID(filed[3]["id"]))] == [2], "it goes on after one"


async def test_it_waits_for_whoever_acts_on_one_with_no_other_in_its_hands(town: Town) -> None:
    filed = [UUID(each["id"]) for each in await older(town, 3)]
    pool = town.service.runtime.database.pool
    async with pool.acquire() as acting, acting.transaction():
        # As an act on what goes along with another: the parent first, though it was filed later.
        await acting.execute("SELECT 1 FROM request WHERE id = $1 FOR UPDATE", filed[2])
        computing = asyncio.create_task(steps(town))
        while not await acting.fetchval(_WAITED_FOR):  # noqa: ASYNC110 - a database tells no event
            await asyncio.sleep(0.01)
        await acting.execute("SELECT 1 FROM request WHERE id = $1 FOR UPDATE NOWAIT", filed[0])
    assert [(each.seen, each.changed) for each in await computing] == [(3, 3)]


async def test_an_operator_does_it_by_a_command(town: Town, requests_settings: Settings) -> None:
    (request,) = await older(town, 1)

    def command(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "parvis_requests", "recompute-answer-keys", *arguments],
            env=os.environ | as_environment("requests", requests_settings),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stderr.splitlines()[-1]

    assert command("paris") == (0, "1 seen, 1 changed")
    assert await found(town, "answer_from=metres:3") == 1
    assert command("paris", "--after", request["id"]) == (0, "0 seen, 0 changed")
    assert command("nowhere") == (1, "no such collectivity, or no such request in it")
