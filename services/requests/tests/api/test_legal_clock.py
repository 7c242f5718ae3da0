# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from requests_town import Town, photo
from workflows import state, transition

from parvis_requests.domain.calendar import PARIS
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

PERMIT, HELP = "permis-de-construire-maison", "aide-facultative"
ANSWERS = {
    PERMIT: {"parcel": "0AB 123", "works": "Construction d'une maison.", "created_m2": 90},
    HELP: {"need": "food", "household": 3, "situation": "Je ne peux plus payer."},
}
# Whom to write to, as R112-11-1 of the CRPA asks: the service, its address on paper and electronic, its telephone.
CONTACT = {
    "team": "Accueil",
    "name": "Ville de Paris",
    "postal_address": "Place de l'Hôtel-de-Ville, 75004 Paris",
    "email": "accueil@paris.example",
    "phone": "+33 1 99 00 12 34",
}
DOCUMENTS = {PERMIT: ["location-plan", "site-plan"], HELP: ["income"]}


async def filed(town: Town, citizen: Caller, code: str = PERMIT) -> dict[str, Any]:
    documents = {name: [(await town.upload(citizen, photo())).json()["id"]] for name in DOCUMENTS[code]}
    answer = await town.submit(citizen, request_type=code, answers=ANSWERS[code], documents=documents)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ring(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)


async def events(town: Town, name: str) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = $1 ORDER BY sequence", f"fr.parvis.requests.{name}.v1"
    )
    return [json.loads(row["data"]) for row in rows]


def end_of(request: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(request["legal"]["ends_at"])


async def test_a_request_shows_from_when_on_silence_decides(town: Town) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen)
    assert request["legal"] == request["legal"] | {"silence": "accepted", "paused": False, "extended": False}
    assert timedelta(days=58) < end_of(request) - datetime.now(UTC) < timedelta(days=64)
    assert (await town.get(citizen, f"/v1/requests/{request['id']}")).json() == request
    assert (await town.submit(citizen)).json()["legal"] is None


@pytest.mark.parametrize(
    ("received", "deemed_on", "registered_by"),
    [
        # Received late on 30 December in London: 31 December in Paris; the year's last working day but one.
        (datetime(2026, 12, 30, 23, 30, tzinfo=UTC), "2027-02-28", datetime(2027, 1, 4, 23, tzinfo=UTC)),
        # The period begins in winter time and ends in summer time.
        (datetime(2027, 2, 25, 10, tzinfo=UTC), "2027-04-25", datetime(2027, 2, 26, 23, tzinfo=UTC)),
    ],
)
async def test_the_receipt_says_what_the_law_wants(
    town: Town, received: datetime, deemed_on: str, registered_by: datetime
) -> None:
    with time_machine.travel(received, tick=False):
        citizen = town.service.citizen()
        request = await filed(town, citizen)
        receipt = (await town.get(citizen, f"/v1/requests/{request['id']}/receipt")).json()
    assert (receipt["reference"], receipt["deemed_on"], receipt["silence"]) == (
        request["reference"],
        deemed_on,
        "accepted",
    )
    assert datetime.fromisoformat(receipt["received_at"]) == received
    assert datetime.fromisoformat(receipt["registration_due_at"]) == registered_by
    assert receipt["contact"] == CONTACT
    assert "réputée acceptée" in receipt["statements"][0]
    assert "L232-3" in receipt["statements"][0]
    assert end_of(request).astimezone(PARIS).date() - timedelta(days=1) == datetime.fromisoformat(deemed_on).date()


async def test_the_receipt_of_what_silence_refuses_names_the_appeals(town: Town) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen, HELP)
    path = f"/v1/requests/{request['id']}/receipt"
    receipt = (await town.get(citizen, path)).json()
    assert (receipt["silence"], receipt["source"]) == ("rejected", "Article L231-4, 3° du CRPA")
    assert all(
        word in receipt["statements"][0] for word in ("rejetée", "tribunal administratif", "Défenseur des droits")
    )
    english = (await town.get(citizen, path, **{"Accept-Language": "en"})).json()
    assert "administrative court" in english["statements"][0]
    plain = (await town.submit(citizen)).json()
    none = (await town.get(citizen, f"/v1/requests/{plain['id']}/receipt")).json()
    assert (none["silence"], none["deemed_on"], none["statements"]) == (None, None, []), "nobody has said what it means"
    assert (await town.get(town.service.citizen(), path)).status_code == 404


