# SPDX-License-Identifier: EUPL-1.2
"""How appeals end: by silence, by a decision, with the refusal, or taken back; and what follows for the request."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from contesting import contesting, events
from requests_town import Town

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.appeal import court_last_day
from parvis_requests.domain.calendar import PARIS, Holidays, add_months
from parvis_requests.service.purge_closed import purge_closed


def today() -> date:
    return datetime.now(PARIS).date()


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


async def test_what_is_upheld_ends_what_else_contested_the_refusal(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    for kind in ("hierarchical", "mediation", "court"):
        await desk.lodged(agent, request, kind)
    await desk.do(agent, request, appeal, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    listed = {each["kind"]["code"]: each for each in await desk.listed(citizen, request)}
    states = {kind: each["state"]["code"] for kind, each in listed.items()}
    # The court ends what is before it.
    assert states == {"reconsideration": "upheld", "hierarchical": "ended", "mediation": "ended", "court": "open"}
    for kind in ("hierarchical", "mediation"):
        (said,) = listed[kind]["statements"]
        assert "est de nouveau à l'étude" in said
        assert (listed[kind]["court_ends_on"], listed[kind]["court_waits"]) == (None, False)
    outcomes = [each["outcome"] for each in await events(town, "appeal-decided", request)]
    assert outcomes == ["upheld", "ended", "ended"]
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [act["action"]["code"] for act in acts][-4:] == ["appeal-upheld", "appeal-ended", "appeal-ended", "reopen"]
    left = "SELECT count(*) FROM request_timer WHERE request_id::text = $1 AND kind LIKE 'appeal%'"
    assert await town.service.runtime.database.pool.fetchval(left, request["id"]) == 0


async def test_opening_a_request_again_ends_what_contests_its_refusal(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town, legal=None, reopening={"days": 30, "to": "submitted"})
    request = await desk.refused(citizen, agent)
    silent = await desk.lodged(citizen, request)
    past = "UPDATE appeal SET answer_due_at = now() - interval '1 day' WHERE id::text = $1"
    await town.service.runtime.database.pool.execute(past, silent["id"])
    await desk.lodged(citizen, request, "hierarchical")
    headers = citizen.headers | {"Idempotency-Key": town.key()}
    headers["If-Match"] = f'"{(await desk.read(citizen, request))["version"]}"'
    path = f"/v1/requests/{request['id']}/reopening"
    opened = await town.client.post(path, json={"reason": "La salle est libre."}, headers=headers)
    assert opened.status_code == 201, opened.text
    first, second = await desk.listed(citizen, request)
    assert [each["state"]["code"] for each in (first, second)] == ["deemed-rejected", "ended"]
    version = (await desk.read(citizen, request))["version"]
    again = await town.act(agent, request, "refuse", f'"{version}"', reason="La salle est prise.")
    assert again.status_code == 201, again.text
    # What silence rejected may still be upheld: the later refusal stands all the same.
    upheld = await desk.do(agent, request, first, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    assert upheld.status_code == 201, upheld.text
    assert (await desk.read(citizen, request))["status"]["code"] == "refused"


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


async def test_what_an_erased_person_contested_can_still_end_and_its_file_be_destroyed(town: Town) -> None:
    citizen, agent, mediator = town.service.citizen(), town.service.agent(), town.service.agent()
    desk = await contesting(town, retention_months=1)
    request = await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request, "mediation")
    runtime, later = town.service.runtime, datetime.now(UTC) + timedelta(days=100)
    await runtime.persons.destroy(UUID(citizen.subject))
    blobs = FileBlobs(runtime.settings.attachments_directory)
    assert await purge_closed(runtime.database, runtime.persons, blobs, later) == 0
    ended = await desk.do(mediator, request, appeal, "outcome", outcome="ended", reasons="Aucun accord.")
    assert (ended.status_code, ended.json()["reasons"]) == (201, None), ended.text
    assert ended.json()["statements"][0].startswith("Cette démarche est terminée ; le refus demeure")
    assert await purge_closed(runtime.database, runtime.persons, blobs, later) == 1
