# SPDX-License-Identifier: EUPL-1.2
"""What a queue by a rare type, or by what ties requests to others, costs: what there is of it, not the whole table."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from explained import scans
from many_requests import TEAMS, make_requests
from requests_town import Town, clean

from parvis_requests.db import queue_relations
from parvis_requests.db.catalogue import End
from parvis_requests.db.queue_filters import Asked
from parvis_requests.db.queue_relations import Tie, number_statements
from parvis_requests.db.work_queue import counts_statement, page_statement
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import Merged, QueueFilters, Sort, Transferred
from parvis_requests.service.work_queue import facets_of, resolved

NUMBER, RARE = 30_000, 30
AGENT = Actor(UUID("00000000-0000-7000-8000-000000000001"), "paris", is_agent=True)
ENDS = {End(AGENT.person, 1, "resolved")}
# Some of the oldest: whoever reads in the order of the queue comes to them last.
_TIED = f"""
CREATE TEMP TABLE old AS SELECT id, collectivity, author, created_at FROM request ORDER BY created_at LIMIT {RARE};
UPDATE request SET type_id = (SELECT id FROM request_type WHERE collectivity = 'paris' AND code = 'epave-de-velo'),
    area = NULL, channel = 'social', clock_paused_on = current_date, priority = 1
    WHERE id IN (SELECT id FROM old);
INSERT INTO merge (child_id, parent_id, collectivity, agent, created_at)
    SELECT id, (SELECT id FROM request ORDER BY created_at DESC LIMIT 1), collectivity, author, created_at FROM old;
INSERT INTO transfer (request_id, collectivity, agent, action, note_id, due_at, done_at, created_at)
    SELECT id, collectivity, author, 'send-on', id, created_at, created_at, created_at FROM old;
INSERT INTO forwarding (request_id, collectivity, body_id, state, tries, look_ups, next_at, version, created_at,
    updated_at) SELECT id, collectivity, id, 'failed', 0, 0, created_at, 1, created_at, created_at FROM old;
INSERT INTO attachment (id, collectivity, owner, request_id, media_type, size, width, height)
    SELECT gen_random_uuid(), collectivity, author, id, 'image/jpeg', 1, 1, 1 FROM old, generate_series(1, 3);
INSERT INTO attachment (id, collectivity, owner, request_id, media_type, size, width, height)
    SELECT gen_random_uuid(), 'lutece', author, gen_random_uuid(), 'image/jpeg', 1, 1, 1 FROM request;
