# SPDX-License-Identifier: EUPL-1.2
"""The journal of a service, told again: to a topic, into a file, to a webhook."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from confluent_kafka import Consumer, Producer
from messaging_database import messaging_database

from parvis_cli import journal, journal_sinks
from parvis_cli.__main__ import main
from parvis_cli.journal import Entry, Place, Turns
from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_local.topics import create_topics

HAPPENED = "fr.parvis.test.happened.v1"
OTHER = "fr.parvis.test.other.v1"


@pytest.fixture
async def pool(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["asyncpg.Pool[Any]"]:
    url = await messaging_database(f"test_journal_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    monkeypatch.setenv("PARVIS_JOURNAL_DATABASE_URL", url)
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as connections:
        yield connections


def ids_in_order() -> Iterator[UUID]:
    """Identifiers as they are made, each a millisecond after the one before: within one they have no order."""
    first = uuid7().int
    return (UUID(int=first + (number << 80)) for number in count())


IDS = ids_in_order()


def happened(key: UUID, sequence: int, type_: str = HAPPENED, at: datetime | None = None) -> Event:
    return Event(
        id=next(IDS),
        type=type_,
        source="/parvis/test",
        subject=str(key),
        time=at or datetime.now(UTC),
        collectivity="paris",
        sequence=sequence,
        key=key,
        topic="parvis.test.thing.v1",
        data={"accent": "é", "sequence": sequence},
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" if sequence == 1 else None,
    )


async def told(pool: "asyncpg.Pool[Any]", *events: Event, day: date | None = None) -> list[str]:
    insert = f"INSERT INTO outbox (day, {OUTBOX_COLUMNS}) VALUES ($1, {outbox_values(2)})"
    for event in events:
        await pool.execute(insert, day or datetime.now(UTC).date(), *outbox_row(event))
    return [str(event.id) for event in events]


async def value(pool: "asyncpg.Pool[Any]", event: Event) -> bytes:
    """What the relay sends for it: its data as they are in the outbox."""
    data: str = await pool.fetchval("SELECT data::text FROM outbox WHERE id = $1", event.id)
    return data.encode()


async def replay(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["journal", "replay", *arguments])


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


async def test_a_file_gets_each_event_as_a_cloud_event(pool: "asyncpg.Pool[Any]", tmp_path: Path) -> None:
    first, second = happened(uuid7(), 1), happened(uuid7(), 2, OTHER)
    await told(pool, first, second)
    file = tmp_path / "journal.jsonl"
    assert await replay("--file", str(file)) == 0
    one, two = lines(file)
    assert one == {
        "specversion": "1.0",
        "id": str(first.id),
        "type": HAPPENED,
        "source": "/parvis/test",
        "subject": first.subject,
        "time": dict(first.headers())["ce_time"].decode(),
        "dataschema": "/developers/events/fr.parvis.test.happened/v1.json",
        "collectivity": "paris",
        "sequence": "1",
        "traceparent": first.traceparent,
        "datacontenttype": "application/json",
        "data": first.data,
    }
    assert ("traceparent" in two, two["type"]) == (False, OTHER)


async def test_only_what_is_selected_is_told_again(
    pool: "asyncpg.Pool[Any]", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now, key = datetime.now(UTC), uuid7()
    events = [
        happened(key, 1, at=now - timedelta(hours=3)),
        happened(key, 2, OTHER, at=now - timedelta(hours=2)),
        happened(uuid7(), 1, at=now - timedelta(hours=1)),
    ]
    ids = await told(pool, *events)
    half = (now - timedelta(hours=2.5)).isoformat()
    late = (now - timedelta(hours=1.5)).isoformat()
    for number, (asked, wanted) in enumerate(
        [
            (("--type", HAPPENED), [ids[0], ids[2]]),
            (("--type", HAPPENED, "--type", OTHER), ids),
            (("--aggregate", str(key)), ids[:2]),
            (("--since", half), ids[1:]),
            (("--since", half, "--until", late), [ids[1]]),
            (("--aggregate", str(uuid7())), []),
        ]
    ):
        file = tmp_path / f"{number}.jsonl"
        assert await replay("--file", str(file), *asked) == 0
        assert [line["id"] for line in lines(file)] == wanted, asked
        assert f"{len(wanted)} events replayed" in capsys.readouterr().err


async def test_each_aggregate_is_told_in_its_order_over_pages_and_days(
    pool: "asyncpg.Pool[Any]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PAGE", 3)
    # The clocks of two processes differ: the later act has the smaller identifier, and falls into the page before.
    keys = [uuid7() for _ in range(4)]
    events = [happened(key, sequence) for sequence in (4, 2, 3, 1) for key in keys]
    await told(pool, *events[:8])
    await told(pool, *events[8:], day=datetime.now(UTC).date() + timedelta(days=1))
    file = tmp_path / "journal.jsonl"
    assert await replay("--file", str(file)) == 0
    found = lines(file)
    assert len(found) == 16
    for key in keys:
        assert [line["sequence"] for line in found if line["subject"] == str(key)] == ["1", "2", "3", "4"]


async def test_what_is_older_than_clocks_can_differ_is_not_held_back(
    pool: "asyncpg.Pool[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PAGE", 2)
    monkeypatch.setattr(journal, "WINDOW_MILLISECONDS", 0)
    ids = await told(pool, *(happened(uuid7(), 1) for _ in range(7)))
    connection = await asyncpg.connect(os.environ["PARVIS_JOURNAL_DATABASE_URL"])
    replaying = journal.stretches(connection, journal.Selection(), journal.BEGINNING)
    first = await anext(replaying)
    assert [str(entry.place.id) for entry in first.entries] == ids[:2]
    # They were given out before more was read: what comes meanwhile is still found.
    ids += await told(pool, happened(uuid7(), 1))
    assert [str(entry.place.id) async for stretch in replaying for entry in stretch.entries] == ids[2:]
    await connection.close()


def entry(number: int, key: UUID, sequence: int) -> Entry:
    """One that was made in that millisecond."""
    return Entry(Place(date(2026, 11, 26), UUID(int=number << 80)), key, sequence, None)


def test_among_others_an_aggregates_events_change_places_alone() -> None:
    a, b = uuid7(), uuid7()
    turns = Turns()
    turns.add([entry(1, a, 2), entry(2, b, 7)])
    turns.add([entry(3, a, 1), entry(4, b, 8)])
    assert [(each.key, each.sequence) for each in turns.take()] == [(a, 1), (b, 7), (a, 2), (b, 8)]


def test_one_goes_on_before_the_first_that_waits_though_later_ones_were_told() -> None:
    a, b = uuid7(), uuid7()
    turns = Turns()
    turns.add([late := entry(1, a, 2), entry(2, b, 1), early := entry(5, a, 1), entry(6, b, 2)])

    def reached() -> int | None:
        before = turns.all_before()
        return before and before.id.int + 1

    assert turns.take(horizon=0) == []
    assert reached() == 1 << 80
    # The first turn went to another: what is at its place still waits, whatever came after.
    assert (turns.take(horizon=1), reached()) == ([early], 1 << 80)
    assert (len(turns.take(horizon=2)), reached()) == (1, 1 << 80)
    assert (turns.take(horizon=5), reached()) == ([late], 6 << 80)
    assert (len(turns.take()), reached()) == (1, None)


class PowerCutError(Exception):
    """The end of a process."""


async def test_a_replay_that_was_broken_off_goes_on_and_a_finished_one_brings_what_came_since(
    pool: "asyncpg.Pool[Any]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(journal, "PAGE", 2)
    monkeypatch.setattr(journal, "WINDOW_MILLISECONDS", -1)
    ids = await told(pool, *(happened(uuid7(), 1) for _ in range(6)))
    file, state = tmp_path / "journal.jsonl", tmp_path / "state.json"
    asked = ("--file", str(file), "--state", str(state))
    sent: list[int] = []
    send = journal_sinks.FileSink.send

    def breaking(sink: Any, entries: Any) -> int:
        if len(sent) == 2:
            # A half line is on the disk when the power goes.
            with file.open("ab") as half:
                half.write(b'{"specversion"')
            raise PowerCutError
        sent.append(len(entries))
        return send(sink, entries)

    monkeypatch.setattr(journal_sinks.FileSink, "send", breaking)
    with pytest.raises(PowerCutError):
        await replay(*asked)
    monkeypatch.setattr(journal_sinks.FileSink, "send", send)
    assert sent == [2, 2]
    assert await replay(*asked) == 0
    assert [line["id"] for line in lines(file)] == ids
    ids += await told(pool, happened(uuid7(), 1))
    assert await replay(*asked) == 0
    assert [line["id"] for line in lines(file)] == ids
    capsys.readouterr()
    assert await replay(*asked, "--type", OTHER) == 1
    assert "is of another replay" in capsys.readouterr().err
    assert await replay("--file", str(file)) == 1
    assert "is there already" in capsys.readouterr().err


async def test_what_has_gone_from_the_journal_is_not_passed_over_in_silence(
    pool: "asyncpg.Pool[Any]", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await told(pool, happened(uuid7(), 1))
    asked = ("--file", str(tmp_path / "journal.jsonl"), "--state", str(tmp_path / "state.json"))
    assert await replay(*asked) == 0
    state = json.loads((tmp_path / "state.json").read_text())
    state["reached"]["day"] = str(datetime.now(UTC).date() - timedelta(days=3))
    (tmp_path / "state.json").write_text(json.dumps(state))
    assert await replay(*asked) == 1
    assert "is gone" in capsys.readouterr().err


@pytest.mark.kafka
async def test_a_topic_gets_the_records_that_the_relay_would_send(
    pool: "asyncpg.Pool[Any]", bootstrap: str, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = f"parvis.test.{uuid4().hex[:8]}.v1"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [topic])
    # The embedded broker makes a topic when something is sent there.
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, b"before")
    assert producer.flush(20) == 0
    key = uuid7()
    events = [happened(key, 2), happened(key, 1), happened(uuid7(), 1)]
    await told(pool, *events)
    asked = ("--topic", topic, "--bootstrap-servers", bootstrap)
    assert await replay(*asked) == 0
    assert "3 events replayed" in capsys.readouterr().err
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    found: list[tuple[Any, Any, Any]] = []
    while len(found) < 1 + len(events):
        message = await asyncio.to_thread(consumer.poll, 30)
        assert message is not None
        assert not message.error()
        found.append((message.key(), message.value(), set(message.headers() or ())))
    consumer.close()
    expected = [
        (str(e.key).encode(), await value(pool, e), set(e.headers())) for e in (events[1], events[0], events[2])
    ]
    assert [each for each in found if each[0] == str(key).encode()] == expected[:2]
    assert expected[2] in found


@pytest.mark.apache
@pytest.mark.kafka
async def test_a_topic_that_is_not_there_is_named(
    pool: "asyncpg.Pool[Any]", bootstrap: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del pool
    assert await replay("--topic", f"parvis.none.{uuid4().hex}", "--bootstrap-servers", bootstrap) == 1
    assert "is not there" in capsys.readouterr().err
