# SPDX-License-Identifier: EUPL-1.2
"""Nothing that the service keeps or says joins a person to a choice, or to a ballot."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from identity_rolls import Identity
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from poll_town import PollTown, approve, civil_status, sealed_ballot

from parvis_participation.service.part_rolls import LATE, part_rolls
from parvis_participation.service.seals import Seals
from parvis_participation.service.sign_roots import LEAST, sign_roots


async def _tables(polling: PollTown) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, with PostgreSQL's own columns."""
    connection = await asyncpg.connect(polling.service.superuser_url)
    try:
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND NOT relispartition AND relname <> 'alembic_version'"
        )
        return {
            name: [
                dict(row)
                for row in await connection.fetch(f'SELECT xmin::text AS "xmin", ctid::text AS "ctid", * FROM "{name}"')
            ]
            for (name,) in names
        }
    finally:
        await connection.close()


async def test_no_table_event_or_log_line_knows_who_cast_which_ballot(
    polling: PollTown, logged: Callable[[], str]
) -> None:
    poll = await polling.open()
    before = await _tables(polling)
    voters = [polling.voter() for _ in range(LEAST)]
    ballots = [sealed_ballot(poll, approve("park")) for _ in voters]
    logged()
    for voter, ballot in zip(voters, ballots, strict=True):
        assert (await polling.cast(voter, poll, ballot)).status_code == 200
    after = await _tables(polling)
    grown = {name for name in after if len(after[name]) != len(before[name])}
    # No event, no record of the call, no counter: the vote touched these two tables and no row of another.
    assert grown == {"poll_roll", "poll_urn"}
    assert {name: rows for name, rows in after.items() if name not in grown} == {
        name: rows for name, rows in before.items() if name not in grown
    }
    assert {column for row in after["poll_roll"] for column in row} == {
        "xmin", "ctid", "collectivity", "poll_id", "person_key", "account_key", "channel",
    }  # fmt: skip
    assert {column for row in after["poll_urn"] for column in row} == {
        "xmin", "ctid", "id", "collectivity", "poll_id", "commitment", "sealed", "batch",
    }  # fmt: skip
    # Random identifiers: version 4 has neither time nor order.
    assert {row["id"].version for row in after["poll_urn"]} == {4}
    said = logged()
    assert said.count('"answered"') == LEAST
    secrets = chain((voter.subject for voter in voters), *(ballot.values() for ballot in ballots))
    assert [secret for secret in secrets if secret in said or secret[:16] in said] == []
    keys = [row[column].hex() for row in after["poll_roll"] for column in ("person_key", "account_key")]
    assert [key for key in keys if key in said] == []


async def test_once_a_root_is_signed_the_rows_of_roll_and_urn_have_nothing_in_common(polling: PollTown) -> None:
    poll = await polling.open()
    database, seals = polling.service.runtime.database, Seals(polling.service.runtime.master)
    voters = [polling.voter() for _ in range(LEAST)]
    await asyncio.gather(*(polling.cast(voter, poll, approve("park")) for voter in voters))
    await sign_roots(database, seals, polling.now)
    tables = await _tables(polling)
    assert len({row["xmin"] for row in tables["poll_roll"]}) > 1
    assert len({row["xmin"] for row in tables["poll_urn"]}) == 1
    assert not {row["xmin"] for row in tables["poll_roll"]} & {row["xmin"] for row in tables["poll_urn"]}
    in_order = sorted(tables["poll_urn"], key=lambda row: tuple(map(int, row["ctid"][1:-1].split(","))))
    commitments = [row["commitment"] for row in in_order]
    assert commitments == sorted(commitments)


async def test_after_the_count_no_envelope_and_no_share_is_kept_and_no_choice_is_a_ballots(polling: PollTown) -> None:
    poll = await polling.open()
    voter = polling.voter()
    await polling.cast(voter, poll, approve("park"))
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    tables = await _tables(polling)
    assert {row["sealed"] for row in tables["poll_urn"]} == {None}
    assert [(row["choice"], row["times"]) for row in tables["poll_choice"]] == [('[["park",1]]', 2)]
    everything = json.dumps(tables, default=lambda value: value.hex() if isinstance(value, bytes) else str(value))
    assert [share.hex() for _, share in polling.shares if share.hex() in everything] == []
    assert voter.subject not in everything


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


