# SPDX-License-Identifier: EUPL-1.2
"""Teams are kept by administrators; what names one that is none is refused, and one that has work stays."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from requests_town import Town, type_definition
from team_calls import away, known, make, member, new_code, team_of
from workflows import DECISION

from parvis_requests.service.seed_catalogue import read_seed, seed_catalogue
from parvis_testing import Caller

SEED = """
catalogues:
  - collectivity: village
    default_team: mairie
    teams: [{code: voirie, name: {fr: Voirie, en: Streets}}]
    routing: [{team: voirie, group: streets}]
"""


async def put(town: Town, code: str, tag: str, caller: Caller | None = None, **changes: Any) -> httpx.Response:
    headers = (caller or town.administrator()).headers | {"If-Match": tag}
    body = {"name": {"fr": "Autre", "en": "Other"}, "members": [], **changes}
    return await town.client.put(f"/v1/teams/{code}", json=body, headers=headers)


async def drop(town: Town, code: str, tag: str = '"1"') -> httpx.Response:
    headers = town.administrator().headers | {"If-Match": tag}
    return await town.client.delete(f"/v1/teams/{code}", headers=headers)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


def handing_to(team: str) -> dict[str, Any]:
    """A workflow whose first transition hands a request over."""
    first, *others = type_definition()["workflow"]["transitions"]
    return DECISION | {"transitions": [first | {"effects": [{"kind": "assign", "team": team}]}, *others]}


async def test_a_team_is_made_read_changed_and_removed(town: Town) -> None:
    agent, colleague, code = town.service.agent(), town.service.agent(), new_code()
    await known(town, agent, colleague)
    absence = away(colleague)
    made = await make(town, code, member(agent, absence), member(colleague))
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', f"/v1/teams/{code}")
    read = await town.get(agent, f"/v1/teams/{code}")
    assert read.json() == made.json()
    inside = {each["agent"]: each["absences"] for each in read.json()["members"]}
    assert inside[colleague.subject] == []
    assert [each["deputy"] for each in inside[agent.subject]] == [colleague.subject]
    assert (await town.get(agent, f"/v1/teams/{code}", **{"If-None-Match": '"1"'})).status_code == 304
    assert (await put(town, code, '"9"')).status_code == 412
    changed = await put(town, code, '"1"', members=[member(colleague)])
    assert (changed.status_code, changed.headers["etag"], changed.json()["name"]["en"]) == (200, '"2"', "Other")
    listed = {team["code"]: team for team in (await town.get(agent, "/v1/teams")).json()["items"]}
    assert [each["agent"] for each in listed[code]["members"]] == [colleague.subject]
    assert (await drop(town, code)).status_code == 412
    assert (await drop(town, code, '"2"')).status_code == 204
    assert (await town.get(agent, f"/v1/teams/{code}")).status_code == 404


async def test_administrators_of_the_town_keep_them_alone(town: Town) -> None:
    code, elsewhere = await team_of(town), town.administrator("lutece")
    assert (await make(town, new_code(), caller=town.service.agent())).status_code == 403
    assert (await put(town, code, '"1"', town.service.agent())).status_code == 403
    assert (await put(town, code, '"1"', elsewhere)).status_code == 404
    assert (await town.get(elsewhere, f"/v1/teams/{code}")).status_code == 404
    assert code not in {team["code"] for team in (await town.get(elsewhere, "/v1/teams")).json()["items"]}
    assert (await town.get(town.service.citizen(), "/v1/teams")).status_code == 403


async def test_what_is_wrong_with_its_members_is_told_each_at_its_place(town: Town) -> None:
    agent, other, stranger = (town.service.agent() for _ in range(3))
    await known(town, agent, other)
    written = [
        member(agent, away(agent), away(until=3), away(since=9, until=8), away(stranger, since=20, until=30)),
        member(stranger),
        member(agent),
    ]
    assert sorted(faults(await make(town, new_code(), *written))) == [
        ("/members/0/absences/0/deputy", "deputy-not-a-member"),
        ("/members/0/absences/1/starts_at", "absences-overlap"),
        ("/members/0/absences/2/ends_at", "ends-before-start"),
        ("/members/1/agent", "unknown-agent"),
        ("/members/2/agent", "repeated-member"),
    ]
    assert faults(await make(town, "mine")) == [("/code", "reserved-code")]


async def test_a_code_is_taken_once(town: Town) -> None:
    code = await team_of(town)
    again = await make(town, code)
    assert (again.status_code, again.json()["code"]) == (409, "team-exists")


@pytest.mark.parametrize("place", ["routing", "workflow"])
async def test_a_team_stays_while_a_type_gives_it_work(town: Town, place: str) -> None:
    code = await team_of(town)
    named = {"routing": [{"team": code}], "workflow": handing_to(code)}
    await town.publish(new_code(), **{place: named[place]})
    held = await drop(town, code)
    assert (held.status_code, held.json()["code"]) == (409, "team-in-use")


@pytest.mark.parametrize("code", ["accueil", "proprete-rive-droite"])
async def test_a_team_stays_while_the_town_gives_it_work(town: Town, code: str) -> None:
    tag = (await town.get(town.administrator(), f"/v1/teams/{code}")).headers["etag"]
    assert (await drop(town, code, tag)).status_code == 409


async def test_a_team_stays_while_a_request_may_still_be_handed_over_to_it(town: Town) -> None:
    code, type_code = await team_of(town), new_code()
    await town.publish(type_code, workflow=handing_to(code))
    citizen = town.service.citizen()
    request = (await town.submit(citizen, request_type=type_code, answers={}, position=None)).json()
    await town.publish(type_code)
    assert (await drop(town, code)).status_code == 409
    assert (await town.act(citizen, request, "withdraw", '"1"')).status_code == 201
    assert (await drop(town, code)).status_code == 204


async def test_a_team_stays_while_a_request_of_an_older_version_is_in_it(town: Town) -> None:
    code, type_code = await team_of(town), new_code()
    await town.publish(type_code, routing=[{"team": code}])
    agent, citizen = town.service.agent(), town.service.citizen()
    request = (await town.submit(citizen, request_type=type_code, answers={}, position=None)).json()
    assert (request["team"], request["team_label"]) == (code, f"Équipe {code}")
    await town.publish(type_code)
    assert (await drop(town, code)).status_code == 409
    ended = await town.act(citizen, request, "withdraw", '"1"')
    assert ended.status_code == 201, ended.text
    assert (await drop(town, code)).status_code == 204
    assert (await town.get(agent, f"/v1/requests/{request['id']}")).json()["team_label"] == code


async def test_a_type_that_names_no_team_of_the_town_is_not_published(town: Town) -> None:
    administrator, said = town.administrator(), {"routing": [{"team": "ailleurs"}], "workflow": handing_to("personne")}
    draft = (await town.draft(administrator, new_code(), **said)).json()
    places = [("/definition/routing/0/team", "unknown-team")]
    places += [("/definition/workflow/transitions/0/effects/0/team", "unknown-team")]
    assert [(fault["pointer"], fault["code"]) for fault in draft["faults"]] == places
    assert faults(await town.offer(administrator, draft["id"])) == places


async def test_the_queue_names_teams_and_finds_those_of_the_agent(town: Town) -> None:
    agent, type_code = town.service.agent(), new_code()
    code = await team_of(town, agent)
    await town.publish(type_code, routing=[{"team": code}])
    citizen = town.service.citizen()
    mine = (await town.submit(citizen, request_type=type_code, answers={}, position=None)).json()["id"]
    cleaned = (await town.submit(citizen)).json()["id"]

    async def found(caller: Caller, query: str = "team=mine") -> dict[str, str]:
        answer = await town.get(caller, f"/v1/work-queue?{query}&count=exact", **{"Accept-Language": "en"})
        body = answer.json()
        assert body["counts"]["total"] == len(body["items"]), answer.text
        return {item["id"]: item["team_label"] for item in body["items"]}

    assert await found(agent) == {mine: f"Team {code}"}
    assert await found(town.service.agent()) == {}
    assert set(await found(town.service.agent(teams=("proprete-rive-droite",)))) == {cleaned}
    assert set(await found(agent, "team=mine&team=proprete-rive-droite")) == {mine, cleaned}
    counted = (await town.get(agent, "/v1/work-queue?team=mine&count=exact")).json()["counts"]["by_team"]
    assert counted == [{"code": code, "label": f"Équipe {code}", "count": 1}]


async def test_a_saved_view_of_ones_own_teams_is_each_readers_own(town: Town) -> None:
    agent = town.service.agent(teams=("proprete-rive-droite",))
    request = (await town.submit(town.service.citizen())).json()["id"]
    headers = agent.headers | {"Idempotency-Key": town.key()}
    body = {"name": "Mes équipes", "shared": True, "filters": {"team": ["mine"]}}
    view = (await town.client.post("/v1/saved-views", json=body, headers=headers)).json()["id"]
    for reader, expected in ((agent, [request]), (town.service.agent(), [])):
        items = (await town.get(reader, f"/v1/work-queue?view={view}")).json()["items"]
        assert [item["id"] for item in items] == expected


async def test_a_seed_file_makes_the_teams_that_it_names(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(SEED, "utf-8")
    (rows,) = read_seed(file)
    village = f"village-{uuid4().hex[:8]}"
    rows = replace(rows, seed=rows.seed.model_copy(update={"collectivity": village}))

    async def seeded() -> dict[str, tuple[str, int]]:
        async with town.service.runtime.database.unit_of_work() as uow:
            await seed_catalogue(uow.session, rows, datetime.now(UTC))
            await uow.commit()
        items = (await town.get(town.administrator(village), "/v1/teams")).json()["items"]
        return {team["code"]: (team["name"]["en"], team["version"]) for team in items}

    assert await seeded() == {"mairie": ("mairie", 1), "voirie": ("Streets", 1)}
    assert (await put(town, "mairie", '"1"', town.administrator(village))).status_code == 200
    assert (await put(town, "voirie", '"1"', town.administrator(village))).status_code == 200
    # What the file says holds again; what it only names keeps what administrators said.
    assert await seeded() == {"mairie": ("Other", 2), "voirie": ("Streets", 3)}


@pytest.mark.parametrize("code", ["Grande", "-", "a" * 101])
async def test_an_address_that_names_no_team_says_so(town: Town, code: str) -> None:
    assert (await town.get(town.service.agent(), f"/v1/teams/{code}")).status_code == 422
