# SPDX-License-Identifier: EUPL-1.2
"""A month's figures are counted once, when nobody can answer any more: nothing that comes or goes changes them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from contesting import Contesting, contesting
from requests_town import Town

from parvis_requests.db import requests
from parvis_requests.domain.calendar import PARIS
from parvis_requests.domain.request import Actor
from parvis_requests.domain.survey import countable_until, month_of
from parvis_requests.service.ask_satisfaction import ask_satisfaction
from parvis_requests.service.count_months import count_months, count_what_goes
from parvis_testing import Caller

CSV = "/v1/collectivities/paris/open-data/satisfaction-csv"
# Between them and now no survey of their month is open any more.
BEFORE = timedelta(days=100)


async def rated(town: Town, desk: Contesting, scores: list[int], *, ago: timedelta = BEFORE) -> list[dict[str, Any]]:
    """Requests that ended, whose authors were asked and answered that long ago."""
    citizen, agent = town.service.citizen(), town.service.agent()
    runtime, found = town.service.runtime, []
    for score in scores:
        request = await desk.filed(citizen)
        assert (await town.act(agent, request, "grant", '"1"')).status_code == 201
        found.append(request)
        then = datetime.now(UTC) + timedelta(days=2)
        assert await ask_satisfaction(runtime.database, runtime.persons, runtime.blind_index, then) == 1
        headers = citizen.headers | {"Idempotency-Key": town.key()}
        path = f"/v1/requests/{request['id']}/satisfaction"
        assert (await town.client.post(path, json={"score": score}, headers=headers)).status_code == 201
        ids = UUID(request["id"]), datetime.now(UTC) - ago
        await runtime.database.pool.execute("UPDATE satisfaction SET created_at = $2 WHERE request_id = $1", *ids)
        await runtime.database.pool.execute("UPDATE survey SET asked_at = $2 WHERE request_id = $1", *ids)
    return found


async def count(town: Town, now: datetime | None = None) -> int:
    return await count_months(town.service.runtime.database, now or datetime.now(UTC))


async def destroy(town: Town, request: dict[str, Any]) -> None:
    """As the purge does, in its transaction."""
    async with town.service.runtime.database.unit_of_work() as uow:
        row = await requests.one(uow.session, Actor.service("paris"), UUID(request["id"]), lock=True)
        await count_what_goes(uow.session, row)
        await uow.commit()


async def figures(town: Town, by: str = "type") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await town.get(town.service.agent(), f"/v1/satisfaction-figures?by={by}")).json()[
        "items"
    ]
    return items


async def test_nothing_changes_a_month_that_is_counted(town: Town) -> None:
    desk, pool = await contesting(town), town.service.runtime.database.pool
    gone, *_ = await rated(town, desk, [1, 4, 4, 5, 5])
    lines = (await town.client.get(CSV)).text.splitlines()
    assert len(lines) == 1
    live = await figures(town)
    assert await count(town) >= 2
    export, own = (await town.client.get(CSV)).text, await figures(town)
    month = f"{(datetime.now(UTC) - BEFORE).astimezone(PARIS):%Y-%m}"
    assert export.splitlines()[1:] == [f"{month},{desk.code},Essai,5,3.8,1,0,0,2,2"]
    assert own == live
    assert (own[0]["answers"], own[0]["asked"], own[0]["rate"]) == (5, 5, 1.0)
    # One goes, and one comes late: neither the town's figures nor what anybody may know tell it.
    await destroy(town, gone)
    await rated(town, desk, [2])
    assert await pool.fetchval("SELECT count(*) FROM satisfaction") == 5
    assert await count(town) == 0
    assert (await town.client.get(CSV)).text == export
    assert await figures(town) == own
    await rated(town, desk, [2], ago=timedelta())
    assert (await town.client.get(CSV)).text == export
    assert (await figures(town))[0]["scores"] == [1, 1, 0, 2, 2]


async def test_few_are_never_told_and_do_not_become_enough_by_others(town: Town) -> None:
    desk = await contesting(town)
    await rated(town, desk, [1, 2, 3, 4])
    await count(town)
    await rated(town, desk, [5])
    await count(town)
    assert len((await town.client.get(CSV)).text.splitlines()) == 1
    assert [each["answers"] for each in await figures(town)] == [None]


@pytest.mark.parametrize("counted", [False, True])
async def test_who_goes_before_the_month_is_counted_is_in_it_all_the_same(town: Town, counted: bool) -> None:
    desk = await contesting(town)
    first, second, *_ = await rated(town, desk, [1, 1, 4, 5, 5])
    if counted:
        # What came before is counted, this month is not.
        await town.service.runtime.database.pool.execute(
            "INSERT INTO counted_months VALUES ('paris', $1)", month_of(datetime.now(UTC) - BEFORE)
        )
    before = [await figures(town, by) for by in ("type", "team", "month")]
    await destroy(town, first)
    await destroy(town, second)
    assert [await figures(town, by) for by in ("type", "team", "month")] == before
    await count(town)
    assert [await figures(town, by) for by in ("type", "team", "month")] == before
    assert (await town.client.get(CSV)).text.splitlines()[1].endswith(",5,3.2,2,0,0,1,2")


async def test_what_is_not_counted_yet_is_not_published_even_where_all_of_it_is_gone(town: Town) -> None:
    desk = await contesting(town)
    for request in await rated(town, desk, [4, 4, 4, 5, 5]):
        await destroy(town, request)
    assert len((await town.client.get(CSV)).text.splitlines()) == 1
    month = month_of(datetime.now(UTC) - BEFORE)
    await town.service.runtime.database.pool.execute("INSERT INTO counted_months VALUES ('paris', $1)", month)
    assert len((await town.client.get(CSV)).text.splitlines()) == 1
    await town.service.runtime.database.pool.execute("DELETE FROM counted_months")
    await count(town)
    assert len((await town.client.get(CSV)).text.splitlines()) == 2


async def test_two_who_count_while_requests_go_count_each_answer_once(town: Town) -> None:
    desk = await contesting(town)
    going = await rated(town, desk, [1, 2, 3, 4, 5, 5, 5, 5])
    before = await figures(town)
    await asyncio.gather(
        count(town), destroy(town, going[0]), count(town), *(destroy(town, each) for each in going[1:4])
    )
    await count(town)
    assert await figures(town) == before
    assert (await town.client.get(CSV)).text.splitlines()[1].endswith(",8,3.75,1,1,1,1,4")


def test_a_month_is_counted_when_its_last_survey_is_closed() -> None:
    assert countable_until(date(2026, 12, 1)) == datetime(2026, 10, 1, tzinfo=PARIS)
    assert countable_until(date(2026, 12, 2)) == datetime(2026, 11, 1, tzinfo=PARIS)
    assert countable_until(date(2027, 1, 31)) == datetime(2026, 12, 1, tzinfo=PARIS)
    assert countable_until(date(2027, 2, 1)) == datetime(2027, 1, 1, tzinfo=PARIS)


async def test_a_month_whose_surveys_are_open_is_not_counted(town: Town) -> None:
    desk = await contesting(town)
    await rated(town, desk, [4] * 5)
    at = datetime.now(UTC) - BEFORE
    assert await count(town, at + timedelta(days=29)) == 0
    assert len((await town.client.get(CSV)).text.splitlines()) == 1
    caller: Caller = town.service.agent("lutece")
    assert (await town.get(caller, "/v1/satisfaction-figures")).json()["items"] == []
