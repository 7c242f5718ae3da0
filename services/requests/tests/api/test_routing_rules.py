# SPDX-License-Identifier: EUPL-1.2
"""Administrators say which team handles what: by type, area, answers, hours and load; and ask where one would go."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from requests_town import Town
from routing_calls import new_type, own_rules, say, trial
from team_calls import away, member, new_code, team_of

# A Tuesday in winter at 10:00 and at 20:00 in Paris, and the first of May of 2029, a Tuesday, at 10:00.
MORNING, EVENING, HOLIDAY = "2027-01-12T09:00:00Z", "2027-01-12T19:00:00Z", "2029-05-01T08:00:00Z"


@pytest.fixture
async def ruled(town: Town) -> AsyncIterator[Town]:
    async with own_rules(town) as here:
        yield here


async def file(town: Town, code: str, **answers: Any) -> dict[str, Any]:
    answer = await town.submit(town.service.citizen(), request_type=code, answers=answers, position=None)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def test_answers_choose_the_team_and_how_pressing_it_is(ruled: Town) -> None:
    code, red, large, rest = await new_type(ruled), await team_of(ruled), await team_of(ruled), await team_of(ruled)
    said = await say(
        ruled,
        {"team": rest, "request_type": code},
        {"team": red, "request_type": code, "when": [{"question": "colour", "any_of": ["red"]}], "priority": "urgent"},
        {"team": large, "request_type": code, "when": [{"question": "size", "any_of": ["40", "41"]}]},
    )
    assert said.status_code == 200, said.text
    filed = await file(ruled, code, colour="red", size=40)
    assert filed["team"] == red
    assert (await file(ruled, code, colour="blue", size=41))["team"] == large
    assert (await file(ruled, code, colour="blue"))["team"] == rest
    urgent = await ruled.get(ruled.service.agent(), "/v1/work-queue?priority=urgent")
    assert [item["id"] for item in urgent.json()["items"]] == [filed["id"]]


async def test_hours_hold_in_paris_and_not_on_holidays(ruled: Town) -> None:
    code, day, night = await new_type(ruled), await team_of(ruled), await team_of(ruled)
    hours = [{"day": "tuesday", "opens": "09:00", "closes": "18:00"}]
    await say(ruled, {"team": night, "request_type": code}, {"team": day, "request_type": code, "hours": hours})
    assert (await trial(ruled, code, at=MORNING))["team"]["code"] == day
    for at in (EVENING, HOLIDAY, "2027-01-13T09:00:00Z", "2027-01-12T17:00:00Z"):
        found = await trial(ruled, code, at=at)
        assert (found["team"]["code"], found["rules"][1]["lacks"]) == (night, "hours"), at


async def test_the_team_and_the_member_with_the_least_to_do_get_it(ruled: Town) -> None:
    code, busy, idle, absent = await new_type(ruled), *(ruled.service.agent() for _ in range(3))
    first, second = await team_of(ruled), await team_of(ruled, member(busy), member(idle), member(absent, away()))
    rule = {"team": first, "also": [second], "request_type": code}
    await say(ruled, rule)
    assert [(await file(ruled, code))["team"] for _ in range(4)] == [first, second, first, second]
    compared = {each["code"]: each["open_requests"] for each in (await trial(ruled, code))["compared"]}
    assert compared == {first: 2, second: 2}
    await say(ruled, {"team": second, "request_type": code, "to_member": True})
    given = [(await file(ruled, code))["assignee"] for _ in range(4)]
    assert sorted(given) == sorted([busy.subject, idle.subject] * 2)
    (act,) = (await ruled.get(busy, f"/v1/requests/{(await file(ruled, code))['id']}/history")).json()["items"]
    assert act["assignee"] in {busy.subject, idle.subject}


async def test_a_trial_says_why_and_stores_nothing(ruled: Town) -> None:
    code, here, there, other = await new_type(ruled), await team_of(ruled), await team_of(ruled), await team_of(ruled)
    await say(
        ruled,
        {"team": there, "request_type": code, "areas": ["7510402"]},
        {"team": here, "request_type": code, "areas": ["7510401", "7510402"]},
        {"team": other, "request_type": "cartons"},
        {"team": other, "request_type": code, "when": [{"question": "colour", "any_of": ["red"]}]},
    )
    before = await ruled.count("request")
    place = {"type": "Point", "coordinates": [2.3522, 48.8566]}
    found = await trial(ruled, code, position=place, answers={"colour": "blue"})
    assert (found["team"]["code"], found["place"]) == (here, 1)
    assert [each["lacks"] for each in found["rules"]] == ["area", None, "request-type", "answers"]
    # Rules that are not kept are tried all the same, and leave those that are.
    tried = await trial(ruled, code, routing={"rules": [{"team": there}]})
    assert (tried["team"]["code"], tried["place"]) == (there, 0)
    assert (await trial(ruled, code, position=place))["team"]["code"] == here
    assert await ruled.count("request") == before


async def test_rules_name_teams_and_areas_that_there_are(ruled: Town) -> None:
    team = await team_of(ruled)
    wrong = await say(ruled, {"team": team, "areas": ["nowhere"], "also": ["nobody"]}, {"team": new_code()})
    assert [(each["code"], each["pointer"]) for each in wrong.json()["errors"]] == [
        ("unknown-team", "/rules/0/also/0"), ("unknown-area", "/rules/0/areas/0"), ("unknown-team", "/rules/1/team"),
    ]  # fmt: skip
    backwards = {"team": team, "hours": [{"day": "monday", "opens": "18:00", "closes": "09:00"}]}
    assert (await say(ruled, backwards)).status_code == 422
    assert (await say(ruled, tag='"99"')).status_code == 412
    assert (await say(ruled, caller=ruled.service.agent())).status_code == 403
    assert (await ruled.get(ruled.service.agent(), "/v1/routing")).status_code == 403
    kept = await say(ruled, {"team": team, "group": "no-such-group"})
    read = await ruled.get(ruled.administrator(), "/v1/routing")
    assert (read.json(), read.headers["etag"]) == (kept.json(), kept.headers["etag"])
    # A team to which a rule gives work stays.
    headers = ruled.administrator().headers | {"If-Match": '"1"'}
    assert (await ruled.client.delete(f"/v1/teams/{team}", headers=headers)).json()["code"] == "team-in-use"


async def test_the_rules_of_the_file_hold_until_somebody_says_others(ruled: Town) -> None:
    read = (await ruled.get(ruled.administrator(), "/v1/routing")).json()
    assert read["version"] == 0
    assert {"proprete-rive-droite"} <= {rule["team"] for rule in read["rules"]}
    place = {"type": "Point", "coordinates": [2.3522, 48.8566]}
    assert (await trial(ruled, "cartons", position=place))["team"]["code"] == "proprete-rive-droite"
    team = await team_of(ruled)
    await say(ruled, {"team": team, "request_type": "cartons"})
    filed = (await ruled.submit(ruled.service.citizen())).json()
    assert filed["team"] == team