async def test_what_the_commission_must_see_first_is_not_sent_to_the_court(town: Town) -> None:
    citizen = town.service.citizen()
    answers = {"document": "Le budget de 2025", "form": "electronic"}
    filed_ = await town.submit(citizen, request_type="communication-documents-administratifs", answers=answers)
    path = f"/v1/requests/{filed_.json()['id']}/receipt"
    for language, advice in (("fr", "l'avis doit être demandé avant"), ("en", "advice must be asked for before")):
        receipt = (await town.get(citizen, path, **{"Accept-Language": language})).json()
        assert "CADA" in receipt["statements"][0]
        assert advice in receipt["statements"][0]


async def test_silence_decides_at_its_legal_instant_even_when_the_worker_comes_late(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    end, path = end_of(request), f"/v1/requests/{request['id']}"
    await ring(town, end - timedelta(seconds=1))
    assert (await town.get(citizen, path)).json()["status"]["code"] == "submitted"
    assert await ring(town, end + timedelta(days=3)) == 1
    assert await ring(town, end + timedelta(days=3)) == 0
    granted = (await town.get(citizen, path)).json()
    assert (granted["status"]["code"], granted["actions"]) == ("granted-by-silence", [])
    (decided,) = await events(town, "request-decided")
    assert (decided["decision"], decided["by_silence"]) == ("accepted", True)
    assert datetime.fromisoformat(decided["effective_at"]) == end
    history = (await town.get(citizen, f"{path}/history")).json()["items"]
    assert (history[-1]["action"]["code"], history[-1]["by"]) == ("grant-by-silence", "system")
    assert datetime.fromisoformat(history[-1]["at"]) == end
    attestation = (await town.get(citizen, f"{path}/attestation")).json()
    assert datetime.fromisoformat(attestation["effective_at"]) == end
    assert request["reference"] in attestation["statement"]
    assert attestation["decided_on"] == (end.astimezone(PARIS).date() - timedelta(days=1)).isoformat()
    assert (await town.act(agent, granted, "refuse", f'"{granted["version"]}"', reason="Trop tard")).status_code == 409


async def test_nobody_decides_once_the_period_is_over(town: Town) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen)
    with time_machine.travel(end_of(request) + timedelta(hours=1), tick=False):
        agent = town.service.agent()
        late = await town.act(agent, request, "refuse", '"1"', reason="Trop tard")
        assert (late.status_code, late.json()["code"]) == (409, "decided-by-silence")


