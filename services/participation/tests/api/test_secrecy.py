# SPDX-License-Identifier: EUPL-1.2
"""Nothing that the service keeps or says joins a person to a choice, or to a ballot."""

import asyncio
import json
from collections.abc import Callable
from itertools import chain
from typing import Any

import asyncpg
from poll_town import PollTown, approve, sealed_ballot

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
    assert len({row["xmin"] for row in tables["poll_roll"]}) == LEAST
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
