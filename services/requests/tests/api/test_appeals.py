# SPDX-License-Identifier: EUPL-1.2
"""What was refused is contested: by when, to whom, what that stops, and how it ends."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from contesting import WHY, contesting, events
from requests_town import Town

from parvis_requests.domain.appeal import court_last_day
from parvis_requests.domain.calendar import PARIS, Holidays, add_months


def today() -> date:
    return datetime.now(PARIS).date()


async def put_back(town: Town, request: dict[str, Any], days: int) -> None:
    """As if all of it had happened that many days earlier, at the same hour of Paris: the clocks may have changed."""
    moved = (
        "UPDATE history_entry SET at = ((at AT TIME ZONE 'Europe/Paris') - make_interval(days => $2))"
        " AT TIME ZONE 'Europe/Paris' WHERE request_id::text = $1"
    )
    await town.service.runtime.database.pool.execute(moved, request["id"], days)


async def test_an_appeal_interrupts_the_period_for_the_court_and_its_rejection_opens_it_anew(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    assert (appeal["kind"]["label"], appeal["state"]["label"]) == ("Recours gracieux", "À l'examen")
    assert (appeal["late"], appeal["interrupts_court"], appeal["court_waits"]) == (False, True, True)
    assert (appeal["due_on"], appeal["court_ends_on"]) == (court_last_day(today(), Holidays.FRANCE).isoformat(), None)
    due = datetime.fromisoformat(appeal["answer_due_at"]).astimezone(PARIS)
    assert due.date() == add_months(today(), 2) + timedelta(days=1)
    assert (appeal["text"], appeal["team"], appeal["refusal"]) == (WHY, None, "express")
    assert [each for each in ("L231-4", "L411-2", "R421-2") if each not in str(appeal["statements"])] == []
    read = await desk.read(citizen, request)
    assert [(each["id"], each["state"]["code"]) for each in read["appeals"]] == [(appeal["id"], "open")]
    again = await desk.contest(citizen, request)
    assert (again.status_code, again.json()["code"]) == (409, "appeal-open")

    rejected = await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Elle était prise.")
    assert rejected.status_code == 201, rejected.text
    (seen,) = await desk.listed(citizen, request)
    assert (seen["state"]["code"], seen["reasons"], seen["court_waits"]) == ("rejected", "Elle était prise.", False)
    assert seen["court_ends_on"] == court_last_day(today(), Holidays.FRANCE).isoformat()
    assert "Tribunal administratif de Paris, 7 rue de Jouy, 75004 Paris" in seen["statements"][1]
    assert (await desk.read(citizen, request))["status"]["code"] == "refused"
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [act["action"]["code"] for act in acts][-2:] == ["appeal", "appeal-rejected"]
    (lodged,), (decided,) = await events(town, "appeal-lodged", request), await events(town, "appeal-decided", request)
    assert (lodged["appeal_kind"], lodged["late"], decided["outcome"]) == ("reconsideration", False, "rejected")
    assert WHY not in str([lodged, decided])
    over = await desk.do(agent, request, seen, "outcome", outcome="upheld", reasons="Non, pardon.")
    assert (over.status_code, over.json()["code"]) == (409, "appeal-closed")


async def test_the_person_is_written_to_with_what_they_may_do(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    came = (await desk.read(citizen, request))["version"]
    await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Elle était prise.")
    over = (await desk.read(citizen, request))["version"]
    receipt, answer = await desk.told(request, came), await desk.told(request, over, "en")
    # In a mail no line begins with a sign.
    said = " ".join(receipt["statements"])
    assert "\u00a0: " in said
    assert " :" not in said
    # The receipt stays one, whenever it comes to be written.
    assert (receipt["kind"]["label"], receipt["reasons"]) == ("Recours gracieux", None)
    assert receipt["statements"][0].startswith("Nous avons reçu votre contestation le ")
    assert (answer["reasons"], answer["statements"][0]) == ("Elle était prise.", "We uphold the refusal.")
    assert "You may go to the administrative court until" in answer["statements"][1]
    headers = town.service.system().headers
    path = f"/internal/v1/requests/{request['id']}/appeal-steps/1?collectivity=paris"
    assert (await town.service.internal.get(path, headers=headers)).status_code == 404


async def test_a_late_appeal_is_taken_and_marked_and_stops_nothing(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    await put_back(town, request, 100)
    refused_on = today() - timedelta(days=100)
    appeal = await desk.lodged(citizen, request)
    last = court_last_day(refused_on, Holidays.FRANCE)
    assert (appeal["late"], appeal["interrupts_court"], appeal["due_on"]) == (True, False, last.isoformat())
    assert (appeal["court_ends_on"], appeal["answer_due_at"] is None) == (last.isoformat(), False)
    assert "dernier jour pour le former" in appeal["statements"][1]
    # By letter, what counts is when it was sent.
    sent = {"sent_on": last.isoformat(), "received_on": (last + timedelta(days=4)).isoformat()}
    letter = await desk.lodged(agent, request, "hierarchical", **sent)
    assert (letter["late"], letter["interrupts_court"], letter["by"]) == (False, True, "agent")
    for wrong in (
        {"received_on": (today() + timedelta(days=1)).isoformat()},
        {"sent_on": (refused_on - timedelta(days=1)).isoformat()},
        {"sent_on": today().isoformat(), "received_on": (today() - timedelta(days=1)).isoformat()},
    ):
        answer = await desk.contest(agent, request, "mediation", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong-appeal-dates")


async def test_who_came_too_late_is_told_since_when_the_court_is_closed_to_them(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    await put_back(town, request, 100)
    appeal = await desk.lodged(citizen, request)
    rejected = await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Non.")
    assert rejected.status_code == 201, rejected.text
    said = rejected.json()["statements"][1]
    assert said.startswith("Le délai pour saisir le tribunal administratif a pris fin le ")
    assert "inclus" not in said


async def test_no_period_runs_against_whom_nobody_told_of_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    pool = town.service.runtime.database.pool
    request = await desk.filed(citizen)
    # As another system brings it: what its receipt said, nobody knows.
    await pool.execute(
        "INSERT INTO imported_request (collectivity, source, foreign_id, request_id) VALUES ('paris', 'old', $1, $2)",
        request["id"],
        request["id"],
    )
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    await desk.ring(end)
    days = (end.astimezone(PARIS).date() - today()).days + 100
    await put_back(town, request, days)
    appeal = await desk.lodged(citizen, request)
    assert (appeal["refusal"], appeal["late"], appeal["due_on"], appeal["court_ends_on"]) == (
        "silent",
        False,
        None,
        None,
    )
    rejected = await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Non.")
    assert "dans les deux mois qui suivent cette réponse" in rejected.json()["statements"][1]


async def told_of(town: Town, request: dict[str, Any]) -> list[bool | None]:
    history = await town.get(town.service.agent(), f"/v1/requests/{request['id']}/history")
    return [entry["remedies_told"] for entry in history.json()["items"] if entry["action"]["code"] == "refuse"]


async def test_what_a_refusal_told_is_kept_with_it_whatever_the_town_says_later(town: Town) -> None:
    citizen, agent, desk = town.service.citizen(), town.service.agent(), await contesting(town)
    pool = town.service.runtime.database.pool
    court = await pool.fetchval("SELECT contact->'court' FROM collectivity WHERE collectivity = 'paris'")
    await pool.execute("UPDATE collectivity SET contact = contact - 'court' WHERE collectivity = 'paris'")
    try:
        untold = await desk.refused(citizen, agent)
    finally:
        again = "UPDATE collectivity SET contact = jsonb_set(contact, '{court}', $1) WHERE collectivity = 'paris'"
        await pool.execute(again, court)
    told = await desk.refused(citizen, agent)
    assert (await told_of(town, untold), await told_of(town, told)) == ([False], [True])
    for request, late in ((untold, False), (told, True)):
        await put_back(town, request, 100)
        assert (await desk.lodged(citizen, request))["late"] is late

    older = await desk.refused(citizen, agent)
    await pool.execute("UPDATE history_entry SET remedies_told = NULL WHERE request_id = $1", older["id"])
    await put_back(town, older, 100)
    unknown = await desk.lodged(citizen, older)
    assert (unknown["late"], unknown["due_on"]) == (False, None), "what nobody knows is not held against the person"


async def test_a_refusal_by_silence_was_born_with_the_last_day_of_the_period(town: Town) -> None:
    citizen, desk = town.service.citizen(), await contesting(town)
    request = await desk.filed(citizen)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    await desk.ring(end)
    last = (end - timedelta(seconds=1)).astimezone(PARIS).date()
    await put_back(town, request, (last - today()).days + 1)
    appeal = await desk.lodged(citizen, request)
    yesterday = today() - timedelta(days=1)
    assert (appeal["refusal"], appeal["refused_on"]) == ("silent", yesterday.isoformat())
    assert appeal["due_on"] == court_last_day(yesterday, Holidays.FRANCE).isoformat()


async def test_a_mediation_waits_for_no_silence_and_opens_the_court_anew_when_it_is_over(town: Town) -> None:
    citizen, agent, mediator = town.service.citizen(), town.service.agent(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request, "mediation")
    assert (appeal["answer_due_at"], appeal["interrupts_court"], appeal["court_waits"]) == (None, True, True)
    assert "L1112-24" in str(appeal["statements"])
    after = await desk.lodged(citizen, request)
    assert (after["late"], after["interrupts_court"]) == (False, False)  # R213-4
    assert "R421-2" not in str(after["statements"])
    assert after["statements"][-1].startswith("Ce recours ne rouvre pas le délai")
    rejected = await desk.do(mediator, request, appeal, "outcome", outcome="rejected", reasons="Non.")
    assert (rejected.status_code, rejected.json()["code"]) == (422, "outcome-not-allowed")
    ended = await desk.do(mediator, request, appeal, "outcome", outcome="ended", reasons="Aucun accord.")
    assert (ended.status_code, ended.json()["court_waits"]) == (201, False)
    assert ended.json()["court_ends_on"] == court_last_day(today(), Holidays.FRANCE).isoformat()


async def test_other_bodies_are_noted_by_agents_alone(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    assert (await desk.contest(citizen, request, "court")).status_code == 403
    assert (await desk.contest(citizen, request, received_on=today().isoformat())).status_code == 403
    for kind in ("court", "defender-of-rights"):
        noted = await desk.lodged(agent, request, kind)
        assert (noted["answer_due_at"], noted["interrupts_court"], noted["late"]) == (None, False, False)
        assert "un autre organisme" in noted["statements"][0]
    assert (await desk.contest(town.service.citizen(), request)).status_code == 404


async def test_a_refused_document_goes_to_the_commission_and_not_to_the_court(town: Town) -> None:
    citizen, agent, desk = town.service.citizen(), town.service.agent(), await contesting(town)
    answers = {"document": "Le budget de 2025", "form": "electronic"}
    code = "communication-documents-administratifs"
    request = (await town.submit(citizen, request_type=code, answers=answers)).json()
    refused = (await town.act(agent, request, "refuse", '"1"', reason="Ce document est préparatoire.")).json()
    appeal = await desk.lodged(citizen, refused)
    assert (appeal["interrupts_court"], appeal["due_on"], appeal["court_ends_on"]) == (False, None, None)
    rejected = await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Non.")
    for said in (appeal["statements"], rejected.json()["statements"]):
        assert "tribunal" not in str(said)
        (commission,) = [each for each in said if "CADA, https://www.cada.fr" in each]
        assert "R343-1" in commission


@pytest.mark.parametrize("body", [{"kind": "petition"}, {"text": ""}, {"text": None}, {"received_on": "hier"}])
async def test_an_appeal_says_what_it_is_and_why(town: Town, body: dict[str, Any]) -> None:
    citizen = town.service.citizen()
    headers, said = citizen.headers | {"Idempotency-Key": town.key()}, {"kind": "mediation", "text": WHY} | body
    path = "/v1/requests/0190a8d2-0000-7000-8000-000000000000/appeals"
    answer = await town.client.post(path, json=said, headers=headers)
    assert answer.status_code == 422
