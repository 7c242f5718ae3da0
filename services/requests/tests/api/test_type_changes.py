# SPDX-License-Identifier: EUPL-1.2
"""A request that was filed as the wrong type becomes one of another, and nothing of it is lost."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conversing import PROOFS, ask, upload
from public_doors import decide
from requests_town import TOWN_HALL, Town, photo
from team_calls import team_of
from type_changing import OTHER, change, filed, silent
from workflows import state, transition

from parvis_requests.service.follow_merge import follow_merge


async def told(town: Town) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.request-status-changed.v1' ORDER BY sequence"
    )
    return [json.loads(row["data"]) for row in rows]


@pytest.fixture
async def types(town: Town) -> Town:
    await town.publish("one")
    await town.publish("two", **OTHER)
    return town


async def test_it_keeps_reference_and_answers_by_name_and_sets_the_others_aside(types: Town) -> None:
    town, citizen, agent = types, types.service.citizen(), types.service.agent()
    request = await filed(town, citizen)
    answer = await change(town, agent, request)
    assert answer.status_code == 201, answer.text
    shown = answer.json()["request"]
    assert (shown["id"], shown["reference"]) == (request["id"], request["reference"])
    assert (shown["request_type"]["code"], shown["status"]["code"]) == ("two", "submitted")
    assert shown["answers"] == {"size": 4, "why": "Bruit"}, "red is no answer there"
    path = f"/v1/requests/{request['id']}"
    for reader in (citizen, agent):
        (former,) = (await town.get(reader, f"{path}/former-types")).json()["items"]
        assert (former["request_type"]["code"], former["answers"]) == ("one", {"colour": "red"})
    acts = (await town.get(citizen, f"{path}/history")).json()["items"]
    assert [act["action"]["code"] for act in acts] == ["submit", "change-type", "reply"]
    (said,) = (await town.get(citizen, f"{path}/messages")).json()["items"]
    assert said["text"] == "Mauvaise démarche."
    (event,) = await told(town)
    assert (event["request_type"], event["action"], event["notify_author"]) == ("two", "change-type", False)
    assert "Bruit" not in json.dumps(event)
    found = await town.get(agent, "/v1/work-queue?request_type=two&answer_from=size:4&answer_to=size:4")
    assert [each["id"] for each in found.json()["items"]] == [request["id"]]
    assert (await town.get(agent, "/v1/work-queue?answer=colour:red")).json()["items"] == []


async def test_a_change_back_brings_the_answers_back(types: Town) -> None:
    town, agent = types, types.service.agent()
    request = await filed(town, types.service.citizen())
    tag = (await change(town, agent, request)).headers["etag"]
    answer = await change(town, agent, request, tag, code="one", answers={})
    assert answer.status_code == 201, answer.text
    assert answer.json()["request"]["answers"] == {"colour": "red", "size": 4}
    items = (await town.get(agent, f"/v1/requests/{request['id']}/former-types")).json()["items"]
    assert [each["answers"] for each in items] == [{"colour": "red"}, {"why": "Bruit"}]


async def test_what_the_new_form_wants_is_asked_of_the_agent(types: Town) -> None:
    town, agent = types, types.service.agent()
    request = await filed(town, types.service.citizen())
    lacking = await change(town, agent, request, answers={})
    assert (lacking.status_code, lacking.json()["code"]) == (422, "invalid-answers")
    wrong = (await change(town, agent, request, answers={"why": "B", "depth": 1})).json()
    assert {each["pointer"] for each in wrong["errors"]} == {"/answers/why", "/answers/depth"}
    unknown = await change(town, agent, request, code="nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-request-type")
    assert await town.count("type_change") == 0
    assert (await town.get(agent, f"/v1/requests/{request['id']}")).json()["request_type"]["code"] == "one"


async def test_it_is_done_once_by_agents_alone_on_what_they_saw(types: Town) -> None:
    town, citizen, agent = types, types.service.citizen(), types.service.agent()
    request = await filed(town, citizen)
    assert (await change(town, citizen, request)).status_code == 403
    assert (await change(town, town.service.agent("lutece"), request)).status_code == 404
    assert (await change(town, agent, request, '"7"')).status_code == 412
    first, again = (await change(town, agent, request, key="once"), await change(town, agent, request, key="once"))
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert first.json() == again.json()
    same = await change(town, agent, request, first.headers["etag"])
    assert (same.status_code, same.json()["errors"][0]["code"]) == (409, "same-type")
    assert (await town.get(town.service.citizen(), f"/v1/requests/{request['id']}/former-types")).status_code == 404


async def test_it_stands_in_the_same_state_where_the_new_workflow_has_it(types: Town) -> None:
    town, agent = types, types.service.agent()
    request = await filed(town, types.service.citizen())
    await town.act(agent, request, "study", '"1"')
    shown = (await change(town, agent, request, '"2"')).json()["request"]
    assert (shown["status"]["code"], shown["assignee"]) == ("studied", agent.subject)
    short = {
        "initial": "new",
        "states": [state("new"), state("over", final=True)],
        "transitions": [transition("end", ["new"], "over")],
    }
    await town.publish("three", workflow=short)
    answer = await change(town, agent, request, '"4"', code="three", answers={})
    assert answer.json()["request"]["status"]["code"] == "new"
    acts = (await town.get(agent, f"/v1/requests/{request['id']}/history")).json()["items"]
    labels = [(act["action"]["label"], act["status"]["label"]) for act in acts if act["action"]["code"] == "study"]
    assert labels == [("study", "studied")], "what was done is told in the words of its time"


async def test_its_periods_count_from_the_reception_by_the_new_law(types: Town) -> None:
    town, agent, pool = types, types.service.agent(), types.service.runtime.database.pool
    await town.publish("lawful", **silent())
    request = await filed(town, types.service.citizen())
    assert request["legal"] is None
    moved = "UPDATE request SET created_at = created_at - interval '30 days' WHERE id = $1"
    await pool.execute(moved, request["id"])
    shown = (await change(town, agent, request, code="lawful")).json()["request"]
    now, ends = datetime.now(UTC), datetime.fromisoformat(shown["legal"]["ends_at"])
    assert timedelta(days=26) < ends - now < timedelta(days=35)
    assert datetime.fromisoformat(shown["due_at"]) < now, "what is promised counts from there, too"
    kinds = await pool.fetch("SELECT kind FROM request_timer WHERE request_id = $1 ORDER BY kind", request["id"])
    assert [row["kind"] for row in kinds] == ["legal-alert", "legal-silence"]
    receipt = (await town.get(agent, f"/v1/requests/{request['id']}/receipt")).json()
    assert (receipt["request_type"]["code"], receipt["silence"]) == ("lawful", "accepted")
    back = (await change(town, agent, request, '"3"')).json()["request"]
    assert (back["legal"], back["due_at"]) == (None, None)
    assert await pool.fetchval("SELECT count(*) FROM request_timer WHERE request_id = $1", request["id"]) == 0


async def test_it_stays_where_silence_would_have_decided(types: Town) -> None:
    town, agent, pool = types, types.service.agent(), types.service.runtime.database.pool
    await town.publish("lawful", **silent(1))
    request = await filed(town, types.service.citizen())
    await pool.execute("UPDATE request SET created_at = created_at - interval '40 days' WHERE id = $1", request["id"])
    refused = await change(town, agent, request, code="lawful")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "period-over")


async def test_it_goes_to_the_team_of_the_new_type(types: Town) -> None:
    town, agent = types, types.service.agent()
    code = await team_of(town, agent)
    await town.publish("routed", **OTHER, routing=[{"team": code}])
    request = await filed(town, types.service.citizen())
    await town.act(agent, request, "study", '"1"')
    shown = (await change(town, agent, request, '"2"', code="routed")).json()["request"]
    assert (shown["team"], shown["assignee"]) == (code, None)


async def test_what_the_new_type_wants_of_documents_is_said_and_what_was_asked_is_forgotten(types: Town) -> None:
    town, citizen, agent = types, types.service.citizen(), types.service.agent()
    wanted = [{"code": "plan", "name": {"fr": "Plan", "en": "Plan"}}, *PROOFS]
    await town.publish("papers", **OTHER, documents=wanted)
    await town.publish("flat", documents=PROOFS, files={"kinds": ["photo"]})
    given = await upload(town, citizen, photo())
    documents = {"identity": [given]}
    request = (await town.submit(citizen, request_type="flat", answers={}, documents=documents)).json()
    await town.act(agent, request, "study", '"1"')
    assert (await ask(town, agent, request, '"2"', ["lease"])).status_code == 201
    version = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    answer = await change(town, agent, request, version, code="papers")
    assert [each["code"] for each in answer.json()["missing_documents"]] == ["plan"]
    assert [each["document"] for each in answer.json()["request"]["attachments"]] == ["identity"]
    path = f"/v1/requests/{request['id']}/document-requests"
    assert len((await town.get(agent, path)).json()["items"]) == 1, "the new type knows what is awaited"
    answer = await change(town, agent, request, answer.headers["etag"])
    assert answer.status_code == 201, answer.text
    assert (await town.get(agent, path)).json()["items"] == []
    rows = await town.service.runtime.database.pool.fetch("SELECT kind FROM request_timer")
    assert [row["kind"] for row in rows] == ["workflow"], "nobody is reminded of it"


async def test_the_public_learns_no_more_of_it_before_an_agent_decides(types: Town) -> None:
    town, agent = types, types.service.agent()
    shown = {"content": "at-once", "decimals": 5}
    await town.publish("shown", **OTHER, public=True, publication=shown)
    await town.publish("vague", public=True, publication={"content": "after-review", "decimals": 5})
    for code in ("one", "vague"):
        request = await filed(town, types.service.citizen(), code)
        assert (await change(town, agent, request, code="shown")).status_code == 201
        path = f"/v1/collectivities/paris/public-requests/{request['reference']}"
        seen = await town.client.get(path)
        if code == "one":
            assert seen.status_code == 404
            tag = (await town.get(agent, f"/v1/requests/{request['id']}/publication")).headers["etag"]
            decided = await decide(town, request, tag, agent, hidden=False, text="Des cartons")
            assert decided.status_code == 200, decided.text
            assert (await town.client.get(path)).status_code == 200
        else:
            assert seen.status_code == 200
            assert "cartons" not in seen.text


async def test_a_place_that_the_new_type_needs_is_said_first(types: Town) -> None:
    town, agent = types, types.service.agent()
    await town.publish("placed", **OTHER, position_required=True)
    citizen = types.service.citizen()
    request = (await town.submit(citizen, request_type="one", answers={}, position=None)).json()
    refused = await change(town, agent, request, code="placed")
    assert (refused.status_code, refused.json()["code"]) == (422, "position-required")
    headers = agent.headers | {"If-Match": '"1"'}
    point = {"position": {"type": "Point", "coordinates": TOWN_HALL}}
    placed = await town.client.put(f"/v1/requests/{request['id']}/place", json=point, headers=headers)
    assert (await change(town, agent, request, placed.headers["etag"], code="placed")).status_code == 201


async def test_what_was_set_aside_follows_its_author_to_another_account(types: Town) -> None:
    town, citizen, kept, agent = types, types.service.citizen(), types.service.citizen(), types.service.agent()
    request = await filed(town, citizen)
    await change(town, agent, request)
    runtime = town.service.runtime
    async with runtime.database.unit_of_work() as uow:
        await follow_merge(uow.session, runtime.persons, citizen.person, kept.person, "paris", datetime.now(UTC))
        await uow.commit()
    await runtime.persons.destroy(citizen.person)
    (former,) = (await town.get(kept, f"/v1/requests/{request['id']}/former-types")).json()["items"]
    assert former["answers"] == {"colour": "red"}
    await runtime.persons.destroy(kept.person)
    (former,) = (await town.get(agent, f"/v1/requests/{request['id']}/former-types")).json()["items"]
    assert former["answers"] is None
