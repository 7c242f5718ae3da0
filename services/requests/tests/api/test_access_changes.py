# SPDX-License-Identifier: EUPL-1.2
"""A type says anew who reads its requests: it closes at once, and opens once each of them repeats it."""

from uuid import UUID

import pytest
from circles import assign, filed, note, reads, restricted
from requests_town import Town

from parvis_requests.service.restrict_requests import restrict_requests


class Killed(BaseException):
    """What no worker catches."""


def kill(_: str) -> None:
    raise Killed


async def repeating(town: Town, code: str) -> tuple[bool, int, int]:
    """Whether the type is pending, and how many of its requests are restricted and how many are not."""
    pending, said, unsaid = await town.service.runtime.database.pool.fetchrow(
        "SELECT bool_or(type.access_pending),"
        " count(*) FILTER (WHERE restricted), count(*) FILTER (WHERE NOT restricted)"
        " FROM request JOIN request_type AS type ON type.id = request.type_id WHERE type.code = $1",
        code,
    )
    return pending, said, unsaid


async def test_a_change_closes_at_once_and_opens_once_each_request_repeats_it(town: Town) -> None:
    code, team, inside, outside = await restricted(town, access="town")
    database = town.service.runtime.database
    requests = [await filed(town, code) for _ in range(5)]
    mine, noted = await filed(town, code), await filed(town, code)
    await assign(town, inside, mine, assignee=inside.subject)
    await note(town, inside, noted, outside)

    async def readers() -> tuple[list[bool], list[bool]]:
        every = (*requests, mine, noted)
        return [await reads(town, inside, each) for each in every], [await reads(town, outside, each) for each in every]

    circle = ([True] * 7, [False] * 6 + [True])
    assert await readers() == ([True] * 7, [True] * 7)
    await town.publish(code, access="team", routing=[{"team": team}])
    assert await repeating(town, code) == (True, 0, 7)
    assert await readers() == circle
    # Nor does a number tell that there are any.
    counts = (await town.get(outside, f"/v1/work-queue?request_type={code}&count=exact")).json()["counts"]
    assert counts["total"] == 1
    counts = (await town.get(outside, "/v1/work-queue?count=exact")).json()["counts"]
    assert 0 not in [each["count"] for each in (*counts["by_status"], *counts["by_team"])]
    with pytest.raises(Killed):
        await restrict_requests(database, 2, kill)
    assert await repeating(town, code) == (True, 2, 5)
    assert await readers() == circle
    # What is filed meanwhile says what its type says by then.
    late = await filed(town, code)
    assert not await reads(town, outside, late)
    assert await restrict_requests(database, 2) == 5
    assert await repeating(town, code) == (False, 8, 0)
    assert await readers() == circle

    await town.publish(code, access="town", routing=[{"team": team}])
    assert await readers() == circle
    assert await restrict_requests(database, 3) == 8
    assert await repeating(town, code) == (False, 0, 8)
    assert await readers() == ([True] * 7, [True] * 7)


async def test_who_loses_their_team_still_reads_what_is_assigned_to_them_while_it_closes(town: Town) -> None:
    code, team, inside, _ = await restricted(town, access="town")
    request, other = await filed(town, code), await filed(town, code)
    await assign(town, inside, request, assignee=inside.subject)
    await town.publish(code, access="team", routing=[{"team": team}])
    await town.service.runtime.database.pool.execute("DELETE FROM team_member WHERE agent = $1", UUID(inside.subject))
    assert await reads(town, inside, request)
    assert not await reads(town, inside, other)


async def test_a_request_that_somebody_holds_is_restricted_at_the_next_round(town: Town) -> None:
    code, team, _, outside = await restricted(town, access="town")
    database = town.service.runtime.database
    held, free = await filed(town, code), await filed(town, code)
    await town.publish(code, access="team", routing=[{"team": team}])
    async with database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM request WHERE id = $1 FOR UPDATE", UUID(held["id"]))
        assert await restrict_requests(database) == 1
        assert await repeating(town, code) == (True, 1, 1)
        assert not any([await reads(town, outside, each) for each in (held, free)])
    assert await restrict_requests(database) == 1
    assert await repeating(town, code) == (False, 2, 0)


async def test_a_change_that_is_taken_back_meanwhile_opens_again(town: Town) -> None:
    code, team, _, outside = await restricted(town, access="town")
    database = town.service.runtime.database
    requests = [await filed(town, code) for _ in range(3)]
    await town.publish(code, access="team", routing=[{"team": team}])
    with pytest.raises(Killed):
        await restrict_requests(database, 2, kill)
    await town.publish(code, access="town", routing=[{"team": team}])
    assert sum([await reads(town, outside, each) for each in requests]) == 1
    assert await restrict_requests(database, 2) == 2
    assert await repeating(town, code) == (False, 0, 3)
    assert all([await reads(town, outside, each) for each in requests])
