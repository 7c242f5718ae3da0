# SPDX-License-Identifier: EUPL-1.2
"""Letters in the database and on the command line."""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from messaging_database import messaging_database
from messaging_things import Settings
from prometheus_client import REGISTRY

from parvis_kit.db.database import Database, open_database
from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Record
from parvis_letters import command, keeping, reading, schemas, settling
from parvis_letters.burying import bury
from parvis_letters.command import dead_letters
from parvis_letters.errors import LetterSettledError, NoLetterError

TYPE = "fr.parvis.test.happened.v1"
CONSUMER = "letters-tests"


@pytest.fixture
async def settings() -> Settings:
    url = await messaging_database(f"test_letters_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    return Settings(database_url=url, keystore_url=url, master_key=b64encode(bytes(32)).decode())


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    async with open_database(settings, "letters") as opened:
        yield opened


def record(value: bytes = b"{}", position: int = 5, **attributes: bytes) -> Record:
    key = str(uuid7())
    named = {
        "specversion": b"1.0", "id": str(uuid7()).encode(), "type": TYPE.encode(), "source": b"/parvis/test",
        "subject": key.encode(), "time": b"2026-11-26T08:00:00Z", "collectivity": b"paris", "sequence": b"1",
    }  # fmt: skip
    headers = tuple((f"ce_{name}", text) for name, text in (named | attributes).items())
    return Record("parvis.test.v1", 0, position, key.encode(), value, headers)


async def buried(database: Database, *records: Record, reason: str = "poison") -> list[UUID]:
    async with database.unit_of_work() as uow:
        for each in records:
            await bury(uow.session, CONSUMER, each, reason)
        await uow.commit()
    rows: list[asyncpg.Record] = await database.pool.fetch("SELECT id FROM dead_letter ORDER BY number")
    return [row["id"] for row in rows]


async def redrive(database: Database, letter: UUID, **more: Any) -> None:
    async with database.unit_of_work() as uow:
        await settling.redrive(uow.session, letter, "somebody", now=datetime.now(UTC), **more)
        await uow.commit()


async def parked(database: Database) -> list[asyncpg.Record]:
    return list(await database.pool.fetch("SELECT * FROM parked_event ORDER BY position"))


async def test_of_two_who_settle_it_at_once_one_does_and_nobody_of_another_town(database: Database) -> None:
    (letter,) = await buried(database, record())
    with pytest.raises(NoLetterError):
        await redrive(database, letter, collectivity="lutece")
    calls = [redrive(database, letter, collectivity="paris") for _ in range(4)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in done if each is not None] == [LetterSettledError] * 3, done
    assert len(await parked(database)) == 1


async def test_what_is_broken_off_leaves_it_as_it_was(database: Database) -> None:
    (letter,) = await buried(database, record())
    async with database.unit_of_work() as uow:
        await settling.redrive(uow.session, letter, "somebody", now=datetime.now(UTC))
    assert await parked(database) == []
    await redrive(database, letter)
    assert len(await parked(database)) == 1


async def test_what_is_read_or_sent_again_is_one_letter_and_a_topic_made_anew_has_others(database: Database) -> None:
    first, late = record(b'{"n":1}'), record(b'{"n":2}', 3)
    other = Record(first.topic, first.partition, first.position, first.key, b'{"n":3}', first.headers)
    resent = Record(first.topic, first.partition, 9, first.key, first.value, first.headers)
    letters = await buried(database, first, first, resent, other, late)
    assert len(letters) == len(await buried(database, first, late)) == 3
    for letter in letters:
        await redrive(database, letter)
    again = await parked(database)
    assert (len(again), again[0]["value"]) == (3, late.value), "in the order of their positions"


async def test_what_no_text_column_takes_is_kept(database: Database) -> None:
    odd = record(b"\x00\xff" * 600_000, id=b"\x00", type=b"\xff", collectivity=b"../../paris")
    await buried(database, odd, reason="\ud800\0 why")
    (row,) = await database.pool.fetch("SELECT * FROM dead_letter")
    assert (row["value"], row["collectivity"], row["type"], row["event_id"]) == (odd.value, None, None, None)
    assert json.loads(row["headers"])[1] == ["ce_id", "\x00"]


async def test_what_waits_is_measured_and_kept_and_what_was_settled_goes_in_time(database: Database) -> None:
    one, two, _ = await buried(database, record(), record(), record())
    await keeping.measure(database)
    assert REGISTRY.get_sample_value("parvis_dead_letters", {"consumer": CONSUMER}) == 3
    for letter, days in ((one, 91), (two, 89)):
        async with database.unit_of_work() as uow:
            then = datetime.now(UTC) - timedelta(days=days)
            await settling.discard(uow.session, letter, "somebody", "of no use", now=then)
            await uow.commit()
    await database.pool.execute("UPDATE dead_letter SET buried_at = now() - interval '1 year'")
    await keeping.measure(database)
    assert REGISTRY.get_sample_value("parvis_dead_letters", {"consumer": CONSUMER}) == 1
    assert await keeping.purge(database, 90) == 1
    rows = await database.pool.fetch("SELECT id, state, note FROM dead_letter ORDER BY number")
    assert [(row["id"] == two, row["state"], row["note"]) for row in rows] == [
        (True, "discarded", "of no use"),
        (False, "waiting", None),
    ]


async def test_operators_see_and_settle_those_of_all_and_of_none(
    settings: Settings, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(schemas, "_schemas", lambda: {TYPE: {"required": ["n"]}})

    async def run(*arguments: Any) -> str:
        await dead_letters(settings, [str(each) for each in arguments])
        return capsys.readouterr().out

    nobodys, bad, good = await buried(
        database, record(b"rubbish", collectivity=b"PARIS"), record(b"\xff", 6), record(position=7)
    )
    listed = (await run("list")).splitlines()
    assert [line.split()[0] for line in listed] == [str(nobodys), str(bad), str(good)]
    assert f" waiting {CONSUMER} - {TYPE} " in listed[0]
    shown = json.loads(await run("show", bad))
    assert (shown["data"], shown["data_base64"], shown["collectivity"]) == (None, "/w==", "paris")
    mended = tmp_path / "mended.json"
    mended.write_text('{"m": 1}')
    with pytest.raises(SystemExit, match="not its data"):
        await run("redrive", bad, "--by", "ops", "--data", mended)
    mended.write_text('{"n": 1}')
    assert await run("redrive", bad, "--by", "ops", "--data", mended) == f"{bad} is sent again\n"
    with pytest.raises(SystemExit, match="before"):
        await run("discard", bad, "--by", "ops", "--reason", "of no use")
    assert await run("redrive", "--consumer", CONSUMER, "--by", "ops") == f"{good} is sent again\n"
    assert await run("discard", nobodys, "--by", "ops", "--reason", "of no use") == f"{nobodys} is discarded\n"
    assert [row["value"] for row in await parked(database)] == [b'{"n":1}', b"{}"]
    assert await run("list") == ""
    assert len((await run("list", "--settled")).splitlines()) == 3
    with pytest.raises(SystemExit, match="no such letter"):
        await run("show", uuid7())


async def test_what_dies_again_at_once_is_not_sent_again_without_end(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await buried(database, record(), record(position=6))
    redrive = settling.redrive

    async def dying(session: Any, letter_id: Any, by: str, **said: Any) -> Any:
        done = await redrive(session, letter_id, by, **said)
        await bury(session, CONSUMER, replace(done.record, position=-done.number), "again")
        return done

    monkeypatch.setattr(settling, "redrive", dying)
    monkeypatch.setattr(command, "_PAGE", 1)
    await dead_letters(settings, ["redrive", "--consumer", CONSUMER, "--by", "ops"])
    assert capsys.readouterr().out == f"{first} is sent again\n{second} is sent again\n"


async def test_a_list_leaves_contents_where_they_are(database: Database) -> None:
    await buried(database, record(b"x" * 1_000))
    async with database.reading() as session:
        (letter,) = (await reading.page(session, None, [], [], None, 10)).rows
    assert (letter.record.value, letter.record.headers, letter.mended, letter.consumer) == (b"", (), None, CONSUMER)
