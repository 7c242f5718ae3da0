# SPDX-License-Identifier: EUPL-1.2
"""The day on which the town received what an agent enters for somebody, and what counts from it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine
from counted_silence import midnight_after, same_day_months_later
from requests_town import Town
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

# A Monday: the letters that came meanwhile lie on the desk.
NOW = datetime(2027, 3, 15, 9, tzinfo=UTC)
TODAY = NOW.date()
OPEN = ["submitted", "incomplete"]
WORKFLOW: dict[str, Any] = {
    "initial": "submitted",
    "states": [state("submitted"), state("incomplete")]
    + [state(code, final=True) for code in ("granted", "refused-by-silence", "granted-by-silence")],
    "transitions": [
        transition("ask", ["submitted"], "incomplete"),
        transition("complete", ["incomplete"], "submitted", "author", "agent"),
        transition("grant", OPEN, "granted"),
        transition("refuse-by-silence", OPEN, "refused-by-silence", "system"),
        transition("grant-by-silence", OPEN, "granted-by-silence", "system"),
    ],
}
GRANTS: dict[str, Any] = {
    "silence": "accepted",
    "months": 2,
    "action": "grant-by-silence",
    "paused_in": ["incomplete"],
    "resume": "reset",
    "source": {"fr": "Article 1", "en": "Article 1"},
}
REFUSES = GRANTS | {"silence": "rejected", "action": "refuse-by-silence", "resume": "continue"}
CONTACT = {"first_name": "Rose", "last_name": "BLANC", "email": "rose@example.org"}


async def new_type(town: Town, legal: dict[str, Any] | None, **more: Any) -> str:
    code = f"letters-{uuid4().hex[:8]}"
    await town.publish(code, workflow=WORKFLOW, legal=legal, channels=["online", "letter", "phone"], **more)
    return code


async def enter(town: Town, code: str, received: date | None, **changes: Any) -> httpx.Response:
    headers = town.service.agent().headers | {"Idempotency-Key": town.key()}
    body = {"request_type": code, "description": "Un acte", "channel": "letter", "contact": CONTACT} | changes
    if received:
        body["received_on"] = received.isoformat()
    return await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)


async def entered(town: Town, code: str, received: date | None, **changes: Any) -> dict[str, Any]:
    answer = await enter(town, code, received, **changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def correct(
    town: Town, caller: Caller, request: dict[str, Any], received: date, version: int | None = None, **changes: Any
) -> httpx.Response:
    tag = f'"{version or request["version"]}"'
    headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    body = {"received_on": received.isoformat(), "reason": "Le tampon dit un autre jour."} | changes
    return await town.client.post(f"/v1/requests/{request['id']}/reception", json=body, headers=headers)


async def ring(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)


async def read(town: Town, request: dict[str, Any], part: str = "", **headers: str) -> dict[str, Any]:
    answer = await town.get(town.service.agent(), f"/v1/requests/{request['id']}{part}", **headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def acts(town: Town, request: dict[str, Any]) -> list[tuple[str, str | None]]:
    items = (await read(town, request, "/history"))["items"]
    return [(item["action"]["code"], item["received_on"]) for item in items]


def ends_at(request: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(request["legal"]["ends_at"])


def two_months_after(day: date) -> datetime:
    return midnight_after(same_day_months_later(day, 2))


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


async def test_periods_count_from_the_day_of_reception_and_the_receipt_names_it(town: Town) -> None:
    received = TODAY - timedelta(days=20)
    code = await new_type(town, GRANTS, service_level={"days": 30})
    request = await entered(town, code, received)
    assert request["received_on"] == received.isoformat()
    assert datetime.fromisoformat(request["created_at"]) == NOW
    assert ends_at(request) == two_months_after(received)
    assert datetime.fromisoformat(request["due_at"]) == midnight_after(received + timedelta(days=30))
    assert await acts(town, request) == [("submit", received.isoformat())]
    receipt = await read(town, request, "/receipt")
    assert (receipt["received_on"], receipt["deemed_on"]) == (received.isoformat(), "2027-04-23")
    assert datetime.fromisoformat(receipt["received_at"]) == midnight_after(received - timedelta(days=1))
    assert datetime.fromisoformat(receipt["registered_at"]) == NOW
    assert "Sans décision expresse le 23 avril 2027" in receipt["statements"][0]
    shown = await read(town, request)
    assert shown["received_on"] == request["received_on"]
    plain = await entered(town, code, None)
    assert (plain["received_on"], await acts(town, plain)) == (TODAY.isoformat(), [("submit", None)])
    assert ends_at(plain) == two_months_after(TODAY)


@pytest.mark.parametrize(
    ("received", "fault"),
    [
        (TODAY + timedelta(days=1), "after-the-entry"),
        (TODAY - timedelta(days=367), "too-long-ago"),
    ],
)
async def test_a_day_lies_within_the_year_before_the_entry(town: Town, received: date, fault: str) -> None:
    code = await new_type(town, None)
    refused = await enter(town, code, received)
    assert (refused.status_code, refused.json()["code"]) == (422, "reception-day")
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/received_on", fault)
    for day in (TODAY, TODAY - timedelta(days=366)):
        request = await entered(town, code, day)
        wrong = await correct(town, town.service.agent(), request, received)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "reception-day")


async def test_only_an_agent_says_it_and_not_of_what_came_online(town: Town) -> None:
    code, person, agent = await new_type(town, None), town.service.citizen(), town.service.agent()
    clerk = town.service.citizen(sub=person.subject, act={"sub": agent.subject, "kind": "agent"})
    friend = town.service.citizen(sub=person.subject, act={"sub": agent.subject, "kind": "citizen"})
    asked: dict[str, Any] = {"request_type": code, "answers": {}, "received_on": TODAY.isoformat()}
    for caller in (person, friend, clerk):
        refused = await town.submit(caller, **asked)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not-entered-by-an-agent")
    letter = await town.submit(clerk, **asked | {"channel": "letter", "received_on": "2027-03-01"})
    assert (letter.status_code, letter.json()["received_on"]) == (201, "2027-03-01")


async def test_what_silence_has_decided_already_is_entered_knowingly(town: Town) -> None:
    received = date(2026, 12, 10)
    code = await new_type(town, GRANTS, retention_months=1)
    refused = await enter(town, code, received)
    assert (refused.status_code, refused.json()["code"]) == (422, "period-over")
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "/period_over"
    assert "10/02/2027" in error["detail"]
    request = await entered(town, code, received, period_over=True)
    assert ends_at(request) == two_months_after(received) < NOW
    receipt = await read(town, request, "/receipt")
    assert "jusqu'au 10 février 2027 inclus" in receipt["statements"][0]
    assert "est réputée acceptée" in receipt["statements"][0]
    assert await ring(town, NOW) == 1, "the decision, and no warning of it"
    assert (await read(town, request))["status"]["code"] == "granted-by-silence"
    attestation = await read(town, request, "/attestation")
    assert (attestation["received_on"], attestation["decided_on"]) == ("2026-12-10", "2027-02-10")
    assert "reçue le 10 décembre 2026" in attestation["statement"]
    kept = await town.service.runtime.database.pool.fetchrow(
        "SELECT ended_at, due_at FROM retention WHERE request_id = $1::uuid", request["id"]
    )
    assert kept["ended_at"] == NOW
    assert kept["due_at"] > NOW + timedelta(days=27), "what was decided long ago is not destroyed before it is read"


async def test_no_period_for_appeals_runs_against_who_gets_the_receipt_after_the_refusal(town: Town) -> None:
    code = await new_type(town, REFUSES)
    late = await entered(town, code, date(2026, 12, 10), period_over=True)
    timely = await entered(town, code, date(2027, 1, 20))
    told = (await read(town, late, "/receipt"))["statements"][0]
    assert "L112-6" in told
    assert "n'est pas opposable" not in (await read(town, timely, "/receipt"))["statements"][0]
    english = (await read(town, late, "/receipt", **{"Accept-Language": "en"}))["statements"][0]
    assert "until 10 February 2027 included" in english
    await ring(town, two_months_after(date(2027, 1, 20)))
    remedies = []
    for request in (late, timely):
        last = (await read(town, request, "/history"))["items"][-1]
        assert last["action"]["code"] == "refuse-by-silence"
        remedies.append(last["remedies_told"])
    assert remedies == [False, True]


async def test_agents_are_warned_at_once_of_what_ends_soon(town: Town) -> None:
    received = same_day_months_later(TODAY + timedelta(days=5), -2)
    request = await entered(town, await new_type(town, GRANTS), received)
    assert await ring(town, NOW) == 1
    assert [act for act, _ in await acts(town, request)] == ["submit", "due-soon"]
    assert await ring(town, ends_at(request)) == 1
    assert (await read(town, request))["status"]["code"] == "granted-by-silence"


async def test_a_correction_moves_the_periods_and_the_person_is_told_why(town: Town) -> None:
    agent = town.service.agent()
    request = await entered(town, await new_type(town, GRANTS, service_level={"days": 10}), TODAY)
    assert (await correct(town, town.service.citizen(), request, TODAY)).status_code == 404
    assert (await correct(town, agent, request, TODAY, version=7)).status_code == 412
    earlier = date(2027, 2, 3)
    moved = (await correct(town, agent, request, earlier)).json()
    assert (moved["received_on"], ends_at(moved)) == ("2027-02-03", two_months_after(earlier))
    assert datetime.fromisoformat(moved["due_at"]) == midnight_after(earlier + timedelta(days=10))
    back = (await correct(town, agent, moved, TODAY)).json()
    assert (back["received_on"], ends_at(back)) == (TODAY.isoformat(), two_months_after(TODAY))
    assert back["due_at"] == request["due_at"]
    days = [("reception", "2027-02-03"), ("reply", None), ("reception", TODAY.isoformat()), ("reply", None)]
    assert [act for act in await acts(town, request) if act[0] != "submit"] == days
    said = (await read(town, request, "/messages"))["items"]
    assert {each["text"] for each in said} == {"Le tampon dit un autre jour."}
    assert await ring(town, two_months_after(earlier)) == 0, "the period that was counted first is not over any more"
    assert await ring(town, two_months_after(TODAY)) >= 1
    assert (await read(town, request))["status"]["code"] == "granted-by-silence"


async def test_a_correction_by_which_the_period_is_over_is_made_knowingly(town: Town) -> None:
    agent = town.service.agent()
    request = await entered(town, await new_type(town, REFUSES), TODAY)
    refused = await correct(town, agent, request, date(2026, 12, 10))
    assert (refused.status_code, refused.json()["code"]) == (422, "period-over")
    corrected = await correct(town, agent, request, date(2026, 12, 10), period_over=True)
    assert corrected.status_code == 201, corrected.text
    stopped = await correct(town, agent, corrected.json(), TODAY)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "decided-by-silence")
    await ring(town, NOW)
    last = (await read(town, request, "/history"))["items"][-1]
    assert (last["action"]["code"], last["remedies_told"]) == ("refuse-by-silence", False), "it was told another day"
    settled = await correct(town, agent, await read(town, request), TODAY)
    assert (settled.status_code, settled.json()["code"]) == (409, "reception-settled")


async def test_a_period_that_started_anew_with_the_last_document_stays(town: Town) -> None:
    agent = town.service.agent()
    request = await entered(town, await new_type(town, GRANTS), TODAY)
    asked = (await town.act(agent, request, "ask", '"1"', reason="Il manque un plan.")).json()
    completed = (await town.act(agent, asked, "complete", f'"{asked["version"]}"')).json()
    assert ends_at(completed) == two_months_after(TODAY), "on the day of the entry, too"
    corrected = (await correct(town, agent, completed, date(2027, 3, 1))).json()
    assert (corrected["received_on"], ends_at(corrected)) == ("2027-03-01", two_months_after(TODAY))


async def test_what_came_online_has_its_instant(town: Town) -> None:
    code, agent = await new_type(town, None), town.service.agent()
    request = (await town.submit(town.service.citizen(), request_type=code, answers={})).json()
    refused = await correct(town, agent, request, date(2027, 3, 1))
    assert (refused.status_code, refused.json()["code"]) == (409, "reception-settled")
    assert request["received_on"] == TODAY.isoformat()