async def test_whatever_the_way_no_span_metric_log_line_or_table_names_a_voter(
    polling: PollTown, identity: Identity, spans: InMemorySpanExporter, logged: Callable[[], str]
) -> None:
    poll = await polling.open(eligibility={"channels": ["online", "desk", "paper"]})
    agent, voter = polling.service.agent(), polling.voter()
    identity.people[voter.subject] = "MARTIN"
    ballots = [sealed_ballot(poll, approve("park")) for _ in range(2)]
    logged()
    spans.clear()
    path = f"/v1/polls/{poll['id']}"
    visitors = [
        {"document": "passport", "document_number": number, "civil_status": civil_status(name)}
        for name, number in (("DUBOIS", "20FV54321ZZ"), ("DURAND", "19WK98765ZZ"))
    ]
    assert (await polling.cast(voter, poll, ballots[0])).status_code == 200
    desk = await polling.client.post(f"{path}/desk-voters", json=visitors[0], headers=agent.headers)
    voucher = desk.json()["voucher"]
    cast = await polling.client.post(f"{path}/desk-ballots", json=ballots[1] | {"voucher": voucher})
    assert cast.status_code == 200
    paper = await polling.client.post(f"{path}/paper-voters", json=visitors[1], headers=polling.headers(agent))
    assert paper.status_code == 201
    told = [span.to_json() for span in spans.get_finished_spans()]
    assert len(told) >= len(("vote", "received", "cast", "marked"))
    metrics = (await polling.service.internal.get("/metrics")).text
    tables = await _tables(polling)
    keys = [row[column].hex() for row in tables["poll_roll"] for column in ("person_key", "account_key") if row[column]]
    people = [voter.subject, "MARTIN", "DUBOIS", "DURAND", "1962-08-24", voucher, "20FV54321ZZ", "19WK98765ZZ"]
    said = "".join((*told, metrics, logged()))
    assert [secret for secret in (*people, *keys, *(b["commitment"] for b in ballots)) if secret in said] == []
    everything = json.dumps(tables, default=lambda value: value.hex() if isinstance(value, bytes) else str(value))
    assert [secret for secret in people if secret in everything] == []
    # A hash of what is known of somebody names them to whoever knows it.
    bodies = [sha256(json.dumps(visitor).encode()).hexdigest() for visitor in visitors]
    assert [body for body in bodies if body in everything] == []
    # Between roll and urn, column by column, nothing is equal but the poll and the town.
    roll = {value for row in tables["poll_roll"] for name, value in row.items() if name not in {"xmin", "ctid"}}
    urn = {value for row in tables["poll_urn"] for name, value in row.items() if name not in {"xmin", "ctid"}}
    assert roll & urn - {None} == {UUID(poll["id"]), "paris"}


async def test_after_the_close_the_roll_keeps_no_order_of_the_votes(polling: PollTown) -> None:
    poll = await polling.open()
    seals, database = Seals(polling.service.runtime.master), polling.service.runtime.database
    for number in range(LEAST + 1):
        assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
        if number + 1 == LEAST:
            assert await sign_roots(database, seals, polling.now) == 1
    after_the_root = (
        "SELECT count(*) FROM poll_roll WHERE xmin::text::bigint >"
        " (SELECT xmin::text::bigint FROM poll_root WHERE batch = 1)"
    )
    assert await database.pool.fetchval(after_the_root) == 1
    entries = await database.pool.fetch("SELECT person_key, account_key, channel FROM poll_roll ORDER BY person_key")
    closed = datetime.fromisoformat(poll["closes_at"])
    assert await part_rolls(database, closed + LATE / 2) == 0, "a vote may still be on its way"
    assert [await part_rolls(database, closed + 2 * LATE) for _ in range(2)] == [1, 0]
    assert await database.pool.fetchval(after_the_root) == LEAST + 1
    assert await database.pool.fetch("SELECT person_key, account_key, channel FROM poll_roll ORDER BY ctid") == entries
