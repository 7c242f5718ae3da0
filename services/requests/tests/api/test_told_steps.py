# SPDX-License-Identifier: EUPL-1.2
"""Of which steps a person is written to, and what the service that writes is told of them."""

import json
from typing import Any

import httpx
from requests_town import STUDIED, Town
from workflows import state, transition

from parvis_testing import Caller

STEPS = {
    "initial": "submitted",
    "states": [state("submitted"), state("seen"), state("done", final=True)],
    "transitions": [
        transition("see", ["submitted"], "seen", quiet=True),
        transition("finish", ["seen", "submitted"], "done"),
    ],
}


async def told(town: Town, request: dict[str, Any]) -> list[tuple[str, bool]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.request-status-changed.v1'"
        " AND data ->> 'request_id' = $1 ORDER BY sequence",
        request["id"],
    )
    steps = [json.loads(row["data"]) for row in rows]
    return [(step["action"], step["notify_author"]) for step in steps]


async def internal(town: Town, caller: Caller, path: str, language: str = "fr") -> httpx.Response:
    headers = caller.headers | {"Accept-Language": language}
    return await town.service.internal.get(f"/internal/v1/requests/{path}", headers=headers)


async def test_a_step_is_news_unless_words_tell_it_or_the_person_made_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen, request_type=STUDIED)).json()
    await town.act(agent, request, "study", '"1"')
    await town.act(agent, request, "ask", '"2"', reason="Il manque une photo.")
    await town.act(citizen, request, "complete", '"4"')
    await town.act(citizen, request, "withdraw", '"5"')
    assert await told(town, request) == [("study", True), ("ask", False), ("complete", False), ("withdraw", False)]


async def test_a_step_of_a_name_of_its_own_is_news_unless_words_tell_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    alone, explained = [(await town.submit(citizen)).json() for _ in range(2)]
    await town.act(agent, alone, "take", '"1"')
    await town.act(agent, alone, "resolve", '"2"')
    await town.act(agent, explained, "take", '"1"', reason="Nous passons demain.")
    await town.act(agent, explained, "resolve", '"3"', reason="Les cartons sont partis.")
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT type, data FROM outbox WHERE type ~ 'request-(taken|resolved|replied).v1$' ORDER BY sequence"
    )
    events = [(json.loads(row["data"]), row["type"].split(".")[3]) for row in rows]
    mails = [
        (data["request_id"] == alone["id"], name.removeprefix("request-"))
        for data, name in events
        if data.get("notify_author", True)
    ]
    assert sorted(mails) == [(False, "replied"), (False, "replied"), (True, "resolved"), (True, "taken")]


async def test_a_workflow_keeps_to_itself_what_it_marks_as_quiet(town: Town) -> None:
    await town.publish("quiet-type", workflow=STEPS)
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen, request_type="quiet-type", answers={})).json()
    await town.act(agent, request, "see", '"1"')
    await town.act(agent, request, "finish", '"2"')
    assert await told(town, request) == [("see", False), ("finish", True)]


async def test_another_service_reads_what_it_sends_on(town: Town) -> None:
    citizen, agent, system = town.service.citizen(), town.service.agent(), town.service.system()
    request = (await town.submit(citizen, request_type=STUDIED)).json()
    await town.act(agent, request, "study", '"1"')
    await town.write(agent, request, "internal", "Entre nous.")
    path = f"{request['id']}/steps"
    for language, label in (("fr", "studied"), ("en", "studied (en)")):
        step = (await internal(town, system, f"{path}/2?collectivity=paris", language)).json()
        assert step["status"] == {"code": "studied", "label": label}
    shown = (await town.get(citizen, f"/v1/requests/{request['id']}/receipt", **{"Accept-Language": "en"})).json()
    sent = await internal(town, system, f"{request['id']}/receipt?collectivity=paris", "en")
    assert (sent.status_code, sent.json()) == (200, shown)
    for wrong, status in (
        (f"{path}/3?collectivity=paris", 404),
        (f"{path}/9?collectivity=paris", 404),
        (f"{path}/2?collectivity=lutece", 404),
        (f"{request['id']}/receipt?collectivity=lutece", 404),
        (f"{path}/0?collectivity=paris", 422),
        (f"{path}/2", 422),
    ):
        assert (await internal(town, system, wrong)).status_code == status
    for stranger in (citizen, agent):
        answer = await internal(town, stranger, f"{request['id']}/receipt?collectivity=paris")
        assert answer.status_code == 403