async def test_an_express_decision_stops_the_period(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    assert (await town.act(agent, request, "grant", '"1"')).status_code == 201
    assert await town.count("request_timer") == 0
    assert await ring(town, end_of(request) + timedelta(days=1)) == 0
    answer = await town.get(citizen, f"/v1/requests/{request['id']}/attestation")
    assert (answer.status_code, answer.json()["code"]) == (409, "no-implicit-decision")


async def test_a_person_who_grants_by_the_act_of_silence_is_no_silence(town: Town) -> None:
    granting = transition("grant", ["submitted"], "granted", "agent", "system")
    states = [state("submitted"), state("granted", final=True)]
    source = {"fr": "Article 1", "en": "Article 1"}
    await town.publish(
        "granted-by-anyone",
        workflow={"initial": "submitted", "states": states, "transitions": [granting]},
        legal={"silence": "accepted", "months": 2, "action": "grant", "source": source},
    )
    citizen, agent = town.service.citizen(), town.service.agent()
    by_agent, by_law = [
        (await town.submit(citizen, request_type="granted-by-anyone", answers={})).json() for _ in range(2)
    ]
    assert (await town.act(agent, by_agent, "grant", '"1"')).status_code == 201
    await ring(town, end_of(by_law) + timedelta(days=1))
    express = await town.get(citizen, f"/v1/requests/{by_agent['id']}/attestation")
    assert (express.status_code, express.json()["code"]) == (409, "no-implicit-decision")
    assert (await town.get(citizen, f"/v1/requests/{by_law['id']}/attestation")).status_code == 200


async def test_a_grant_waits_for_the_documents_and_then_starts_anew(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    asked = (await town.act(agent, request, "ask", '"1"', reason="Le plan de masse est illisible.")).json()
    assert (asked["legal"]["paused"], asked["legal"]["ends_at"]) == (True, None)
    assert await ring(town, end_of(request) + timedelta(days=300)) == 0
    receipt = (await town.get(citizen, f"/v1/requests/{request['id']}/receipt")).json()
    assert "incomplet" in receipt["statements"][0]
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(days=20), tick=False):
        citizen = town.service.caller(sub=citizen.subject)
        completed = (await town.act(citizen, asked, "complete", f'"{asked["version"]}"')).json()
    assert completed["legal"]["paused"] is False
    assert timedelta(days=58) < end_of(completed) - (now + timedelta(days=20)) < timedelta(days=64)


async def test_a_refusal_goes_on_at_the_latest_after_the_time_to_send_documents(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(teams=("accueil",))
    request = await filed(town, citizen, HELP)
    asked = (await town.act(agent, request, "ask", '"1"', reason="Joignez vos ressources.")).json()
    latest = end_of(asked)
    days = latest.astimezone(PARIS).date() - end_of(request).astimezone(PARIS).date()
    assert days == timedelta(days=30)
    assert await ring(town, latest) == 1  # silence, and no warning of it any more
    status = (await town.get(citizen, f"/v1/requests/{request['id']}")).json()["status"]["code"]
    assert status == "refused-by-silence"
    answer = await town.get(citizen, f"/v1/requests/{request['id']}/attestation")
    assert answer.json()["code"] == "no-implicit-decision"


async def test_agents_are_warned_before_the_end_and_the_person_is_not_bothered(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    end, path = end_of(request), f"/v1/requests/{request['id']}/history"
    assert await ring(town, end - timedelta(days=15, hours=2)) == 0
    assert await ring(town, end - timedelta(days=14)) == 1
    (soon,) = await events(town, "request-due-soon")
    assert (datetime.fromisoformat(soon["ends_at"]), soon["silence"]) == (end, "accepted")
    assert [entry["action"]["code"] for entry in (await town.get(agent, path)).json()["items"]] == [
        "submit",
        "due-soon",
    ]
    assert [entry["action"]["code"] for entry in (await town.get(citizen, path)).json()["items"]] == ["submit"]


async def test_an_extension_moves_the_end_once_and_says_why(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(teams=("accueil",))
    request = await filed(town, citizen)
    path = f"/v1/requests/{request['id']}/extension"

    async def extend(caller: Caller, version: int, url: str = path) -> Any:
        headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": f'"{version}"'}
        return await town.client.post(url, json={"reason": "Avis attendu."}, headers=headers)

    assert (await extend(citizen, 1)).status_code == 403
    extended = await extend(agent, 1)
    assert (extended.status_code, extended.json()["legal"]["extended"]) == (201, True)
    assert timedelta(days=27) < end_of(extended.json()) - end_of(request) < timedelta(days=32)
    again = await extend(agent, extended.json()["version"])
    assert (again.status_code, again.json()["code"]) == (409, "extension-not-allowed")
    told = (await town.get(citizen, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert [message["text"] for message in told] == ["Avis attendu."]
    assert await ring(town, end_of(request)) == 0
    other = await filed(town, citizen, HELP)
    refused = await extend(agent, 1, f"/v1/requests/{other['id']}/extension")
    assert refused.json()["code"] == "extension-not-allowed"
