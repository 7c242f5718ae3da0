# SPDX-License-Identifier: EUPL-1.2
"""Agents are alerted to what comes to their requests: who has it, who stands in, or else who is there of the team."""

import json
from datetime import datetime, timedelta
from typing import Any

from requests_town import Town, photo
from team_calls import alerts, away, member, new_code, team_of
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

STEPS = {
    "initial": "submitted",
    "states": [state("submitted"), state("taken"), state("granted", final=True)],
    "transitions": [
        transition("take", ["submitted"], "taken", effects=[{"kind": "assign", "to": "actor"}]),
        transition("grant", ["submitted", "taken"], "granted", "system"),
    ],
}
TEXT = {"fr": "Code, article L1", "en": "Code, article L1"}
PROOF = {"code": "plan", "name": {"fr": "Plan", "en": "Plan"}, "required": False}
LEGAL = {"silence": "accepted", "months": 2, "action": "grant", "source": TEXT}


async def filed_with(town: Town, team: str, citizen: Caller) -> dict[str, Any]:
    """A request of a type of its own, in that team, on which silence decides."""
    code = new_code()
    await town.publish(code, routing=[{"team": team}], workflow=STEPS, legal=LEGAL, documents=[PROOF])
    answer = await town.submit(citizen, request_type=code, answers={}, position=None)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_each_of_the_team_who_is_there_is_alerted_until_somebody_has_it(town: Town) -> None:
    citizen = town.service.citizen()
    first, second, gone = (town.service.agent() for _ in range(3))
    request = await filed_with(town, await team_of(town, first, second, member(gone, away())), citizen)
    assert await alerts(town, request) == []
    await town.write(citizen, request, "public", "Voici mon adresse.")
    assert set(await alerts(town, request)) == {("supplemented", each.subject) for each in (first, second)}
    await town.act(first, request, "take", '"2"')
    await town.write(first, request, "public", "Merci.")
    await town.write(first, request, "internal", "Rien à signaler.")
    before = len(await alerts(town, request))
    await town.write(citizen, request, "public", "Et le plan.")
    assert (before, (await alerts(town, request))[before:]) == (2, [("supplemented", first.subject)])


async def test_who_stands_in_is_alerted_instead_of_who_is_absent(town: Town) -> None:
    citizen, absent, deputy = town.service.citizen(), town.service.agent(), town.service.agent()
    request = await filed_with(town, await team_of(town, member(absent, away(deputy)), deputy), citizen)
    await town.act(absent, request, "take", '"1"')
    await town.write(citizen, request, "public", "Voici mon adresse.")
    assert await alerts(town, request) == [("supplemented", deputy.subject)]


async def test_agents_are_alerted_before_silence_decides(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed_with(town, await team_of(town, agent), citizen)
    runtime, end = town.service.runtime, datetime.fromisoformat(request["legal"]["ends_at"])
    for _ in range(2):
        await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, end - timedelta(days=14))
    assert await alerts(town, request) == [("due-soon", agent.subject)]
    told = await runtime.database.pool.fetchval("SELECT data FROM outbox WHERE type LIKE '%agent-alerted%'")
    assert datetime.fromisoformat(json.loads(told)["ends_at"]) == end


async def test_documents_that_come_later_are_told_and_not_to_the_agent_who_joins_them(town: Town) -> None:
    citizen, agent, other = town.service.citizen(), town.service.agent(), town.service.agent()
    request = await filed_with(town, await team_of(town, agent, other), citizen)
    path = f"/v1/requests/{request['id']}/documents"
    headers = agent.headers | {"Idempotency-Key": town.key(), "Content-Type": "image/jpeg"}
    plan = await town.client.post(f"/v1/attachments?for_request={request['id']}", content=photo(), headers=headers)
    assert plan.status_code == 201, plan.text
    headers = agent.headers | {"Idempotency-Key": town.key()}
    answer = await town.client.post(path, json={"documents": {"plan": [plan.json()["id"]]}}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert await alerts(town, request) == [("supplemented", other.subject)]
