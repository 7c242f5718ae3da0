# SPDX-License-Identifier: EUPL-1.2
"""Agents see their colleagues by name; who looks at a queue neither waits nor fails for a name."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from certifiers import Certified
from starlette.responses import JSONResponse, Response
from team_calls import away, known, make, member, new_code, team_of

from parvis_requests.outgoing import colleagues as directory
from parvis_testing import Caller

SAMI, LEA = "Sami BEN", "Léa ÉTIENNE"


async def taken(certified: Certified, agent: Caller) -> dict[str, Any]:
    """A request that this agent has taken."""
    town = certified.town
    filed = (await town.submit(town.service.citizen())).json()
    answer = await town.act(agent, filed, "take", '"1"')
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def queue(certified: Certified, agent: Caller) -> dict[str, Any]:
    answer = await certified.town.get(agent, "/v1/work-queue?assignee=" + agent.subject)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_agent_is_named_in_queue_detail_history_and_conversation(
    certified: Certified, capsys: pytest.CaptureFixture[str]
) -> None:
    town, agent = certified.town, certified.colleague(SAMI)
    request = await taken(certified, agent)
    shown = await queue(certified, agent)
    assert [each["assignee_label"] for each in shown["items"]] == [SAMI]
    assert shown["names_known"] is True
    path = f"/v1/requests/{request['id']}"
    read = (await town.get(agent, path)).json()
    assert (read["assignee"], read["assignee_label"], read["names_known"]) == (agent.subject, SAMI, True)
    (listed,) = (await town.get(agent, "/v1/requests")).json()["items"]
    assert listed["assignee_label"] == SAMI
    acts = (await town.get(agent, f"{path}/history")).json()
    assert [(each["agent_label"], each["assignee_label"]) for each in acts["items"]] == [(None, None), (SAMI, SAMI)]
    await known(town, agent)
    body = {"visibility": "internal", "text": "Note", "mentions": [agent.subject]}
    written = await town.client.post(
        f"{path}/messages", json=body, headers=agent.headers | {"Idempotency-Key": town.key()}
    )
    for note in (written.json(), (await town.get(agent, f"{path}/messages")).json()["items"][0]):
        assert (note["agent_label"], note["mention_labels"]) == (SAMI, [SAMI])
    logs, told = capsys.readouterr(), await certified.pool.fetch("SELECT data FROM outbox")
    assert not [each for each in (logs.out, logs.err, *(row["data"] for row in told)) if "Sami" in str(each)]


async def test_the_public_reads_no_name_of_an_agent(certified: Certified) -> None:
    town, agent, citizen = certified.town, certified.colleague(SAMI), certified.town.service.citizen()
    filed = (await town.submit(citizen)).json()
    assert (await town.act(agent, filed, "take", '"1"')).status_code == 201
    path = f"/v1/requests/{filed['id']}"
    await town.write(agent, filed, "public", "Nous passons demain.")
    for each in ("", "/history", "/messages"):
        said = await town.get(citizen, path + each)
        assert said.status_code == 200
        assert SAMI not in json.dumps(said.json(), ensure_ascii=False)
    assert (await town.get(citizen, path)).json()["names_known"] is None
    assert (await town.get(citizen, "/v1/colleagues")).status_code == 403


async def test_while_identity_is_away_the_queue_answers_without_names_and_says_so(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_REST_SECONDS", 600.0)
    town, agent = certified.town, certified.colleague(SAMI)
    certified.asked.identity_down = True
    request = await taken(certified, agent)
    shown = await queue(certified, agent)
    assert ([each["assignee_label"] for each in shown["items"]], shown["names_known"]) == ([None], False)
    path = f"/v1/requests/{request['id']}"
    answer = await town.get(agent, path)
    assert (answer.json()["assignee_label"], answer.json()["names_known"]) == (None, False)
    assert (await town.get(agent, f"{path}/history")).json()["names_known"] is False
    assert (await town.get(agent, f"{path}/messages")).json()["names_known"] is False
    refused = await town.get(agent, "/v1/colleagues")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert certified.asked.read == ["colleagues"], "it is not asked again at each look"
    certified.asked.identity_down = False
    certified.colleagues.forget()
    again = await town.get(agent, path, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.json()["assignee_label"]) == (200, SAMI), "a name is news, too"
    assert (await town.get(agent, path, **{"If-None-Match": again.headers["etag"]})).status_code == 304


@pytest.mark.parametrize("wrong", [JSONResponse(None), JSONResponse({"items": [{"person": 1}]}), Response("<html>")])
async def test_what_is_no_answer_of_identity_names_nobody(certified: Certified, wrong: Response) -> None:
    agent = certified.colleague(SAMI)
    certified.asked.wrong.append(wrong)
    assert (await queue(certified, agent))["names_known"] is False


async def test_names_are_remembered_for_a_while_and_served_while_identity_is_away(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = certified.colleague(SAMI)
    await taken(certified, agent)
    await queue(certified, agent)
    await queue(certified, agent)
    assert certified.asked.read == ["colleagues"]
    monkeypatch.setattr(directory, "_FRESH_SECONDS", 0.0)
    certified.asked.identity_down = True
    shown = await queue(certified, agent)
    assert ([each["assignee_label"] for each in shown["items"]], shown["names_known"]) == ([SAMI], True)
    assert certified.asked.read == ["colleagues"] * 2
    monkeypatch.setattr(directory, "_KEPT_SECONDS", 0.0)
    shown = await queue(certified, agent)
    assert ([each["assignee_label"] for each in shown["items"]], shown["names_known"]) == ([None], False)


async def test_a_large_town_is_asked_for_by_pages_and_so_many_towns_are_remembered(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    certified.asked.page = 2
    agents = [certified.colleague(f"Agent {number}") for number in range(5)]
    found = await certified.colleagues.of("paris")
    assert {found.name(each.person) for each in agents} == {f"Agent {number}" for number in range(5)}
    assert certified.asked.read == ["colleagues"] * 3
    certified.colleagues.forget()
    monkeypatch.setattr(directory, "MAX_PAGES", 1)
    assert len((await certified.colleagues.of("paris")).colleagues) == 2
    monkeypatch.setattr(directory, "MAX_TOWNS", 1)
    assert not (await certified.colleagues.of("lutece")).known
    assert not certified.colleagues.at_hand("paris").known


async def test_colleagues_are_listed_with_their_teams_and_absences(certified: Certified) -> None:
    town = certified.town
    lea, sami, other = certified.colleague(LEA), certified.colleague(SAMI), certified.colleague(None)
    certified.colleague("Ancien", suspended=True)
    certified.colleague("Bureau de vote", entitled=False)
    certified.colleague("Tout neuf")
    await known(town, lea, sami, other)
    code, absence = new_code(), away(sami)
    assert (await make(town, code, member(lea, absence), member(sami))).status_code == 201
    answer = await town.get(lea, "/v1/colleagues")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["more"] is False
    said = {each["agent"]: each for each in answer.json()["items"]}
    ours = [each["name"] for each in answer.json()["items"]]
    assert ours == [LEA, SAMI, None], "by their names, however they are written"
    (team,) = said[lea.subject]["teams"]
    assert datetime.fromisoformat(team.pop("absence_ends_at")) == datetime.fromisoformat(absence["ends_at"])
    assert team == {"code": code, "label": f"Équipe {code}", "deputy": sami.subject}
    assert (said[sami.subject]["teams"][0]["absence_ends_at"], said[other.subject]["teams"]) == (None, [])


async def test_colleagues_are_found_by_a_part_of_their_name_and_by_team(certified: Certified) -> None:
    town = certified.town
    lea, sami = certified.colleague(LEA), certified.colleague(SAMI)
    await known(town, lea, sami)
    code = await team_of(town, sami)

    async def names(query: str) -> list[str]:
        answer = await town.get(sami, f"/v1/colleagues?{query}")
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["items"]]

    assert await names("q=etienne") == [LEA]
    assert await names("q=%25") == []
    assert await names(f"team={code}") == [SAMI]
    assert await names("team=mine") == [SAMI]
    assert await names("most=1") == [LEA]
    assert (await town.get(sami, "/v1/colleagues?most=1")).json()["more"] is True
    assert (await town.get(sami, "/v1/colleagues?most=0")).status_code == 422
    assert (await town.get(town.service.agent("lutece"), "/v1/colleagues")).status_code == 503, "identity was asked"
    assert UUID(lea.subject) not in certified.colleagues.at_hand("lutece").colleagues
