# SPDX-License-Identifier: EUPL-1.2
"""What the work queue costs: no page looks at more rows than it must, however many requests there are."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from explained import scans
from many_requests import TEAMS, make_requests
from requests_town import Town, clean

from parvis_kit.db.keyset import Position as Place
from parvis_requests.db.answer_keys import number_statement
from parvis_requests.db.catalogue import End, FormKey
from parvis_requests.db.loads import agents_statement, teams_statement
from parvis_requests.db.nearby import Around, nearby_statement
from parvis_requests.db.open311 import Search, Time, acts_statement, requests_statement
from parvis_requests.db.public_requests import Wanted, clusters_statement, found_statement
from parvis_requests.db.public_rules import Rule
from parvis_requests.db.publications import waiting_statement
from parvis_requests.db.queue_filters import Asked
from parvis_requests.db.saved_views import readable
from parvis_requests.db.work_queue import counts_statement, page_statement
from parvis_requests.domain.answer_filters import AnswerRange, FilterKind
from parvis_requests.domain.position import Bounds, Position
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import QueueFilters, Sort
from parvis_requests.service.work_queue import facets_of, resolved, spellings_of

NUMBER = 60_000
# What one team has, with the leaps that find the branches: the most that a filter without an index of its own may cost.
TEAM = NUMBER // TEAMS + 100
AGENT = UUID("00000000-0000-7000-8000-000000000001")
BEFORE = datetime.now(UTC) - timedelta(days=10)
ANSWERS = (("blocks", "true"), ("blocks", "false"), ("rare", "true"))
BIG, DEEP = AnswerRange("size", FilterKind.NUMBER, 9.0), AnswerRange("depth", FilterKind.NUMBER, 6.5, 7.5)
ENDS = {End(AGENT, 1, "resolved")}
# Empty here: PostgreSQL reads the one page that there is.
SMALL = {"follow", "merge", "publication"}
PRESSING = (Priority.HIGH, Priority.URGENT)
FILTERS = {
    "everything": (QueueFilters(), 21 * 60 * 2),
    "one team": (QueueFilters(teams=("team-3",)), 21 * 6),
    "what waits in a team": (QueueFilters(teams=("team-3",), statuses=("submitted", "taken")), 21 * 4),
    "what waits": (QueueFilters(statuses=("submitted",)), 21 * 40),
    "what an agent has": (QueueFilters(teams=("team-1",), assignee=AGENT), TEAM),
    "what nobody has": (QueueFilters(teams=("team-3",), assignee="none"), TEAM),
    "what is pressing": (QueueFilters(priorities=PRESSING), NUMBER // 99 + 60 * 2),
    "what is urgent in a team": (QueueFilters(teams=("team-3",), priorities=PRESSING[1:]), NUMBER // 99 // TEAMS + 100),
    "what is overdue in a team": (QueueFilters(teams=("team-3",), overdue=True), TEAM),
    "what is due within a day in a team": (
        QueueFilters(teams=("team-3",), due_after=BEFORE, due_before=BEFORE + timedelta(days=1)),
        TEAM,
    ),
    "what silence decides soon": (QueueFilters(teams=("team-3",), legal_end_before=BEFORE, ended=False), TEAM),
    "what nobody has opened": (QueueFilters(unread=True), NUMBER // 97 + 60 * 2),
    "a street": (QueueFilters(bounds=Bounds(2.30, 48.82, 2.302, 48.822)), 9 * 1_200),
    "a quarter of a team": (QueueFilters(teams=("team-3",), bounds=Bounds(2.25, 48.80, 2.35, 48.86)), TEAM),
    "an area": (QueueFilters(teams=("team-3",), areas=("751043",)), TEAM),
    "a time": (QueueFilters(teams=("team-3",), created_after=BEFORE), TEAM),
    "a word": (QueueFilters(words="hippopotames"), 40),
    "a word in a team": (QueueFilters(words="hippopotame", teams=("team-0",)), 40),
    "a reference": (QueueFilters(words="R-2026-7KQ4-XM7"), 2),
    "a rare range": (QueueFilters(ranges=(DEEP,)), 40),
    "a rare range in a team": (QueueFilters(ranges=(BIG, DEEP), teams=("team-0",)), 40),
    "a common range": (QueueFilters(ranges=(BIG,)), NUMBER // 10 + 10),
    "a rare answer": (QueueFilters(answers=(("rare", "true"),)), 40),
}


@pytest.fixture(scope="module")
async def many(service: object) -> AsyncIterator[Town]:
    town = Town(service)  # type: ignore[arg-type]
    index = town.service.runtime.blind_index
    facets = [facets_of(index, "paris", [answer])[0] for answer in ANSWERS]
    await make_requests(town.service.superuser_url, 1, NUMBER, facets)
    yield town
    await clean(town.service)


async def cartons(many: Town) -> FormKey:
    row = await many.service.runtime.database.pool.fetchrow(
        "SELECT id FROM request_type WHERE collectivity = 'paris' AND code = 'cartons'"
    )
    assert row
    return FormKey(row["id"], 1)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("name", FILTERS)
async def test_a_page_looks_at_few_rows_by_an_index(many: Town, name: str, sort: Sort) -> None:
    filters, bound = FILTERS[name]
    index = many.service.runtime.blind_index
    facets = [facets_of(index, "paris", spellings_of(*answer)) for answer in filters.answers]
    async with many.service.runtime.database.reading() as session:
        asked = await resolved(session, Actor(AGENT, "paris", is_agent=True), Asked(filters, facets, ENDS))
        assert asked is not None
        for place in (None, Place(BEFORE, AGENT), Place(BEFORE, AGENT, backward=True)):
            done = await scans(session, page_statement("paris", asked, sort, place, 20))
            assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table in {"request", "answer_key"}] == []
            assert sum(scan.rows for scan in done if scan.table == "request") <= bound, (place, done)


@pytest.mark.parametrize(
    "filters",
    [QueueFilters(), QueueFilters(teams=("team-3",)), QueueFilters(words="hippopotame"), QueueFilters(overdue=True)],
    ids=["everything", "team", "word", "overdue"],
)
async def test_the_numbers_come_from_an_index(many: Town, filters: QueueFilters) -> None:
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, counts_statement("paris", Asked(filters, (), ENDS)))
    assert [scan for scan in done if "Seq Scan" in scan.kind] == []


async def test_answers_in_a_range_are_counted_by_an_index(many: Town) -> None:
    async with many.service.runtime.database.reading() as session:
        (scan,) = await scans(session, number_statement("paris", DEEP))
    assert (scan.kind, scan.index) == ("Index Only Scan", "ix_answer_key_number")
    assert scan.rows <= 20


async def test_how_much_teams_and_agents_have_is_counted_by_an_index(many: Town) -> None:
    agents = [UUID(f"00000000-0000-7000-8000-{number:012d}") for number in (1, 7)]
    stages = ("submitted", "taken")
    bounds = {
        teams_statement("paris", ["team-3", "team-4"], stages): 2 * NUMBER // TEAMS // 3 + 100,
        agents_statement("paris", agents, stages): 2 * NUMBER // 6 // 50 + 100,
    }
    async with many.service.runtime.database.reading() as session:
        for statement, most in bounds.items():
            done = await scans(session, statement)
            assert [scan for scan in done if "Seq Scan" in scan.kind] == []
            assert sum(scan.rows for scan in done) <= most, done


async def test_saved_views_come_from_an_index(many: Town) -> None:
    connection = many.service.runtime.database.pool
    await connection.execute(
        "INSERT INTO saved_view (id, collectivity, owner, name, shared, filters, version, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'paris', gen_random_uuid(), 'v', n % 10 = 0, '{}', 1, now(), now()"
        " FROM generate_series(1, 5000) n"
    )
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, readable(Actor(AGENT, "paris", is_agent=True)).limit(20))
    assert [scan for scan in done if "Seq Scan" in scan.kind] == []


@pytest.mark.parametrize("ended", [True, False])
async def test_a_search_by_open311_looks_at_its_time_alone(many: Town, ended: bool) -> None:
    since, shown = BEFORE - timedelta(days=10), [await cartons(many)]
    closed = {End(*key, "resolved") for key in shown}
    search = Search("paris", shown, closed, since, BEFORE, ended=ended, open=not ended)
    for client in (None, "open311:1"):
        async with many.service.runtime.database.reading() as session:
            done = await scans(session, requests_statement(search, client, 100, 100))
        assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
        assert sum(scan.rows for scan in done) <= 800, done


@pytest.mark.parametrize("client", [None, "open311:1"])
async def test_a_search_by_open311_passes_what_is_merged_by_its_index(many: Town, client: str | None) -> None:
    connection = await asyncpg.connect(many.service.superuser_url)
    await connection.execute(
        "INSERT INTO merge (child_id, parent_id, collectivity, agent, created_at)"
        " SELECT id, lead(id) OVER (), collectivity, author, created_at FROM"
        " (SELECT * FROM request ORDER BY created_at DESC LIMIT 20000) asked LIMIT 19999"
    )
    await connection.execute("VACUUM ANALYZE merge")
    search = Search("paris", [await cartons(many)], (), BEFORE - timedelta(days=50), BEFORE)
    try:
        async with many.service.runtime.database.reading() as session:
            done = await scans(session, requests_statement(search, client, 100, 100))
    finally:
        await connection.execute("DELETE FROM merge")
        await connection.execute("VACUUM ANALYZE merge")
        await connection.close()
    # A hundred after a hundred are found, and the 5,600 newer ones passed that all went along with another.
    assert {scan.index for scan in done if scan.table in {"request", "merge"}} == {"ix_request_newest", "pk_merge"}
    assert sum(scan.rows for scan in done if scan.table == "request") <= 6_000, done


async def test_what_is_nearby_is_read_from_the_cells_around(many: Town) -> None:
    place = Position(2.30, 48.8225)
    type_id, number = await cartons(many)
    rules = [
        Rule(type_id, number, status, ended=False, decimals=5, content="after-review")
        for status in ("submitted", "taken")
    ]
    around = Around("paris", AGENT, place, 150, "éclairage", rules)
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, nearby_statement(around, 20))
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
    # Four cells from west to east, three from south to north, of some 400 requests each.
    assert sum(scan.rows for scan in done if scan.table == "request") <= 12 * 400, done


async def test_what_waits_for_a_review_is_found_without_looking_at_the_older(many: Town) -> None:
    actor, since = Actor(AGENT, "paris", is_agent=True), datetime.now(UTC) - timedelta(days=2)
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, waiting_statement(actor, [await cartons(many)], since, None, 20))
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
    assert sum(scan.rows for scan in done if scan.table == "request") <= 100, done


async def wanted(many: Town, side: float, days: int) -> Wanted:
    type_id, number = await cartons(many)
    rules = [
        Rule(type_id, number, status, ended=status == "resolved", decimals=5, content="after-review")
        for status in ("submitted", "taken", "resolved")
    ]
    now, bounds = datetime.now(UTC), Bounds(2.30, 48.82, 2.30 + side, 48.82 + side)
    return Wanted("paris", rules, now - timedelta(days=days), now, bounds=bounds)


@pytest.mark.parametrize(("side", "days", "most"), [(0.004, 90, 9 * 1_200), (0.5, 2, 2 * 24 * 60 + 10)])
async def test_the_map_is_read_from_the_cells_of_a_small_box_or_from_its_time(
    many: Town, side: float, days: int, most: int
) -> None:
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, found_statement(await wanted(many, side, days), 500))
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
    assert sum(scan.rows for scan in done if scan.table == "request") <= most, done


async def test_clusters_look_at_the_time_that_is_asked_for_alone(many: Town) -> None:
    async with many.service.runtime.database.reading() as session:
        done = await scans(session, clusters_statement(await wanted(many, 0.5, 2), 0.01, 500))
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
    assert sum(scan.rows for scan in done if scan.table == "request") <= 2 * 24 * 60 + 10, done


async def test_the_acts_of_a_time_come_from_an_index(many: Town) -> None:
    pool = many.service.runtime.database.pool
    await pool.execute(
        "INSERT INTO history_entry (request_id, sequence, collectivity, action, by_agent, actor, status, visibility,"
        " at) SELECT id, 2, 'paris', 'take', true, author, 'taken', 'public', updated_at FROM request LIMIT 20000"
    )
    async with many.service.runtime.database.reading() as session:
        shown = [await cartons(many)]
        done = await scans(session, acts_statement(Time("paris", BEFORE, BEFORE + timedelta(hours=1)), shown, 1_000))
    assert [scan for scan in done if "Seq Scan" in scan.kind and scan.table not in SMALL] == []
    assert sum(scan.rows for scan in done) <= 400, done
