# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from requests_town import STUDIED, Town, type_definition
from workflows import words

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

PATH = "/v1/collectivities/paris/request-types/{}/workflow"


async def studied(town: Town, citizen: Caller, agent: Caller) -> dict[str, Any]:
    request = (await town.submit(citizen, request_type=STUDIED)).json()
    answer = await town.act(agent, request, "study", '"1"')
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body


async def waiting(town: Town, citizen: Caller, agent: Caller) -> dict[str, Any]:
    request = await studied(town, citizen, agent)
    answer = await town.act(agent, request, "ask", '"2"', reason="Il manque une photo.")
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body


def codes(actions: list[dict[str, str]]) -> list[str]:
    return [action["code"] for action in actions]


async def ring(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)


async def test_the_workflow_of_a_type_is_read_as_data_or_drawn(town: Town) -> None:
    data = await town.client.get(PATH.format("cartons"))
    assert [state["code"] for state in data.json()["states"]] == ["submitted", "taken", "resolved"]
    assert data.json()["transitions"][0]["from"] == ["submitted"]
    drawn = await town.client.get(PATH.format("cartons"), headers={"Accept": "application/vnd.mermaid"})
    assert drawn.headers["content-type"] == "application/vnd.mermaid; charset=utf-8"
    assert drawn.text.startswith("stateDiagram-v2\n")
    assert "s0 --> s1 : Prise en charge" in drawn.text
    assert data.headers["etag"] != drawn.headers["etag"]
    english = {"Accept": "application/vnd.mermaid, */*", "Accept-Language": "en"}
    assert "s0 --> s1 : Taken in hand" in (await town.client.get(PATH.format("cartons"), headers=english)).text
    both = {"Accept": "application/json, application/vnd.mermaid"}
    assert (await town.client.get(PATH.format("cartons"), headers=both)).json() == data.json()
    again = {"Accept": "application/vnd.mermaid", "If-None-Match": drawn.headers["etag"]}
    assert (await town.client.get(PATH.format("cartons"), headers=again)).status_code == 304
    assert (await town.client.get(PATH.format("no-such-type"))).status_code == 404


