# SPDX-License-Identifier: EUPL-1.2
"""Agents give requests to colleagues, back to the team and to other teams, one by one or many at once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from bulk_calls import outcomes, start, work
from requests_town import Town, type_definition
from team_calls import away, member, new_code, team_of

from parvis_testing import Caller


async def assign(
    town: Town, caller: Caller, request: dict[str, Any], version: int | None = None, **body: Any
) -> httpx.Response:
    tag = f'"{version or request["version"]}"'
    headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    return await town.client.post(f"/v1/requests/{request['id']}/assignment", json=body, headers=headers)


async def filed_with(town: Town, team: str, citizen: Caller | None = None, **changes: Any) -> dict[str, Any]:
    """A request of a type of its own, in that team."""
    code = new_code()
    await town.publish(code, routing=[{"team": team}], **changes)
    answer = await town.submit(citizen or town.service.citizen(), request_type=code, answers={}, position=None)
    body: dict[str, Any] = answer.json()
    assert body["team"] == team
    return body


async def acts(town: Town, caller: Caller, request: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    items = (await town.get(caller, f"/v1/requests/{request['id']}/history")).json()["items"]
    return [(item["action"]["code"], item["assignee"], item["team"] and item["team"]["code"]) for item in items]


async def told(town: Town, request: dict[str, Any]) -> list[tuple[str, str, bool]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%request-status-changed%' ORDER BY sequence"
    )
    found = [json.loads(row["data"]) for row in rows]
    return [(d["action"], d["team"], d["notify_author"]) for d in found if d["request_id"] == request["id"]]


async def test_a_colleague_gets_it_gives_it_back_and_hands_it_over(town: Town) -> None:
    agent, colleague, citizen = town.service.agent(), town.service.agent(), town.service.citizen()
    team, other = await team_of(town, agent, colleague), await team_of(town)
    request = await filed_with(town, team, citizen)
    given = await assign(town, agent, request, assignee=colleague.subject)
    assert (given.status_code, given.json()["assignee"], given.json()["version"]) == (201, colleague.subject, 2)
    assert given.json()["status"] == request["status"]
    back = await assign(town, colleague, request, 2, reason="Je pars en réunion.")
    assert (back.json()["assignee"], back.json()["team"]) == (None, team)
    over = await assign(town, colleague, request, back.json()["version"], team=other, reason="C'est pour eux.")
    body = over.json()
    assert (over.status_code, body["assignee"], body["team"], body["team_label"]) == (
        201,
        None,
        other,
        f"Équipe {other}",
    )
    assert await acts(town, agent, request) == [
        ("submit", None, None),
        ("assign", colleague.subject, None),
        ("give-back", None, None),
        ("note", None, None),
        ("hand-over", None, other),
        ("note", None, None),
    ]
    assert await told(town, request) == [
        ("assign", team, False), ("give-back", team, False), ("hand-over", other, False)
    ]  # fmt: skip
    # The person sees that it went on, and neither to whom nor why.
    assert await acts(town, citizen, request) == [
        ("submit", None, None), ("assign", None, None), ("give-back", None, None), ("hand-over", None, other),
    ]  # fmt: skip
    assert (await town.get(citizen, f"/v1/requests/{request['id']}/messages")).json()["items"] == []
    notes = (await town.get(agent, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert [(note["visibility"], note["text"]) for note in notes] == [
        ("internal", "C'est pour eux."), ("internal", "Je pars en réunion.")
    ]  # fmt: skip


async def test_only_members_get_it_and_whoever_is_in_the_team_by_their_token(town: Town) -> None:
    agent, stranger = town.service.agent(), town.service.agent()
    team = await team_of(town, agent)
    request = await filed_with(town, team)
    refused = await assign(town, agent, request, assignee=stranger.subject)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-a-member")
    assert refused.json()["errors"][0]["pointer"] == "/assignee"
    own = town.service.agent(teams=(team,))
    assert (await assign(town, own, request, assignee=own.subject)).json()["assignee"] == own.subject


async def test_what_cannot_be_is_refused_and_changes_nothing(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    team = await team_of(town, agent)
    request = await filed_with(town, team, citizen)
    unknown = await assign(town, agent, request, team="nulle-part", reason="Essai.")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-team")
    silent = await assign(town, agent, request, team=team)
    (error,) = silent.json()["errors"]
    assert (silent.status_code, error["pointer"]) == (422, "/reason")
    assert error["detail"] == "Dites pourquoi la demande va à une autre équipe."
    assert (await assign(town, agent, request, 9)).status_code == 412
    assert (await assign(town, citizen, request)).status_code == 403
    assert (await assign(town, town.service.agent("lutece"), request)).status_code == 404
    unmatched = {**agent.headers, "Idempotency-Key": town.key()}
    path = f"/v1/requests/{request['id']}/assignment"
    assert (await town.client.post(path, json={}, headers=unmatched)).status_code == 428
    assert (await town.get(agent, f"/v1/requests/{request['id']}")).json()["version"] == 1
    await town.act(citizen, request, "withdraw", '"1"')
    ended = await assign(town, agent, request, 2, assignee=agent.subject)
    assert (ended.status_code, ended.json()["code"]) == (409, "transition-not-allowed")


async def test_who_is_absent_gets_nothing_unless_it_is_asked_for(town: Town) -> None:
    agent, deputy, absent = (town.service.agent() for _ in range(3))
    absence = away(deputy)
    team = await team_of(town, member(agent), member(deputy), member(absent, away(until=-1, since=-3), absence))
    request = await filed_with(town, team)
    refused = await assign(town, agent, request, assignee=absent.subject)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "agent-absent")
    assert (problem["absent_until"], problem["deputy"]) == (absence["ends_at"], deputy.subject)
    passed = await assign(town, agent, request, assignee=absent.subject, if_absent="deputy")
    assert passed.json()["assignee"] == deputy.subject
    anyway = await assign(town, agent, request, 2, assignee=absent.subject, if_absent="anyway")
    assert anyway.json()["assignee"] == absent.subject
    # Whoever takes it themselves is there, whatever was planned.
    assert (await assign(town, absent, request, 3, assignee=absent.subject)).status_code == 201


@pytest.mark.parametrize("deputy_away", [True, False])
async def test_without_a_deputy_who_is_there_it_stays_with_the_team(town: Town, deputy_away: bool) -> None:
    agent, deputy, absent = (town.service.agent() for _ in range(3))
    standing_in = member(deputy, away()) if deputy_away else member(deputy)
    absence = away(deputy if deputy_away else None)
    team = await team_of(town, member(agent), standing_in, member(absent, absence))
    request = await filed_with(town, team)
    refused = await assign(town, agent, request, assignee=absent.subject)
    assert (refused.status_code, refused.json()["deputy"]) == (409, None)
    passed = await assign(town, agent, request, assignee=absent.subject, if_absent="deputy")
    assert (passed.status_code, passed.json()["assignee"]) == (201, None)


async def test_an_absence_that_is_over_or_to_come_holds_nobody_back(town: Town) -> None:
    agent, back = town.service.agent(), town.service.agent()
    team = await team_of(town, member(agent), member(back, away(since=-9, until=-2), away(since=2, until=9)))
    request = await filed_with(town, team)
    assert (await assign(town, agent, request, assignee=back.subject)).json()["assignee"] == back.subject


async def test_what_is_opened_again_goes_to_the_deputy_of_who_is_absent(town: Town) -> None:
    agent, deputy = town.service.agent(), town.service.agent()
    team, citizen = await team_of(town, agent, deputy), town.service.citizen()
    reopening = {"reopening": {"days": 30, "to": "submitted"}}
    request = await filed_with(town, team, citizen, workflow=_withdrawable(), **reopening)
    await assign(town, agent, request, assignee=agent.subject)
    await town.act(citizen, request, "withdraw", '"2"')
    code = {"name": {"fr": "Équipe", "en": "Team"}, "members": [member(agent, away(deputy)), member(deputy)]}
    headers = town.administrator().headers | {"If-Match": '"1"'}
    assert (await town.client.put(f"/v1/teams/{team}", json=code, headers=headers)).status_code == 200
    headers = citizen.headers | {"Idempotency-Key": town.key(), "If-Match": '"3"'}
    path = f"/v1/requests/{request['id']}/reopening"
    opened = await town.client.post(path, json={"reason": "Ce n'est pas fini."}, headers=headers)
    assert opened.status_code == 201, opened.text
    read = (await town.get(agent, f"/v1/requests/{request['id']}")).json()
    assert read["assignee"] == deputy.subject
    assert ("assign", deputy.subject, None) in await acts(town, agent, request)


def _withdrawable() -> dict[str, Any]:
    workflow: dict[str, Any] = type_definition()["workflow"]
    return workflow


async def test_what_goes_along_with_a_request_goes_with_it(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    team = await team_of(town, agent)
    parent, child = [(await town.submit(citizen)).json() for _ in range(2)]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
    merged = await town.client.post(f"/v1/requests/{child['id']}/merge", json={"parent": parent["id"]}, headers=headers)
    assert merged.status_code == 201, merged.text
    version = (await town.get(agent, f"/v1/requests/{parent['id']}")).json()["version"]
    over = await assign(town, agent, parent, version, team=team, assignee=agent.subject, reason="Pour nous.")
    assert over.status_code == 201, over.text
    along = (await town.get(agent, f"/v1/requests/{child['id']}")).json()
    assert (along["team"], along["assignee"]) == (team, agent.subject)
    alone = await assign(town, agent, child, along["version"])
    assert (alone.status_code, alone.json()["code"]) == (409, "merged")


async def test_many_go_to_a_colleague_at_once(town: Town) -> None:
    agent, colleague, absent = (town.service.agent() for _ in range(3))
    team = await team_of(town, member(agent), member(colleague), member(absent, away(colleague)))
    first, second = await filed_with(town, team), await filed_with(town, team)
    elsewhere = (await town.submit(town.service.citizen())).json()
    given: dict[str, Any] = {"action": None, "assignment": {"assignee": colleague.subject}}
    started = await start(town, agent, first, {**second, "version": 7}, elsewhere, **given)
    assert (started.status_code, started.json()["action"]) == (202, "assign")
    assert await work(town) == 3
    assert await outcomes(town, agent, started.headers["location"]) == [
        ("done", None), ("refused", "precondition-failed"), ("refused", "not-a-member")
    ]  # fmt: skip
    assert (await town.get(agent, f"/v1/requests/{first['id']}")).json()["assignee"] == colleague.subject
    away_now = await start(town, agent, second, action=None, assignment={"assignee": absent.subject})
    over = {"team": team, "reason": "Pour eux."}
    handed = await start(town, agent, elsewhere, action=None, assignment=over)
    assert await work(town) == 2
    assert await outcomes(town, agent, away_now.headers["location"]) == [("refused", "agent-absent")]
    assert await outcomes(town, agent, handed.headers["location"]) == [("done", None)]
    assert (await town.get(agent, f"/v1/requests/{elsewhere['id']}")).json()["team"] == team
    (note,) = (await town.get(agent, f"/v1/requests/{elsewhere['id']}/messages")).json()["items"]
    assert (note["visibility"], note["text"]) == ("internal", "Pour eux.")


@pytest.mark.parametrize("more", [{"action": None}, {"assignment": {"assignee": None}}])
async def test_a_bulk_operation_is_one_act(town: Town, more: dict[str, Any]) -> None:
    answer = await start(town, town.service.agent(), {"id": str(uuid4()), "version": 1}, **more)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/priority")


async def test_a_hand_over_by_the_workflow_says_to_whom(town: Town) -> None:
    agent = town.service.agent()
    team, other = await team_of(town), await team_of(town)
    workflow = type_definition()["workflow"]
    first, *others = workflow["transitions"]
    handing = workflow | {"transitions": [first | {"effects": [{"kind": "assign", "team": other}]}, *others]}
    request = await filed_with(town, team, workflow=handing)
    moved = await town.act(agent, request, first["code"], '"1"')
    assert (moved.json()["team"], moved.json()["assignee"]) == (other, None)
    assert (await acts(town, agent, request))[-1] == (first["code"], None, other)


async def test_an_absence_ends_at_its_instant(town: Town) -> None:
    agent, absent = town.service.agent(), town.service.agent()
    now = datetime.now(UTC)
    past = {"starts_at": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}", "ends_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    team = await team_of(town, member(agent), member(absent, past))
    request = await filed_with(town, team)
    assert (await assign(town, agent, request, assignee=absent.subject)).status_code == 201
