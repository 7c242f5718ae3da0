# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from public_doors import decide
from requests_town import TOWN_HALL, Town

from parvis_testing import Caller

METRES = 1 / 111_320


def north(metres: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [TOWN_HALL[0], TOWN_HALL[1] + metres * METRES]}


async def nearby(town: Town, caller: Caller, **more: Any) -> list[dict[str, Any]]:
    place = {"longitude": str(TOWN_HALL[0]), "latitude": str(TOWN_HALL[1])}
    answer = await town.client.get("/v1/nearby-requests", params=place | more, headers=caller.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_who_reports_is_shown_what_is_reported_nearby_without_its_words_or_author(town: Town) -> None:
    citizen, other = town.service.citizen(), town.service.citizen()
    near = (await town.submit(other, position=north(40), description="Des cartons mouillés")).json()
    nearest = (await town.submit(citizen, position=north(10))).json()
    await town.submit(other, position=north(400))
    found = await nearby(town, citizen)
    assert [(item["id"], item["own"]) for item in found] == [(nearest["id"], True), (near["id"], False)]
    assert abs(found[1]["distance"] - 40) <= 1
    told = json.dumps(found, ensure_ascii=False)
    assert "mouillés" not in told
    assert other.subject not in told
    assert len(await nearby(town, citizen, radius="500")) == 3


async def test_words_that_are_alike_come_before_what_is_a_little_nearer(town: Town) -> None:
    citizen = town.service.citizen()
    await town.submit(citizen, position=north(20), description="Des sacs de plâtre")
    alike = (await town.submit(citizen, position=north(60), description="Un vieux matelas éventré sur le banc")).json()
    found = await nearby(town, citizen, q="matelas eventre")
    assert found[0]["id"] == alike["id"]
    assert found[0]["likeness"] > 0.8 > found[1]["likeness"]


async def test_only_open_requests_of_public_types_of_this_town_are_shown(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    await town.publish("secret-place", position_required=True)
    hidden = (await town.submit(citizen, request_type="secret-place", answers={}, position=north(5))).json()
    ended = (await town.submit(citizen, position=north(5))).json()
    await town.act(agent, ended, "take", '"1"')
    assert [item["id"] for item in await nearby(town, citizen)] == [ended["id"]]
    await town.act(agent, ended, "resolve", '"2"')
    assert await nearby(town, citizen) == []
    assert (await town.follow(town.service.citizen(), hidden)).status_code == 404
    await town.submit(citizen, position=north(5))
    assert await nearby(town, town.service.citizen("lutece")) == []


async def test_following_instead_of_reporting_again_tells_each_step(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    followers = [town.service.citizen() for _ in range(3)]
    request = (await town.submit(citizen)).json()
    for caller in followers:
        assert (await town.follow(caller, request)).status_code == 201
    twice = await town.follow(followers[0], request)
    assert twice.json() == {"following": True, "followers": 3}
    assert (await nearby(town, followers[0]))[0]["following"] is True
    left = await town.follow(followers[2], request, following=False)
    assert left.json() == {"following": False, "followers": 2}
    await town.act(agent, request, "take", '"1"')
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.followed-request-moved.v1'"
    )
    told = [json.loads(row["data"]) for row in rows]
    assert {data["person"] for data in told} == {caller.subject for caller in followers[:2]}
    assert {data["status"] for data in told} == {"taken"}
    assert all(citizen.subject not in row["data"] for row in rows)
    answer = await town.get(followers[0], "/v1/followed-requests")
    assert [(item["id"], item["status"]["code"]) for item in answer.json()["items"]] == [(request["id"], "taken")]
    assert (await town.get(followers[2], "/v1/followed-requests")).json()["items"] == []
    assert (await town.get(followers[0], f"/v1/requests/{request['id']}")).status_code == 404


@pytest.mark.parametrize("now", [{"access": "team"}, {"public": False}])
async def test_nobody_is_told_of_a_request_whose_type_is_public_no_more_and_may_leave_it(
    town: Town, now: dict[str, Any]
) -> None:
    code = f"open-{uuid4().hex[:8]}"
    await town.publish(code, public=True)
    caller, other, agent = (
        town.service.citizen(),
        town.service.citizen(),
        town.service.agent(roles=["agent", "supervisor"]),
    )
    request = (await town.submit(town.service.citizen(), request_type=code, answers={})).json()
    assert (await town.follow(caller, request)).status_code == 201
    await town.publish(code, **now)
    moved = await town.act(agent, request, "study", '"1"')
    assert moved.status_code == 201, moved.text
    assert not await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.followed-request-moved.v1'"
    )
    assert (await town.follow(other, request, following=False)).status_code == 404
    assert (await town.follow(caller, request, following=False)).json() == {"following": False, "followers": 0}


async def test_nobody_follows_their_own_request_or_that_of_another_town(town: Town) -> None:
    citizen = town.service.citizen()
    request = (await town.submit(citizen)).json()
    own = await town.follow(citizen, request)
    assert (own.status_code, own.json()["code"]) == (409, "not-to-follow")
    assert (await town.follow(town.service.citizen("lutece"), request)).status_code == 404
    assert await town.count("follow") == 0


async def test_a_person_who_follows_twice_at_once_follows_once(town: Town) -> None:
    request = (await town.submit(town.service.citizen())).json()
    caller = town.service.citizen()
    answers = await asyncio.gather(*(town.follow(caller, request) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert await town.count("follow") == 1


async def test_a_place_that_is_none_is_refused(town: Town) -> None:
    citizen = town.service.citizen()
    half, far = "longitude=2.35", "longitude=2&latitude=1&radius=5000"
    for query in (half, far, "longitude=nan&latitude=1", "longitude=2&latitude=91"):
        assert (await town.get(citizen, f"/v1/nearby-requests?{query}")).status_code == 422
    for edge in ("longitude=180&latitude=90", "longitude=-180&latitude=-90"):
        assert (await town.get(citizen, f"/v1/nearby-requests?{edge}")).json()["items"] == []


async def test_words_are_compared_only_as_far_as_anybody_may_read_them(town: Town) -> None:
    author, stranger = town.service.citizen(), town.service.citizen()
    filed = (await town.submit(author, position=north(10), description="Zyzomys", address="12 rue Vavilov")).json()
    for guess in ("Zyzomys", "rue Vavilov"):
        assert [item["likeness"] for item in await nearby(town, stranger, q=guess)] == [0]
        assert (await nearby(town, author, q=guess))[0]["likeness"] == 1
    assert (await decide(town, filed, '"0"', text="Des sacs de plâtre")).status_code == 200
    assert (await nearby(town, stranger, q="Zyzomys"))[0]["likeness"] == 0
    assert (await nearby(town, stranger, q="sacs de platre"))[0]["likeness"] == 1
    for content, likeness in (("at-once", 1), ("never", 0)):
        code = f"nearby-{content}"
        await town.publish(code, public=True, publication={"content": content})
        await town.submit(author, request_type=code, answers={}, position=north(5), description="Un matelas")
        found = {item["request_type"]["code"]: item for item in await nearby(town, stranger, q="matelas")}
        assert found[code]["likeness"] == likeness