async def test_who_reads_a_request_sees_what_they_may_do(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    decider = town.service.agent(roles=["agent", "decider"])
    request = await studied(town, citizen, agent)
    path = f"/v1/requests/{request['id']}"
    for caller, expected in ((citizen, ["withdraw"]), (agent, ["ask"]), (decider, ["ask", "grant", "refuse"])):
        assert codes((await town.get(caller, path)).json()["actions"]) == expected


async def test_a_reason_is_asked_for_then_told_to_the_person(town: Town) -> None:
    citizen, decider = town.service.citizen(), town.service.agent(roles=["agent", "decider"])
    request = await studied(town, citizen, decider)
    bare = await town.act(decider, request, "refuse", '"2"')
    assert (bare.status_code, bare.json()["code"]) == (409, "condition-unmet")
    assert [(e["pointer"], e["code"]) for e in bare.json()["errors"]] == [("/reason", "reason-missing")]
    refused = await town.act(decider, request, "refuse", '"2"', reason="La rue est privée.")
    assert (refused.json()["status"]["code"], refused.headers["etag"]) == ("refused", '"4-fr"')
    messages = (await town.get(citizen, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert [message["text"] for message in messages] == ["La rue est privée."]
    history = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert codes([entry["action"] for entry in history]) == ["submit", "study", "refuse", "reply"]
    told = await town.service.runtime.database.pool.fetch(
        "SELECT type, sequence, data FROM outbox WHERE topic = 'parvis.requests.request.v1' ORDER BY sequence"
    )
    assert [(row["type"].split(".")[3], row["sequence"]) for row in told] == [
        ("request-submitted", 1), ("request-status-changed", 2), ("request-status-changed", 3), ("request-replied", 4),
    ]  # fmt: skip
    changed = json.loads(told[2]["data"])
    assert (changed["action"], changed["from_status"], changed["to_status"]) == ("refuse", "studied", "refused")


async def test_roles_fields_and_states_hold_back_who_may_not(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    decider = town.service.agent(roles=["agent", "decider"])
    request = (
        await town.submit(citizen, request_type=STUDIED, answers={"blocks_pavement": True, "quantity": 4})
    ).json()
    await town.act(agent, request, "study", '"1"')
    for caller, action, status, code in (
        (agent, "grant", 403, "forbidden"),
        (citizen, "study", 403, "forbidden"),
        (agent, "expire", 403, "forbidden"),
        (agent, "study", 409, "transition-not-allowed"),
        (agent, "fly", 409, "transition-not-allowed"),
        (decider, "grant", 409, "condition-unmet"),
    ):
        answer = await town.act(caller, request, action, '"2"')
        assert (action, answer.status_code, answer.json()["code"]) == (action, status, code)
    assert await town.count("history_entry") == 2
    assert (await town.act(citizen, request, "withdraw", '"2"')).json()["status"]["code"] == "dropped"


async def test_a_deadline_is_shown_and_a_timer_ends_what_nobody_completes(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await waiting(town, citizen, agent)
    due_at = datetime.fromisoformat(request["due_at"])
    assert timedelta(days=10) < due_at - datetime.now(UTC) < timedelta(days=25)
    now = datetime.now(UTC)
    assert await ring(town, now + timedelta(days=29)) == 0
    assert await ring(town, now + timedelta(days=32)) == 1
    assert await ring(town, now + timedelta(days=32)) == 0
    path = f"/v1/requests/{request['id']}"
    ended = (await town.get(citizen, path)).json()
    assert (ended["status"]["code"], ended["version"], ended["actions"]) == ("dropped", 6, [])
    last = (await town.get(citizen, f"{path}/history")).json()["items"][-2:]
    assert [(entry["action"]["code"], entry["by"], entry["agent"]) for entry in last] == [
        ("expire", "system", None),
        ("reply", "system", None),
    ]
    newest = (await town.get(agent, f"{path}/messages")).json()["items"][0]
    assert (newest["text"], newest["agent"]) == (words("Demande classée sans réponse")["fr"], None)
    english = await town.get(citizen, f"{path}/messages", **{"Accept-Language": "en"})
    assert english.json()["items"][0]["text"] == words("Demande classée sans réponse")["en"]


async def test_a_timer_stops_when_the_request_moves_on(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await waiting(town, citizen, agent)
    assert await town.count("request_timer") == 1
    assert (await town.act(citizen, request, "complete", '"4"')).status_code == 201
    assert await town.count("request_timer") == 0


async def test_a_timer_that_fails_is_put_off_and_holds_up_no_other(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    broken, sound = await waiting(town, citizen, agent), await waiting(town, citizen, agent)
    pool = town.service.runtime.database.pool
    lost = (
        "UPDATE request_timer SET collectivity = 'nowhere', due_at = due_at - interval '1 hour' WHERE request_id = $1"
    )
    await pool.execute(lost, broken["id"])
    later = datetime.now(UTC) + timedelta(days=32)
    assert await ring(town, later) == 1
    assert (await town.get(citizen, f"/v1/requests/{sound['id']}")).json()["status"]["code"] == "dropped"
    assert (await town.get(citizen, f"/v1/requests/{broken['id']}")).json()["status"]["code"] == "waiting"
    row = await pool.fetchrow("SELECT tries, next_at FROM request_timer")
    assert (row["tries"], row["next_at"]) == (1, later + timedelta(seconds=30))
    await pool.execute("UPDATE request_timer SET collectivity = 'paris'")
    assert await ring(town, later + timedelta(minutes=1)) == 1


async def test_a_timer_that_starts_with_the_request_is_stored_with_it(town: Town) -> None:
    free = type_definition()["workflow"]
    expire = [t | {"from": ["submitted", "waiting"]} if t["code"] == "expire" else t for t in free["transitions"]]
    timers = [{"code": "at-once", "state": "submitted", "delay": {"days": 2}, "action": "expire"}]
    await town.publish("timed-request", workflow={**free, "transitions": expire, "timers": timers})
    request = (await town.submit(town.service.citizen(), request_type="timed-request", answers={})).json()
    assert await ring(town, datetime.now(UTC) + timedelta(days=4)) == 1
    path = f"/v1/requests/{request['id']}"
    assert (await town.get(town.service.agent(), path)).json()["status"]["code"] == "dropped"
