# SPDX-License-Identifier: EUPL-1.2
"""Whatever dies, stops or is away while a file of votes is taken in: it is one archive, counted once, and whole."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from archive_town import later, send
from elections import FILE
from participation_town import Town
from running_service import as_environment

from parvis_files.apart import run_apart
from parvis_participation.db import archives
from parvis_participation.domain.archive import TRIES
from parvis_participation.service import count_archives

PROCESS = Path(__file__).parents[1] / "support" / "mortal_archive.py"
# Before and after each stored step, and before and after the file is read.
TAKING = ("commit-1-before", "commit-1-after")
COUNTING = (
    "commit-1-before", "commit-1-after", "run_apart-1-after", "commit-2-before", "commit-2-after",
)  # fmt: skip
ONCE = count_archives.HELD + timedelta(minutes=1)


def file(name: str) -> str:
    """A file of its own."""
    return FILE.replace("A vote", name)


async def killed(town: Town, *processes: tuple[str, str, str, str]) -> None:
    """Let these processes die where each has to."""
    settings = as_environment("participation", town.service.runtime.settings)
    mortal = await asyncio.create_subprocess_exec(
        *(sys.executable, PROCESS, json.dumps(processes)), env=os.environ | settings, stdout=asyncio.subprocess.PIPE
    )
    survived, _ = await asyncio.wait_for(mortal.communicate(), 120)
    assert (mortal.returncode, survived.split()) == (0, [])


async def whole(town: Town, names: set[str]) -> None:
    """Each file is one archive, which was counted once, with all that is in it."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT title, state, version, told->>'voters' AS voters, length(ballots) > 0 AS kept, content IS NULL AS gone,"
        " record->>'digest' IS NOT NULL AS told FROM budget_archive ORDER BY title"
    )
    assert [tuple(row) for row in rows] == [(name, "counted", 2, "3", True, True, True) for name in sorted(names)]


async def test_whoever_is_killed_at_any_step_leaves_one_archive_of_each_file(town: Town) -> None:
    agent, database = town.service.agent("lutece"), town.service.runtime.database
    for where in COUNTING:
        assert (await send(town, town.service.agent(), file(where))).status_code == 202
    coming = [f"Coming {where}" for where in TAKING]
    await killed(
        town,
        *(("api", where, agent.subject, file(name)) for where, name in zip(TAKING, coming, strict=True)),
        *(("worker", where, "", "") for where in COUNTING),
    )
    again = [await send(town, agent, file(name), key=where) for where, name in zip(TAKING, coming, strict=True)]
    assert [each.status_code for each in again] == [202, 202]
    assert ["Idempotency-Replayed" in each.headers for each in again] == [False, True]
    held = "SELECT count(*) FILTER (WHERE held_until > now()) FROM budget_archive WHERE state = 'waiting'"
    assert await database.pool.fetchval(held) == 3, "whoever died over a file may still be reading it"
    free = await count_archives.count_archives(database)
    taken_over = await count_archives.count_archives(database, later(ONCE))
    assert free + taken_over == len(COUNTING) + len(TAKING) - 1, "one had counted its file"
    await whole(town, {*COUNTING, *coming})


async def test_two_workers_at_once_read_each_file_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, database, names = town.service.agent(), town.service.runtime.database, [f"Vote {each}" for each in range(5)]
    for name in names:
        await send(town, agent, file(name))
    both, take, taken = asyncio.Barrier(2), archives.take, list[str]()

    async def at_one_moment(*given: Any) -> Any:
        row = await take(*given)
        taken.extend([row.digest.hex()] if row else [])
        if len(taken) <= 2:
            await both.wait()
        return row

    monkeypatch.setattr(archives, "take", at_one_moment)
    done = await asyncio.wait_for(asyncio.gather(*(count_archives.count_archives(database) for _ in range(2))), 240)
    assert (sum(done), min(done) > 0) == (len(names), True)
    assert sorted(taken) == sorted(sha256(file(name).encode()).hexdigest() for name in names)
    await whole(town, set(names))


async def test_a_worker_that_was_too_slow_changes_nothing_of_what_another_counted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, calls = town.service.runtime.database, list[int]()
    await send(town, town.service.agent(), file("Slow"))

    async def overtaken(*given: Any) -> tuple[int, bytes]:
        calls.append(1)
        if len(calls) == 1:
            assert await count_archives.count_archives(database, later(ONCE)) == 1
        return await run_apart(*given)

    monkeypatch.setattr(count_archives, "run_apart", overtaken)
    await count_archives.count_archives(database)
    assert len(calls) == 2
    await whole(town, {"Slow"})


async def test_a_worker_that_stops_gives_its_file_to_the_next_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    database, reading = town.service.runtime.database, asyncio.Event()
    await send(town, town.service.agent(), file("Long"))

    async def for_ever(*_: Any) -> tuple[int, bytes]:
        reading.set()
        return await asyncio.Future()

    with monkeypatch.context() as patch:
        patch.setattr(count_archives, "run_apart", for_ever)
        for _ in range(TRIES + 1):
            reading.clear()
            working = asyncio.create_task(count_archives.count_archives(database))
            await asyncio.wait([working, asyncio.create_task(reading.wait())], return_when=asyncio.FIRST_COMPLETED)
            assert reading.is_set(), "the next one need not wait until the time of the one before has run out"
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
    assert await count_archives.count_archives(database) == 1
    await whole(town, {"Long"})


class Outage:
    """The service's database takes no connection, and has cut those that were."""

    def __init__(self, town: Town) -> None:
        parts = urlsplit(town.service.superuser_url)
        self._name, self._elsewhere = parts.path[1:], urlunsplit(parts._replace(path="/postgres"))

    async def begin(self) -> None:
        await self._do(
            f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{self._name}'",
        )

    async def end(self) -> None:
        await self._do(f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS true')

    async def _do(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._elsewhere)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def test_what_was_counted_while_the_database_was_away_is_kept_once_it_is_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage, standing, asked = Outage(town), archives.standing, list[int]()
    await send(town, town.service.agent(), file("Away"))

    async def cut(*given: Any) -> tuple[int, bytes]:
        read = await run_apart(*given)
        await outage.begin()
        return read

    async def back_at_the_third(*given: Any) -> Any:
        asked.append(1)
        if len(asked) == 3:
            await outage.end()
        return await standing(*given)

    monkeypatch.setattr(count_archives, "run_apart", cut)
    monkeypatch.setattr(count_archives, "PAUSE", 0.01)
    monkeypatch.setattr(archives, "standing", back_at_the_third)
    try:
        assert await count_archives.count_archives(town.service.runtime.database) == 1
    finally:
        await outage.end()
    assert len(asked) == 3
    await whole(town, {"Away"})