"""
TIES = {
    Tie.TYPE: QueueFilters(),
    Tie.AREA: QueueFilters(areas=("none",)),
    Tie.CHANNEL: QueueFilters(channels=("social", "email")),
    Tie.PRIORITY: QueueFilters(priorities=(Priority.LOW,)),
    Tie.PAUSED: QueueFilters(paused=True),
    Tie.FILES: QueueFilters(files=True),
    Tie.MERGED: QueueFilters(merged=(Merged.CHILD,)),
    Tie.FORWARDED: QueueFilters(forwarded=(ForwardingState.FAILED,)),
    Tie.TRANSFERRED: QueueFilters(transferred=(Transferred.GONE, Transferred.LEAVING)),
}


@pytest.fixture(scope="module")
async def many(service: object) -> AsyncIterator[Town]:
    town = Town(service)  # type: ignore[arg-type]
    facets = [facets_of(town.service.runtime.blind_index, "paris", [("blocks", value)])[0] for value in "abc"]
    await make_requests(town.service.superuser_url, 1, NUMBER, facets)
    connection = await asyncpg.connect(town.service.superuser_url)
    await connection.execute("SET session_replication_role = replica")  # no body, no message stands behind them
    await connection.execute(_TIED)
    await connection.execute("VACUUM ANALYZE request, merge, transfer, forwarding, attachment")
    await connection.close()
    yield town
    await clean(town.service)


async def type_of(many: Town, code: str) -> UUID:
    wanted = "SELECT id FROM request_type WHERE collectivity = 'paris' AND code = $1"
    found: UUID = await many.service.runtime.database.pool.fetchval(wanted, code)
    return found


def read(done: list[Any], table: str) -> int:
    return sum(scan.rows for scan in done if scan.table == table)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("tie", TIES)
async def test_what_is_rare_is_read_before_it_is_put_into_any_order(many: Town, tie: Tie, sort: Sort) -> None:
    types = [await type_of(many, "epave-de-velo")] if tie is Tie.TYPE else None
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, AGENT, Asked(TIES[tie], (), ENDS, types=types))
        assert asked is not None
        assert asked.first is tie
        for statement in (page_statement("paris", asked, sort, None, 20), counts_statement("paris", asked)):
            done = await scans(session, statement)
            assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table == "request"] == []
            assert read(done, "request") <= 2 * RARE, done


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "filters",
    [
        QueueFilters(teams=("team-3",), files=True),
        QueueFilters(teams=("team-3",), files=False),
        QueueFilters(teams=("team-3",), paused=True),
        QueueFilters(teams=("team-3",), paused=False),
    ],
    ids=["files", "no files", "paused", "not paused"],
)
async def test_in_a_team_no_more_is_read_than_it_has(
    many: Town, filters: QueueFilters, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_relations, "MANY", 0)  # as where there are too many to begin with them
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, AGENT, Asked(filters, (), ENDS))
        assert asked is not None
        assert asked.first is None
        for statement in (page_statement("paris", asked, sort, None, 20), counts_statement("paris", asked)):
            done = await scans(session, statement)
            assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table in {"request", "attachment"}] == []
            assert read(done, "request") <= NUMBER // TEAMS + 100, done


async def test_what_can_wait_and_what_cannot_are_read_by_an_index_each(many: Town) -> None:
    filters = QueueFilters(priorities=(Priority.LOW, Priority.HIGH, Priority.URGENT))
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, AGENT, Asked(filters, (), ENDS))
        assert asked is not None
        for statement in (page_statement("paris", asked, Sort.DUE_FIRST, None, 20), counts_statement("paris", asked)):
            done = await scans(session, statement)
            assert read(done, "request") <= 2 * (NUMBER // 99 + RARE), done


async def test_of_two_that_are_rare_the_rarer_one_comes_first(many: Town) -> None:
    filters = QueueFilters(merged=(Merged.CHILD,), transferred=(Transferred.FAILED,))
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, AGENT, Asked(filters, (), ENDS))
    assert asked is not None
    assert asked.first is Tie.TRANSFERRED


async def test_a_common_type_is_read_in_the_order_of_the_queue(many: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_relations, "MANY", 1_000)
    types = [await type_of(many, "cartons")]
    async with many.service.runtime.database.reading() as session:
        for _, statement in number_statements("paris", QueueFilters(), types):
            assert read(await scans(session, statement), "request") <= 1_001
        asked = await resolved(session, AGENT, Asked(QueueFilters(), (), ENDS, types=types))
        assert asked is not None
        assert asked.first is None
        done = await scans(session, page_statement("paris", asked, Sort.NEWEST, None, 20))
    assert read(done, "request") <= 21 * 60 * 2, done


async def test_children_are_left_out_without_reading_more_of_the_queue(many: Town) -> None:
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, AGENT, Asked(QueueFilters(merged=(Merged.NONE,)), (), ENDS))
        assert asked is not None
        done = await scans(session, page_statement("paris", asked, Sort.NEWEST, None, 20))
    assert read(done, "request") <= 21 * 60 * 2 + RARE, done


async def test_what_one_person_has_filed_comes_from_an_index(many: Town) -> None:
    pool = many.service.runtime.database.pool
    row = await pool.fetchrow("SELECT id, author FROM request ORDER BY created_at LIMIT 1")
    assert row
    async with many.service.runtime.database.reading() as session:
        for filters in (QueueFilters(author=row["author"]), QueueFilters(author_of=row["id"])):
            done = await scans(session, page_statement("paris", Asked(filters, (), ENDS), Sort.DUE_FIRST, None, 20))
            assert read(done, "request") <= 3, done
