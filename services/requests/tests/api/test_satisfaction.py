# SPDX-License-Identifier: EUPL-1.2
"""After the end people are asked, once, how they were served; the town reads what they say in figures."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from contesting import Contesting, contesting
from requests_town import Town

from parvis_requests.domain.calendar import PARIS
from parvis_requests.service.ask_satisfaction import ask_satisfaction
from parvis_requests.service.count_months import count_months
from parvis_testing import Caller

TRACKED = "/v1/tracked-request/satisfaction"


async def granted(town: Town, desk: Contesting, citizen: Caller, agent: Caller) -> dict[str, Any]:
    request = await desk.filed(citizen)
    answer = await town.act(agent, request, "grant", '"1"')
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ask(town: Town, *, days: int = 2) -> int:
    runtime, then = town.service.runtime, datetime.now(UTC) + timedelta(days=days)
    return await ask_satisfaction(runtime.database, runtime.persons, runtime.blind_index, then)


async def asked(town: Town, request: dict[str, Any]) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.satisfaction-asked.v1'"
        " AND data::jsonb ->> 'request_id' = $1",
        request["id"],
    )
    return [json.loads(row["data"]) for row in rows]


async def rate(town: Town, citizen: Caller, request: dict[str, Any], score: int = 4) -> int:
    headers = citizen.headers | {"Idempotency-Key": town.key()}
    path = f"/v1/requests/{request['id']}/satisfaction"
    return (await town.client.post(path, json={"score": score, "comment": "Bien."}, headers=headers)).status_code


async def test_who_was_served_is_asked_once_on_the_day_after(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await granted(town, await contesting(town), citizen, agent)
    assert await ask(town, days=0) == 0
    assert await ask(town) == 1
    assert await ask(town) == 0
    (told,) = await asked(town, request)
    left = datetime.fromisoformat(told["closes_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=32)
    after = await town.get(citizen, f"/v1/requests/{request['id']}")
    # Nothing has happened that its author would look for.
    assert after.json()["updated_at"] == request["updated_at"]
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert acts[-1]["action"]["code"] == "grant"
    assert await rate(town, citizen, request) == 201


async def test_nobody_is_asked_who_answered_or_withdrew_or_whose_request_goes_on(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    answered = await granted(town, desk, citizen, agent)
    assert await rate(town, citizen, answered) == 201
    refused = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, refused)
    await desk.do(agent, refused, appeal, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    own = (await town.submit(citizen, request_type="studied-request")).json()
    assert (await town.act(citizen, own, "withdraw", '"1"')).status_code == 201
    assert await ask(town) == 0
    assert [await asked(town, each) for each in (answered, refused, own)] == [[], [], []]


async def test_whom_nobody_could_ask_in_time_is_not_asked_and_answers_no_more(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await granted(town, await contesting(town), citizen, agent)
    assert await ask(town, days=40) == 0
    moved = "UPDATE history_entry SET at = at - interval '40 days' WHERE request_id::text = $1"
    await town.service.runtime.database.pool.execute(moved, request["id"])
    headers = citizen.headers | {"Idempotency-Key": town.key()}
    path = f"/v1/requests/{request['id']}/satisfaction"
    late = await town.client.post(path, json={"score": 1}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "rating-closed")


async def test_who_has_no_account_answers_by_their_token(town: Town) -> None:
    agent, desk = town.service.agent(), await contesting(town, audience={"anonymous": True})
    body = {"request_type": desk.code, "description": "La salle des fêtes", "answers": {}}
    key = {"Idempotency-Key": str(uuid4())}
    filed = (await town.client.post("/v1/collectivities/paris/requests", json=body, headers=key)).json()
    token = {"Tracking-Token": filed["tracking_token"], "Idempotency-Key": str(uuid4())}
    early = await town.client.post(TRACKED, json={"score": 5}, headers=token)
    assert early.status_code == 409
    assert (await town.act(agent, filed, "grant", '"1"')).status_code == 201
    said = token | {"Idempotency-Key": str(uuid4())}
    assert (await town.client.post(TRACKED, json={"score": 5, "comment": "Vite."}, headers=said)).status_code == 201
    assert (await town.client.get(TRACKED, headers=token)).json()["comment"] == "Vite."
    again = await town.client.post(TRACKED, json={"score": 1}, headers=token | {"Idempotency-Key": str(uuid4())})
    assert (again.status_code, again.json()["code"]) == (409, "already-rated")
    assert (await town.client.get(TRACKED, headers={"Tracking-Token": "none"})).status_code == 404


async def test_figures_are_told_from_five_answers_on_and_without_words(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    for score in (5, 4, 4, 2):
        assert await rate(town, citizen, await granted(town, desk, citizen, agent), score) == 201
    path = "/v1/satisfaction-figures"

    async def figure(code: str, query: str = "") -> dict[str, Any] | None:
        items = (await town.get(agent, f"{path}{query}")).json()["items"]
        return next((each for each in items if each["code"]["code"] == code), None)

    few = await figure(desk.code)
    assert few == {
        "code": {"code": desk.code, "label": "Essai"},
        "answers": None,
        "average": None,
        "scores": None,
        "asked": None,
        "rate": None,
    }
    assert await rate(town, citizen, await granted(town, desk, citizen, agent), 5) == 201
    enough = await figure(desk.code)
    assert enough
    assert (enough["answers"], enough["average"], enough["scores"]) == (5, 4.0, [0, 1, 0, 2, 2])
    month = f"{datetime.now(PARIS):%Y-%m}"
    assert await figure(month, "?by=month") is not None
    assert await figure(desk.code, f"?by=type&since={month}&until={month}") == enough
    assert await figure(desk.code, "?until=2025-12") is None
    assert "Bien." not in (await town.get(agent, f"{path}?by=team")).text
    # Of the agent's own town, and for agents alone.
    assert (await town.get(town.service.agent("lutece"), path)).json()["items"] == []
    assert (await town.get(citizen, path)).status_code == 403


async def test_figures_read_a_year_unless_months_are_named_and_three_at_most(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk, pool = await contesting(town), town.service.runtime.database.pool
    for _ in range(5):
        assert await rate(town, citizen, await granted(town, desk, citizen, agent), 5) == 201
    month = f"{datetime.now(PARIS):%Y-%m}"
    long_ago = f"{datetime.now(PARIS).year - 4}-01"

    async def codes(query: str) -> list[str]:
        items = (await town.get(agent, f"/v1/satisfaction-figures?{query}")).json()["items"]
        return [each["code"]["code"] for each in items]

    csv = "/v1/collectivities/paris/open-data/satisfaction-csv"
    assert await codes("") == [desk.code]
    await pool.execute("UPDATE satisfaction SET created_at = created_at - interval '13 months'")
    assert await codes("") == []
    assert await codes(f"since={datetime.now(PARIS).year - 2}-01") == [desk.code]
    assert desk.code not in (await town.client.get(csv)).text
    assert await count_months(town.service.runtime.database, datetime.now(UTC)) >= 11
    assert await codes(f"since={datetime.now(PARIS).year - 2}-01") == [desk.code]
    assert desk.code in (await town.client.get(csv)).text
    await pool.execute("UPDATE satisfaction_count SET month = month - interval '24 months'")
    assert desk.code not in (await town.client.get(csv)).text
    answer = await town.get(agent, f"/v1/satisfaction-figures?since={long_ago}&until={month}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/query/since")


@pytest.mark.parametrize("query", ["by=author", "since=2026", "since=2026-13", "until=soon"])
async def test_figures_are_of_whole_months(town: Town, query: str) -> None:
    answer = await town.get(town.service.agent(), f"/v1/satisfaction-figures?{query}")
    assert answer.status_code == 422
