# SPDX-License-Identifier: EUPL-1.2
"""What others' restricted requests cost in the queue: none of them is looked at, however many there are."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from explained import scans
from many_requests import TEAMS, make_requests
from requests_town import Town, clean

from parvis_requests.db.queue_filters import Asked
from parvis_requests.db.work_queue import counts_statement, page_statement
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import QueueFilters, Sort
from parvis_requests.service.work_queue import facets_of, resolved

NUMBER = 40_000
# An agent who has some hundreds, two of which are restricted and in another team than theirs.
AGENT = UUID("00000000-0000-7000-8000-000000000001")
# Of a quarter of the teams all but the oldest request of each branch is restricted: what would be read in vain.
_RESTRICTED = """
WITH ranked AS (
    SELECT id, row_number() OVER (PARTITION BY team, status ORDER BY created_at) AS place FROM request
    WHERE team IN ('team-0', 'team-1', 'team-2', 'team-3', 'team-4')
)
UPDATE request SET restricted = true FROM ranked WHERE ranked.id = request.id AND ranked.place > 1
"""
_HIS = """
UPDATE request SET assignee = $1 WHERE id IN (SELECT id FROM request WHERE restricted ORDER BY created_at LIMIT 2)
"""
_OPEN = "SELECT count(*) FROM request WHERE NOT restricted OR team = 'team-0' OR assignee = $1"


@pytest.fixture(scope="module")
async def many(service: object) -> AsyncIterator[Town]:
    town = Town(service)  # type: ignore[arg-type]
    facets = [facets_of(town.service.runtime.blind_index, "paris", [("blocks", each)])[0] for each in "abc"]
    await make_requests(town.service.superuser_url, 1, NUMBER, facets)
    connection = await asyncpg.connect(town.service.superuser_url)
    await connection.execute(_RESTRICTED)
    await connection.execute(_HIS, AGENT)
    await connection.execute("VACUUM ANALYZE request")
    await connection.close()
    yield town
    await clean(town.service)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "filters", [QueueFilters(), QueueFilters(statuses=("resolved",)), QueueFilters(teams=("team-1", "team-7"))]
)
async def test_a_page_passes_over_what_is_kept_from_the_agent(many: Town, filters: QueueFilters, sort: Sort) -> None:
    agent = Actor(AGENT, "paris", is_agent=True, roles=frozenset({"agent"}), teams=frozenset({"team-9"}))
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, agent, Asked(filters))
        assert asked is not None
        statement = page_statement("paris", asked, sort, None, 20)
        done = await scans(session, statement)
        rows = (await session.execute(statement)).all()
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table == "request"] == []
    # A page of each branch that may be read, with the leaps to all of them, and what is theirs by name.
    assert sum(scan.rows for scan in done if scan.table == "request") <= 21 * 3 * TEAMS * 2, done
    assert len(rows) == 21


async def test_no_request_is_counted_that_is_kept_from_the_agent(many: Town) -> None:
    agent = Actor(AGENT, "paris", is_agent=True, roles=frozenset({"agent"}), teams=frozenset({"team-0"}))
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, agent, Asked(QueueFilters()))
        assert asked is not None
        statement = counts_statement("paris", asked)
        done = await scans(session, statement)
        counted = sum(row.number for row in (await session.execute(statement)).all())
    connection = await asyncpg.connect(many.service.superuser_url)
    open_to_him = await connection.fetchval(_OPEN, AGENT)
    await connection.close()
    assert counted == open_to_him < NUMBER
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table == "request"] == []
    assert sum(scan.rows for scan in done if scan.table == "request") <= counted + 1_000
