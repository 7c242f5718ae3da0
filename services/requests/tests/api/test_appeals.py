# SPDX-License-Identifier: EUPL-1.2
"""What was refused is contested: by when, to whom, what that stops, and how it ends."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from contesting import WHY, contesting
from requests_town import Town

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.appeal import court_last_day
from parvis_requests.domain.calendar import PARIS, Holidays, add_months
from parvis_requests.service.purge_closed import purge_closed


def today() -> date:
    return datetime.now(PARIS).date()


async def events(town: Town, name: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = $1 AND data::jsonb ->> 'request_id' = $2 ORDER BY sequence",
        f"fr.parvis.requests.{name}.v1",
        request["id"],
    )
    return [json.loads(row["data"]) for row in rows]


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
    # The receipt stays one, whenever it comes to be written.
    assert (receipt["kind"]["label"], receipt["reasons"]) == ("Recours gracieux", None)
    assert receipt["statements"][0].startswith("Nous avons reçu votre contestation le ")
    assert (answer["reasons"], answer["statements"][0]) == ("Elle était prise.", "We uphold the refusal.")
    assert "You may go to the administrative court until" in answer["statements"][1]
    headers = town.service.system().headers
    path = f"/internal/v1/requests/{request['id']}/appeal-steps/1?collectivity=paris"
    assert (await town.service.internal.get(path, headers=headers)).status_code == 404


async def test_silence_rejects_on_time_though_nobody_worked_and_reasons_may_still_come(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    due = datetime.fromisoformat(appeal["answer_due_at"])
    assert await desk.ring(due - timedelta(seconds=1)) == 1  # the warning
    (open_,) = await desk.listed(citizen, request)
    assert open_["state"]["code"] == "open"
    assert await desk.ring(due + timedelta(days=4)) == 1
    (silent,) = await desk.listed(citizen, request)
    last = (due - timedelta(seconds=1)).astimezone(PARIS).date()
    assert (silent["state"]["code"], silent["ended_on"]) == ("deemed-rejected", last.isoformat())
    assert silent["court_ends_on"] == court_last_day(last, Holidays.FRANCE).isoformat()
    assert "L232-4" in silent["statements"][0]
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    rung = acts[-1]
    assert (rung["action"]["code"], rung["by"], datetime.fromisoformat(rung["at"])) == (
        "appeal-deemed-rejected",
        "system",
        due,
    )
    (told,) = await events(town, "appeal-decided", request)
    assert (told["outcome"], datetime.fromisoformat(told["effective_at"])) == ("deemed-rejected", due)
    back = await desk.do(citizen, request, silent, "withdrawal")
    assert (back.status_code, back.json()["code"]) == (409, "appeal-closed")
    reasoned = await desk.do(agent, request, silent, "outcome", outcome="rejected", reasons="Elle était prise.")
    assert (reasoned.status_code, reasoned.json()["state"]["code"]) == (201, "rejected")


async def test_who_decides_after_the_silence_that_nobody_recorded_decides_after_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    past = "UPDATE appeal SET answer_due_at = now() - interval '3 days' WHERE id::text = $1"
    await town.service.runtime.database.pool.execute(past, appeal["id"])
    taken_back = await desk.do(citizen, request, appeal, "withdrawal")
    assert (taken_back.status_code, taken_back.json()["code"]) == (409, "appeal-closed")
    decided = await desk.do(agent, request, appeal, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    assert decided.status_code == 201, decided.text
    outcomes = [each["outcome"] for each in await events(town, "appeal-decided", request)]
    assert outcomes == ["deemed-rejected", "upheld"]


async def test_what_is_upheld_opens_the_request_and_its_period_anew(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    # Long after the period in which the town first had to answer.
    old = "UPDATE request SET clock_started_on = clock_started_on - 100 WHERE id::text = $1"
    await town.service.runtime.database.pool.execute(old, request["id"])
    upheld = await desk.do(agent, request, appeal, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    assert (upheld.status_code, upheld.json()["court_ends_on"]) == (201, None)
    opened = await desk.read(citizen, request)
    assert (opened["status"]["code"], opened["remedies"]) == ("submitted", [])
    ends_at = datetime.fromisoformat(opened["legal"]["ends_at"])
    assert ends_at.astimezone(PARIS).date() == add_months(today(), 2) + timedelta(days=1)
    assert await desk.ring(datetime.now(UTC)) == 0
    told = [each["notify_author"] for each in await events(town, "request-status-changed", request)]
    assert told[-1] is False  # they read it with the answer to their appeal
    granted = await town.act(agent, opened, "grant", f'"{opened["version"]}"')
    assert granted.json()["status"]["code"] == "granted"
    nothing = await desk.contest(citizen, request)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-contest")


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


async def test_silence_gives_two_months_from_its_day_to_whom_nobody_told_of_a_period(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    untold = "UPDATE appeal SET refusal_told = false, due_on = NULL, interrupts = false WHERE id::text = $1"
    await town.service.runtime.database.pool.execute(untold, appeal["id"])
    await desk.ring(datetime.fromisoformat(appeal["answer_due_at"]))
    (silent,) = await desk.listed(citizen, request)
    assert (silent["state"]["code"], silent["court_ends_on"]) == ("deemed-rejected", None)
    assert "dans les deux mois qui suivent le " in silent["statements"][1]
    assert "cette réponse" not in silent["statements"][1]


async def test_no_period_runs_against_whom_nobody_told_of_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    pool = town.service.runtime.database.pool
    request = await desk.filed(citizen)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    await desk.ring(end)
    # As another system brings it: what its receipt said, nobody knows.
    await pool.execute(
        "INSERT INTO imported_request (collectivity, source, foreign_id, request_id) VALUES ('paris', 'old', $1, $2)",
        request["id"],
        request["id"],
    )
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
    assert "tribunal" not in str(appeal["statements"])


async def test_what_is_taken_back_is_over(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    assert (await desk.do(agent, request, appeal, "withdrawal")).status_code == 403
    taken_back = await desk.do(citizen, request, appeal, "withdrawal")
    assert (taken_back.status_code, taken_back.json()["state"]["code"]) == (201, "withdrawn")
    stale = await desk.do(citizen, request, appeal, "withdrawal")
    assert stale.status_code == 412
    assert await desk.ring(datetime.fromisoformat(appeal["answer_due_at"])) == 0


async def test_a_contested_file_is_kept_until_the_appeal_is_over(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town, retention_months=1)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    runtime, later = town.service.runtime, datetime.now(UTC) + timedelta(days=50)
    blobs = FileBlobs(runtime.settings.attachments_directory)
    assert await purge_closed(runtime.database, runtime.persons, blobs, later) == 0
    await desk.ring(datetime.fromisoformat(appeal["answer_due_at"]))
    # From then on as long as after the end.
    assert await purge_closed(runtime.database, runtime.persons, blobs, later) == 0
    assert await purge_closed(runtime.database, runtime.persons, blobs, later + timedelta(days=60)) == 1
    assert await town.count("appeal") == 0


@pytest.mark.parametrize("body", [{"kind": "petition"}, {"text": ""}, {"text": None}, {"received_on": "hier"}])
async def test_an_appeal_says_what_it_is_and_why(town: Town, body: dict[str, Any]) -> None:
    citizen = town.service.citizen()
    headers, said = citizen.headers | {"Idempotency-Key": town.key()}, {"kind": "mediation", "text": WHY} | body
    path = "/v1/requests/0190a8d2-0000-7000-8000-000000000000/appeals"
    answer = await town.client.post(path, json=said, headers=headers)
    assert answer.status_code == 422
