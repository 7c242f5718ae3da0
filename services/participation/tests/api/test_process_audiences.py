# SPDX-License-Identifier: EUPL-1.2
"""Who sees a process, and who takes part in what belongs to it."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from comment_town import Thread
from conversation_town import creating, opened, say, shown, write
from identity_rolls import Identity
from participation_town import Town
from process_town import LIST, follow, join, phase, post, process_body, published, tell
from survey_town import answer, open_survey

from parvis_kit.clocks import PARIS
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.follow_process import keep_processes
from parvis_testing import Caller

ACTS = ("answer-consultation", "answer-survey", "comment", "give-opinion")
Act = Callable[[Caller], Coroutine[Any, Any, httpx.Response]]


async def acts(town: Town, audience: dict[str, Any] | None) -> dict[str, Act]:
    """What people do with the parts of a process for these."""
    process = await published(town, phase("now", -1, *ACTS), audience=audience)
    consultation, survey, conversation = await town.opened(), await open_survey(town), await opened(town, seeds=1)
    parts = {"consultation": consultation, "survey": survey, "conversation": conversation}
    for kind, part in parts.items():
        assert (await join(town, process, kind, part)).status_code == 201
    statement = (await shown(town, conversation))[0]
    thread = Thread(town.service, "consultation", consultation)
    return {
        "answer": lambda who: town.answer(who, consultation),
        "survey": lambda who: answer(town, who, survey, way="bus"),
        "comment": thread.write,
        "opinion": lambda who: say(town, who, statement, "agree"),
        "statement": lambda who: write(town, who, conversation),
    }


async def attest(town: Town, who: Caller, days: int, **more: str) -> None:
    until = day_of(datetime.now(UTC), PARIS) + timedelta(days=days)
    body = {"person": who.subject, "evidence": "tax-notice", "expires_on": until.isoformat(), **more}
    made = await town.client.post("/v1/residences", json=body, headers=creating(town.service.agent()))
    assert made.status_code == 201, made.text


async def refused(of: dict[str, Act], who: Caller) -> set[tuple[int, str]]:
    answers = [await act(who) for act in of.values()]
    return {(each.status_code, each.json()["code"]) for each in answers}


async def test_who_lives_elsewhere_takes_part_in_nothing_of_a_process_for_a_quarter(town: Town) -> None:
    of = await acts(town, {"residence": True, "areas": ["north"]})
    ada, bob = town.service.citizen(), town.service.citizen()
    assert await refused(of, ada) == {(403, "residence-not-attested")}
    for days, area in ((30, "south"), (-1, "north")):
        await attest(town, bob, days, area=area)
        assert await refused(of, bob) == {(403, "residence-not-attested")}, area
    await attest(town, ada, 30, area="north")
    for name, act in of.items():
        assert (await act(ada)).is_success, name


async def test_a_sign_in_that_is_too_weak_and_people_too_young_take_part_in_nothing(
    town: Town, identity: Identity
) -> None:
    of = await acts(town, {"level": "eidas2", "minimum_age": 16})
    old, young, unknown = (town.service.citizen(acr="eidas2") for _ in range(3))
    identity.born = {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    assert await refused(of, town.service.citizen()) == {(403, "identity-not-verified")}
    assert await refused(of, town.service.citizen(sub=old.subject, acr="eidas1")) == {(403, "level-too-low")}
    assert await refused(of, young) == {(403, "too-young")}
    assert await refused(of, unknown) == {(403, "age-unknown")}
    assert {each["label"].split("/")[1] for each in identity.asked} == {"process"}
    for name, act in of.items():
        assert (await act(old)).is_success, name


async def test_what_belongs_to_no_process_or_to_one_for_all_takes_whoever_has_signed_in(town: Town) -> None:
    of = await acts(town, None)
    for name, act in of.items():
        assert (await act(town.service.citizen())).is_success, name


async def test_the_audience_of_a_neighbours_process_says_nothing_to_strangers(town: Town) -> None:
    of = await acts(town, {"residence": True})
    assert await refused(of, town.service.citizen("lutece")) == {(404, "not-found")}


async def test_areas_without_residence_are_pointed_at(town: Town) -> None:
    body = process_body(audience={"areas": ["north"]})
    answer = await post(town, town.service.agent(), "", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/audience/areas")


@pytest.mark.parametrize(
    ("visible_to", "strangers", "people"), [("everybody", 200, 200), ("accounts", 404, 200), ("agents", 404, 404)]
)
async def test_a_process_is_seen_by_those_for_whom_it_is(
    town: Town, visible_to: str, strangers: int, people: int
) -> None:
    process = await published(town, visible_to=visible_to)
    agent, ada = town.service.agent(), town.service.citizen()
    own = f"/v1/visible-processes/{process['id']}"
    for path in ("", "/news"):
        assert (await town.client.get(f"{LIST}/{process['id']}{path}")).status_code == strangers, path
        assert (await town.client.get(f"{own}{path}", headers=ada.headers)).status_code == people, path
        neighbour = town.service.citizen("lutece").headers
        assert (await town.client.get(f"{own}{path}", headers=neighbour)).status_code == 404, path
    assert len((await town.client.get(LIST)).json()["items"]) == (strangers == 200)
    listed = await town.client.get("/v1/visible-processes", headers=ada.headers)
    assert len(listed.json()["items"]) == (people == 200)
    assert (await follow(town, ada, process)).status_code == people
    assert (await follow(town, ada, process, "GET")).status_code == people
    mine = (await town.client.get("/v1/processes", headers=agent.headers)).json()["items"]
    assert [(each["id"], each["visible_to"]) for each in mine] == [(process["id"], visible_to)]
    theirs = await town.client.get("/v1/processes", headers=town.service.agent("lutece").headers)
    assert theirs.json()["items"] == []


async def test_drafts_are_listed_to_agents_alone(town: Town) -> None:
    made = (await post(town, town.service.agent(), "", process_body())).json()
    ada = town.service.citizen().headers
    assert (await town.client.get("/v1/visible-processes", headers=ada)).json()["items"] == []
    assert (await town.client.get(f"/v1/visible-processes/{made['id']}", headers=ada)).status_code == 404
    assert (await town.client.get("/v1/processes", headers=ada)).status_code == 403
    agent = town.service.agent().headers
    assert [each["id"] for each in (await town.client.get("/v1/processes", headers=agent)).json()["items"]] == [
        made["id"]
    ]


async def test_followers_are_not_told_of_what_agents_alone_see_by_then(town: Town) -> None:
    process, ada = await published(town), town.service.citizen()
    assert (await follow(town, ada, process)).status_code == 200
    headers = town.service.agent().headers | {"If-Match": f'"{process["version"]}"'}
    body = process_body(visible_to="agents")
    changed = await town.client.put(f"/v1/processes/{process['id']}", json=body, headers=headers)
    assert (changed.status_code, changed.json()["visible_to"]) == (200, "agents")
    assert (await tell(town, process)).status_code == 201
    database = town.service.runtime.database
    await keep_processes(database, datetime.now(UTC))
    told = "SELECT count(*) FROM outbox WHERE type LIKE '%.process-news-told.v1'"
    assert await database.pool.fetchval(told) == 0
    assert await database.pool.fetchval("SELECT count(*) FROM process_news WHERE told_at IS NULL") == 0
