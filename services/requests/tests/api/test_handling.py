# SPDX-License-Identifier: EUPL-1.2
import asyncio
from typing import Any
from uuid import UUID

import httpx
from requests_town import Town

from parvis_requests.db import history
from parvis_testing import Caller


async def submitted(town: Town, citizen: Caller) -> dict[str, Any]:
    body: dict[str, Any] = (await town.submit(citizen)).json()
    return body


async def test_an_agent_takes_replies_notes_and_resolves_and_each_step_is_in_the_history(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await submitted(town, citizen)
    taken = await town.act(agent, request, "take", '"1"')
    assert taken.status_code == 201
    assert taken.json()["assignee"] == agent.subject
    assert (await town.write(agent, request, "public", "Nous passons demain.")).status_code == 201
    assert (await town.write(agent, request, "internal", "Voir avec la voirie.")).status_code == 201
    resolved = await town.act(agent, request, "resolve", '"4"')
    assert resolved.json()["status"]["code"] == "resolved"
    path = f"/v1/requests/{request['id']}/history"
    full = (await town.get(agent, path)).json()["items"]
    assert [item["action"]["code"] for item in full] == ["submit", "take", "reply", "note", "resolve"]
    assert [item["sequence"] for item in full] == [1, 2, 3, 4, 5]
    seen = (await town.get(citizen, path)).json()["items"]
    assert [item["action"]["code"] for item in seen] == ["submit", "take", "reply", "resolve"]
    assert all(item["agent"] is None for item in seen)


async def test_the_person_reads_replies_never_notes(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await submitted(town, citizen)
    await town.write(agent, request, "public", "Nous passons demain.")
    await town.write(agent, request, "internal", "Voir avec la voirie.")
    path = f"/v1/requests/{request['id']}/messages"
    assert [m["text"] for m in (await town.get(citizen, path)).json()["items"]] == ["Nous passons demain."]
    assert len((await town.get(agent, path)).json()["items"]) == 2
    stored = await town.service.runtime.database.pool.fetch("SELECT body FROM message")
    assert not any(b"demain" in bytes(row["body"]) for row in stored)


async def test_each_step_tells_the_others_in_order(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await submitted(town, citizen)
    await town.act(agent, request, "take", '"1"')
    await town.write(agent, request, "public", "Nous passons demain.")
    await town.write(agent, request, "internal", "Voir avec la voirie.")
    await town.act(agent, request, "resolve", '"4"')
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT type, sequence, data::text FROM outbox WHERE topic = 'parvis.requests.request.v1' ORDER BY sequence"
    )
    assert [(row["type"].split(".")[3], row["sequence"]) for row in rows] == [
        ("request-submitted", 1), ("request-taken", 2), ("request-replied", 3), ("request-resolved", 5),
    ]  # fmt: skip
    assert not any("demain" in row["data"] for row in rows)


async def test_following_costs_nothing_while_nothing_changes(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await submitted(town, citizen)
    path = f"/v1/requests/{request['id']}"
    first = await town.get(citizen, path)
    assert (await town.get(citizen, path, **{"If-None-Match": first.headers["etag"]})).status_code == 304
    await town.act(agent, request, "take", '"1"')
    second = await town.get(citizen, path, **{"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.json()["status"]["code"]) == (200, "taken")


async def test_two_agents_cannot_take_the_same_request(town: Town) -> None:
    request = await submitted(town, town.service.citizen())
    agents = [town.service.agent() for _ in range(5)]
    answers = await asyncio.gather(*(town.act(agent, request, "take", '"1"') for agent in agents))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 412, 412, 412, 412]


async def test_an_action_needs_the_version_that_was_seen_and_a_state_that_allows_it(town: Town) -> None:
    agent = town.service.agent()
    request = await submitted(town, town.service.citizen())
    path = f"/v1/requests/{request['id']}/transitions"
    headers = agent.headers | {"Idempotency-Key": town.key()}
    assert (await town.client.post(path, json={"action": "take"}, headers=headers)).status_code == 428
    early = await town.act(agent, request, "resolve", '"1"')
    assert (early.status_code, early.json()["code"]) == (409, "transition-not-allowed")
    assert await town.count("history_entry") == 1


async def test_a_citizen_cannot_act_as_an_agent(town: Town) -> None:
    citizen = town.service.citizen()
    request = await submitted(town, citizen)
    assert (await town.act(citizen, request, "take", '"1"')).status_code == 403
    assert (await town.write(citizen, request, "internal", "Bonjour")).status_code == 403


async def test_an_agents_look_at_a_file_is_recorded_for_the_person(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await submitted(town, citizen)
    await town.get(citizen, f"/v1/requests/{request['id']}")
    await town.get(agent, f"/v1/requests/{request['id']}")
    row = await town.service.runtime.database.pool.fetchrow(
        "SELECT count(*) AS n, min(data->>'person') AS person, min(data->>'agent') AS agent FROM outbox"
        " WHERE type = 'fr.parvis.requests.data-accessed.v1'"
    )
    assert (row["n"], row["person"], row["agent"]) == (1, citizen.subject, agent.subject)


async def test_an_agent_works_through_the_queue_of_a_team_page_by_page(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    made = [(await town.submit(citizen)).json()["id"] for _ in range(5)]
    await town.submit(citizen, request_type="epave-de-velo", answers={"blocks": "pavement"})
    path: str | None = "/v1/requests?team=proprete-rive-droite&status=submitted&limit=2"
    seen: list[str] = []
    while path:
        page = await town.get(agent, path)
        seen += [item["id"] for item in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else None
    assert seen == made[::-1]
    second = await town.get(agent, "/v1/requests?team=proprete-rive-droite&limit=2")
    third = await town.get(agent, second.links["next"]["url"])
    back = await town.get(agent, third.links["prev"]["url"])
    assert [i["id"] for i in back.json()["items"]] == [i["id"] for i in second.json()["items"]]


async def test_a_cursor_of_another_list_or_a_forged_one_is_refused(town: Town) -> None:
    citizen = town.service.citizen()
    for _ in range(3):
        await town.submit(citizen)
    cursor = (await town.get(citizen, "/v1/requests?limit=1")).json()["next_cursor"]
    for path in (
        f"/v1/requests?status=taken&cursor={cursor}",
        f"/v1/requests?cursor={'B' if cursor[0] == 'A' else 'A'}{cursor[1:]}",
        "/v1/requests?cursor=xx",
    ):
        answer = await town.get(citizen, path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


async def test_a_long_history_is_read_in_pages_both_ways(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    await town.service.runtime.database.pool.execute(
        "INSERT INTO history_entry"
        " (request_id, sequence, collectivity, action, by_agent, actor, status, visibility, at)"
        " SELECT request_id, n, collectivity, 'take', true, actor, 'taken',"
        " CASE WHEN n % 2 = 0 THEN 'internal' ELSE 'public' END, at + n * interval '1 second'"
        " FROM history_entry, generate_series(2, 1205) n"
    )

    async def read(caller: Caller, path: str) -> httpx.Response:
        answer = await town.get(caller, path)
        assert answer.status_code == 200, answer.text
        return answer

    path, seen, last = f"/v1/requests/{request['id']}/history?limit=100", [], None
    while path:
        last = await read(agent, path)
        seen += [entry["sequence"] for entry in last.json()["items"]]
        path = last.links.get("next", {}).get("url", "")
    assert seen == list(range(1, 1206))
    assert last is not None
    back = await read(agent, last.links["prev"]["url"])
    assert [entry["sequence"] for entry in back.json()["items"]] == list(range(1101, 1201))
    own = (await read(citizen, f"/v1/requests/{request['id']}/history")).json()
    assert [entry["sequence"] for entry in own["items"]] == list(range(1, 40, 2))
    mixed = await town.get(citizen, f"/v1/requests/{request['id']}/history?cursor={last.json()['prev_cursor']}")
    assert (mixed.status_code, mixed.json()["code"]) == (400, "invalid-cursor")
    async with town.service.runtime.database.reading() as session:
        assert len(await history.whole(session, UUID(request["id"]), internal=False)) == 603
