# SPDX-License-Identifier: EUPL-1.2
"""What another administration knows is asked of it once the person consents, and of nobody twice."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from certifiers import CHILDREN, Certified, Certifiers
from starlette.responses import JSONResponse, Response

from parvis_requests.domain.calendar import PARIS
from parvis_requests.service.certify_answer import MAX_LOOSE, forget_loose
from parvis_requests.service.follow_merge import follow_merge


async def certified_one(certified: Certified, caller: Any) -> dict[str, Any]:
    answer = await certified.consent(caller)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_quotient_is_certified_and_needs_no_document(
    certified: Certified, capsys: pytest.CaptureFixture[str]
) -> None:
    citizen, agent = certified.citizen(), certified.town.service.agent()
    answer = await certified.consent(citizen)
    found = answer.json()
    assert answer.headers["location"] == f"/v1/certified-answers/{found['id']}"
    assert (found["state"]["code"], found["value"], found["reason"]) == ("certified", 650, None)
    today = datetime.now(PARIS)
    assert (found["certified"]["provider"]["code"], found["certified"]["month"]) == ("CNAF", f"{today:%Y-%m}")
    (offered,) = await certified.offered()
    assert found["consent"] == offered["consent"]["text"]
    assert "Ville de Paris" in found["consent"]
    assert "le prix des repas de la cantine en dépend" in found["consent"]
    read = await certified.town.get(citizen, f"/v1/certified-answers/{found['id']}")
    assert read.json() == found

    filed = await certified.file(citizen, certified_answers=[found["id"]])
    assert filed.status_code == 201, filed.text
    seen = (await certified.town.get(agent, f"/v1/requests/{filed.json()['id']}")).json()
    assert seen["answers"]["quotient_familial"] == filed.json()["answers"]["quotient_familial"] == 650
    assert seen["certified"] == filed.json()["certified"] == [found["certified"]]
    mine = (await certified.town.get(citizen, "/v1/requests")).json()["items"]
    assert mine[0]["certified"] == [found["certified"]]

    # Neither who somebody is, nor what the provider tells beside, is kept or logged.
    rows = await certified.pool.fetch("SELECT * FROM certified_answer")
    logs = capsys.readouterr()
    told = json.dumps([dict(row) for row in rows], default=str) + logs.out + logs.err
    assert [each for each in ("DURAND", "nomNaissance", "1984-03-12", *CHILDREN) if each in told] == []
    key = await certified.town.service.runtime.persons.of(rows[0]["person"])
    assert json.loads(key.open("certified_answer.fact", rows[0]["fact"])) == [650, "CNAF", today.year, today.month]


async def test_what_the_person_says_themselves_is_proved_by_the_document(certified: Certified) -> None:
    citizen = certified.citizen()
    bare = await certified.file(citizen, answers={"quotient_familial": 650})
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/documents/income")
    upload = (await certified.town.upload(citizen, b"%PDF-1.4\n%%EOF\n", "application/pdf")).json()
    documents = {"income": [upload["id"]]}
    unasked = await certified.file(citizen, documents=documents)
    assert (unasked.status_code, unasked.json()["errors"][0]["code"]) == (422, "not-asked")
    filed = await certified.file(citizen, answers={"quotient_familial": 650}, documents=documents)
    assert (filed.status_code, filed.json()["certified"]) == (201, [])
    found = await certified_one(certified, citizen)
    other = await certified.file(citizen, answers={"quotient_familial": 10}, certified_answers=[found["id"]])
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/answers/quotient_familial")


async def test_a_certified_answer_joins_one_request_however_often_it_is_sent(certified: Certified) -> None:
    citizen, other = certified.citizen(), certified.citizen()
    found = await certified_one(certified, citizen)
    ids, key = [found["id"]], certified.town.key()
    theirs = await certified.file(other, certified_answers=ids)
    assert (theirs.status_code, theirs.json()["code"]) == (422, "unknown-certified-answer")
    filed = await certified.file(citizen, certified_answers=ids, key=key)
    again = await certified.file(citizen, certified_answers=ids, key=key)
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, filed.json(), "true")
    second = await certified.file(citizen, certified_answers=ids)
    assert (second.status_code, second.json()["code"]) == (422, "unknown-certified-answer")
    assert len((await certified.town.get(citizen, "/v1/requests")).json()["items"]) == 1
    for caller in (other, certified.town.service.agent(), certified.town.service.citizen("lutece")):
        assert (await certified.town.get(caller, f"/v1/certified-answers/{found['id']}")).status_code == 404


async def test_a_draft_keeps_the_certified_answer_for_its_submission(certified: Certified) -> None:
    citizen, client = certified.citizen(), certified.town.client
    found = await certified_one(certified, citizen)
    answers = {"child_name": "Élise", "school": "Arago", "days": ["monday"], "menu": "standard"}
    content = {"request_type": "cantine", "description": "La cantine", "answers": answers}
    headers = citizen.headers | {"Idempotency-Key": certified.town.key()}
    draft = await client.post(
        "/v1/request-drafts", json=content | {"certified_answers": [found["id"]]}, headers=headers
    )
    assert draft.status_code == 201, draft.text
    path = f"/v1/request-drafts/{draft.json()['id']}/submission"
    headers = citizen.headers | {"Idempotency-Key": certified.town.key(), "If-Match": draft.headers["etag"]}
    filed = await client.post(path, headers=headers)
    assert (filed.status_code, filed.json()["answers"]["quotient_familial"]) == (201, 650)


async def test_a_draft_says_which_certified_answers_go_along_no_more_and_so_does_its_submission(
    certified: Certified,
) -> None:
    citizen, client = certified.citizen(), certified.town.client
    old, fresh = await certified_one(certified, citizen), await certified_one(certified, citizen)
    await certified.pool.execute(
        "UPDATE certified_answer SET created_at = created_at - interval '2 days' WHERE id = $1", UUID(old["id"])
    )
    answers = {"child_name": "Élise", "school": "Arago", "days": ["monday"], "menu": "standard"}
    content = {"request_type": "cantine", "description": "La cantine", "answers": answers}
    headers = citizen.headers | {"Idempotency-Key": certified.town.key()}
    named = content | {"certified_answers": [fresh["id"], old["id"]]}
    draft = (await client.post("/v1/request-drafts", json=named, headers=headers)).json()
    told = [(each["id"], each["question"], each["reason"] and each["reason"]["code"]) for each in draft["certified"]]
    assert told == [(fresh["id"], "quotient_familial", None), (old["id"], "quotient_familial", "lapsed")]
    assert draft["certified"][0]["usable_before"] == fresh["usable_before"]
    assert "consentez" in draft["certified"][1]["reason"]["label"]
    # Nobody finds it any more: the draft still says that it does not go along.
    await forget_loose(certified.town.service.runtime.database, datetime.now(PARIS) - timedelta(hours=24))
    (listed,) = (await certified.town.get(citizen, "/v1/request-drafts")).json()["items"]
    assert [each["reason"] and each["reason"]["code"] for each in listed["certified"]] == [None, "unknown"]
    path = f"/v1/request-drafts/{draft['id']}"
    submitting = citizen.headers | {"Idempotency-Key": certified.town.key(), "If-Match": '"1"'}
    refused = (await client.post(f"{path}/submission", headers=submitting)).json()
    assert (refused["code"], [(each["pointer"], each["code"]) for each in refused["errors"]]) == (
        "unknown-certified-answer", [("/certified_answers/1", "unknown")],
    )  # fmt: skip
    saved = await client.put(
        path, json=content | {"certified_answers": [fresh["id"]]}, headers=citizen.headers | {"If-Match": '"1"'}
    )
    assert [each["reason"] for each in saved.json()["certified"]] == [None]
    # The same consent in a second draft: what the first took with it is said there.
    headers = citizen.headers | {"Idempotency-Key": certified.town.key()}
    second = (await client.post("/v1/request-drafts", json=named, headers=headers)).json()
    submitting = citizen.headers | {"Idempotency-Key": certified.town.key(), "If-Match": '"2"'}
    assert (await client.post(f"{path}/submission", headers=submitting)).status_code == 201
    left = (await certified.town.get(citizen, f"/v1/request-drafts/{second['id']}")).json()["certified"]
    assert [each["reason"]["code"] for each in left] == ["joined-another", "unknown"]


@pytest.mark.parametrize(
    ("known", "reason", "calls"),
    [
        ({"family_name": "INCONNUE"}, "not-found", 1),
        ({"birth_country": "99123", "birth_place": None}, "not-found", 1),
        ({"birth_country": "FRANCE"}, "civil-status-refused", 1),
        ({"gender": None}, "civil-status-incomplete", 0),
    ],
)
async def test_what_cannot_be_had_says_why_and_the_person_gives_it(
    certified: Certified, known: dict[str, Any], reason: str, calls: int
) -> None:
    citizen = certified.citizen(**known)
    found = await certified_one(certified, citizen)
    assert (found["state"]["code"], found["reason"]["code"], found["value"]) == ("unavailable", reason, None)
    assert "justificatif" in found["reason"]["label"]
    assert len(certified.asked.asked) == calls
    filed = await certified.file(citizen, certified_answers=[found["id"]])
    assert (filed.status_code, filed.json()["code"]) == (422, "unknown-certified-answer")


async def test_an_identity_that_nobody_attested_is_asked_about_nowhere(certified: Certified) -> None:
    citizen = certified.citizen()
    certified.asked.known.clear()
    found = await certified_one(certified, citizen)
    assert (found["reason"]["code"], certified.asked.asked) == ("identity-not-attested", [])
    local = certified.town.service.citizen(acr="urn:parvis:acr:local")
    low = await certified.consent(local)
    assert (low.status_code, len(certified.asked.read)) == (403, 1), "a local account is not even looked up"
    assert (await certified.consent(certified.town.service.agent())).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        Response(status_code=502),
        JSONResponse({"errors": [{"code": "37999"}]}, 503, {"Retry-After": "40"}),
        JSONResponse({"errors": []}, 429, {"RateLimit-Reset": "99999999999"}),
        Response(status_code=401),
        Response("<html>", 200),
        JSONResponse(
            {"data": {"quotient_familial": {"fournisseur": "CNAF", "valeur": True, "annee": 2026, "mois": 1}}}
        ),
    ],
)
async def test_a_provider_in_trouble_loses_nothing(
    certified: Certified, wrong: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_requests.outgoing.api_particulier._REST_SECONDS", 40)
    citizen, key = certified.citizen(), certified.town.key()
    certified.asked.wrong.append(wrong)
    down = await certified.consent(citizen, key=key)
    assert down.status_code == 503, down.text
    assert 1 <= int(down.headers["retry-after"]) <= 121
    resting = await certified.consent(citizen, key=key)
    assert (resting.status_code, len(certified.asked.asked)) == (503, 1), "while it rests nobody asks it"
    (row,) = await certified.pool.fetch("SELECT state FROM certified_answer")
    assert row["state"] == "asked", "the consent is kept"
    certified.rested()
    found = await certified.consent(citizen, key=key)
    assert (found.status_code, found.json()["value"]) == (201, 650)
    assert await certified.pool.fetchval("SELECT count(*) FROM certified_answer") == 1
    asked_before = len(certified.asked.asked)
    assert (await certified.consent(citizen, key=key)).json() == found.json()
    assert len(certified.asked.asked) == asked_before, "what is known is not asked again"


async def test_identity_that_is_down_is_a_503_and_no_call(certified: Certified, asked: Certifiers) -> None:
    citizen, key = certified.citizen(), certified.town.key()
    asked.identity_down = True
    down = await certified.consent(citizen, key=key)
    assert (down.status_code, "retry-after" in down.headers, asked.asked) == (503, True, [])
    asked.identity_down = False
    assert (await certified.consent(citizen, key=key)).json()["value"] == 650
    assert asked.tokens <= 1, "a token is good for many calls"


async def test_a_consent_is_to_the_text_that_holds(certified: Certified) -> None:
    citizen = certified.citizen()
    other = await certified.consent(citizen, consent_version="0" * 16)
    assert (other.status_code, other.json()["code"]) == (409, "consent-outdated")
    none = await certified.consent(citizen, question="school")
    assert (none.status_code, none.json()["code"]) == (404, "not-certified-here")
    for _ in range(MAX_LOOSE):
        await certified_one(certified, citizen)
    many = await certified.consent(citizen)
    assert (many.status_code, many.json()["code"]) == (409, "too-many-consents")


async def test_what_joined_nothing_in_time_is_forgotten(certified: Certified) -> None:
    citizen = certified.citizen()
    kept, old = await certified_one(certified, citizen), await certified_one(certified, citizen)
    await certified.file(citizen, certified_answers=[kept["id"]])
    await certified.pool.execute("UPDATE certified_answer SET created_at = created_at - interval '2 days'")
    late = await certified.file(citizen, certified_answers=[old["id"]])
    assert (late.status_code, late.json()["code"]) == (422, "unknown-certified-answer")
    assert late.json()["errors"][0]["code"] == "lapsed"
    await forget_loose(certified.town.service.runtime.database, datetime.now(PARIS) - timedelta(hours=24))
    assert [str(row["id"]) for row in await certified.pool.fetch("SELECT id FROM certified_answer")] == [kept["id"]]


async def test_without_an_access_nothing_is_offered(certified: Certified) -> None:
    town = certified.town
    types = (await town.client.get("/v1/collectivities/lutece/request-types")).json()["items"]
    assert [each for each in types if each["certified"]] == []


async def test_certified_answers_move_with_the_account(certified: Certified) -> None:
    absorbed, kept, runtime = certified.citizen(), certified.citizen(), certified.town.service.runtime
    joined, loose = await certified_one(certified, absorbed), await certified_one(certified, absorbed)
    filed = (await certified.file(absorbed, certified_answers=[joined["id"]])).json()
    for _ in range(2):
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, absorbed.person, kept.person, "paris", datetime.now(PARIS))
            await uow.commit()
    seen = (await certified.town.get(kept, f"/v1/requests/{filed['id']}")).json()
    assert seen["certified"] == filed["certified"]
    assert (await certified.town.get(kept, f"/v1/certified-answers/{loose['id']}")).json()["value"] == 650
    assert (await certified.town.get(absorbed, f"/v1/certified-answers/{loose['id']}")).status_code == 404
