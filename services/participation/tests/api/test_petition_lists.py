# SPDX-License-Identifier: EUPL-1.2
"""Petitions in the order that is asked for, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from participation_town import Town
from petition_town import LIST, admitted, sign, submit, take_back
from proposal_town import verified

from parvis_participation.db import petitions
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.forget_petitions import forget_petitions
from parvis_participation.service.recount import recount

Item = dict[str, Any]


async def made(town: Town, **days: int) -> list[Item]:
    """Petitions that close after so many days, in the order of their writing."""
    closes = [datetime.now(UTC) + timedelta(days=each) for each in days.values()]
    return [await admitted(town, closes_at=each.isoformat()) for each in closes]


async def signed(town: Town, petition: Item, times: int) -> None:
    for _ in range(times):
        assert (await sign(town, verified(town), petition)).status_code == 200


async def listed(town: Town, path: str = LIST, headers: dict[str, str] | None = None, **query: Any) -> list[Item]:
    """All pages, forwards; each but the first leads back to the one before."""
    found: list[list[Item]] = []
    asked: dict[str, Any] = {**query, "limit": 2}
    while True:
        answer = await town.client.get(path, params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        if found:
            back = await town.client.get(path, params=asked | {"cursor": body["prev_cursor"]}, headers=headers)
            assert back.json()["items"] == found[-1]
        found.append(body["items"])
        if body["next_cursor"] is None:
            return [each for page in found for each in page]
        asked["cursor"] = body["next_cursor"]


def ids(items: list[Item], *places: int) -> list[str]:
    return [items[place]["id"] for place in places or range(len(items))]


async def test_the_most_signed_come_first_by_the_last_count(town: Town) -> None:
    database, some = town.service.runtime.database, await made(town, a=10, b=10, c=10, d=10, e=10)
    ada = verified(town)
    for petition, number in zip(some, (2, 4, 0, 3, 1), strict=True):
        await signed(town, petition, number)
    await sign(town, ada, some[2])
    await recount(database)
    assert await town.count("recount") == 0
    await take_back(town, ada, some[2])
    await signed(town, some[4], 3)
    found = await listed(town, sort="-signatures")
    assert ids(found[:3]) == ids(some, 1, 3, 0)
    assert sorted(each["signatures"] for each in found[3:]) == [0, 4], "the number is that of the moment"
    await recount(database)
    await signed(town, some[1], 1)
    await recount(database)
    assert ids(await listed(town, sort="-signatures")) == ids(some, 1, 4, 3, 0, 2)


async def test_first_or_last_to_end_oldest_or_newest(town: Town) -> None:
    some = await made(town, a=30, b=10, c=40, d=20, e=50)
    assert ids(await listed(town, sort="closes_at")) == ids(some, 1, 3, 0, 2, 4)
    assert ids(await listed(town, sort="-closes_at")) == ids(some, 4, 2, 0, 3, 1)
    await town.service.runtime.database.pool.executemany(
        "UPDATE petition SET created_at = now() - $2 * interval '1 day' WHERE id::text = $1",
        [(each, float(number)) for number, each in enumerate(ids(some))],
    )
    assert ids(await listed(town, sort="created_at")) == ids(some, 4, 3, 2, 1, 0)
    assert ids(await listed(town, sort="-created_at")) == ids(await listed(town)) == ids(some)


async def test_a_sorted_list_is_narrowed_by_state_and_a_number_that_is_kept_still_ranks(town: Town) -> None:
    database, now, some = town.service.runtime.database, datetime.now(UTC), await made(town, a=10, b=20, c=30, d=40)
    for petition, number in zip(some, (2, 1, 3, 4), strict=True):
        await signed(town, petition, number)
    await database.pool.execute("UPDATE petition SET thresholds = '[]'")
    await keep_petitions(database, now + timedelta(days=25))
    await recount(database)
    assert ids(await listed(town, sort="-signatures", state="open")) == ids(some, 3, 2)
    assert ids(await listed(town, sort="-signatures", state="closed")) == ids(some, 0, 1)
    await forget_petitions(database, 365, now + timedelta(days=395))
    assert await town.count("petition_signature") == 7, "those of two that are over for long enough are forgotten"
    await recount(database)
    found = await listed(town, sort="-signatures")
    assert (ids(found), [each["signatures"] for each in found]) == (ids(some, 3, 2, 0, 1), [4, 3, 2, 1])


async def test_agents_see_who_has_waited_longest_first(town: Town) -> None:
    agent, pool = town.service.agent(), town.service.runtime.database.pool
    some = [(await submit(town, town.service.citizen())).json() for _ in range(3)]
    await pool.executemany(
        "UPDATE petition SET created_at = now() - $2 * interval '1 day' WHERE id::text = $1",
        [(each, float(number)) for number, each in enumerate(ids(some))],
    )
    path, headers = "/v1/petitions", agent.headers
    assert ids(await listed(town, path, headers, sort="created_at", state="submitted")) == ids(some, 2, 1, 0)
    assert ids(await listed(town, path, headers)) == ids(some)
    refused = await town.client.get(path, params={"sort": "closes_at"}, headers=headers)
    assert refused.status_code == 422, "what was never admitted has no end"


async def test_a_cursor_is_of_one_order_and_those_of_before_hold(town: Town) -> None:
    await made(town, a=10, b=20, c=30)
    cursor = (await town.client.get(LIST, params={"limit": 2, "sort": "closes_at"})).json()["next_cursor"]
    other = await town.client.get(LIST, params={"limit": 2, "sort": "-closes_at", "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "invalid-cursor")
    runtime = town.service.runtime
    newest = (await town.client.get(LIST, params={"limit": 2})).json()["next_cursor"]
    assert runtime.cursors.read(newest, ["petitions", "paris"]) is not None


@pytest.mark.parametrize("sort", ["signatures", "closes", ""])
async def test_what_is_no_order_is_refused(town: Town, sort: str) -> None:
    assert (await town.client.get(LIST, params={"sort": sort})).status_code == 422


async def test_who_signs_does_not_wait_while_thresholds_are_looked_at(town: Town) -> None:
    (petition,) = await made(town, a=10)
    async with town.service.runtime.database.unit_of_work() as uow:
        (found,) = await petitions.open_ones(uow.session)
        assert await petitions.any_one(uow.session, found) is not None
        await signed(town, petition, 1)
