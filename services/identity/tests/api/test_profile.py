# SPDX-License-Identifier: EUPL-1.2
"""One's own account: what a person changes of it, what its source alone can, and what the others learn of it."""

import asyncio
from typing import Any

import pytest
from counter import ANGELA, SEEN, at_the_desk, by_franceconnect, token_in
from identity_town import Town
from local_people import registered
from profile_people import change, told, trail


async def test_a_citizen_changes_name_used_language_and_telephone(town: Town) -> None:
    angela = await by_franceconnect(town)
    before = await angela.get("/v1/me")
    answer = await change(angela, {"preferred_name": " MARTIN ", "language": "en", "phone": "06 12 34 56 78"})
    assert answer.status_code == 200, answer.text
    me = answer.json()
    assert (me["preferred_name"], me["language"], me["phone"]) == ("MARTIN", "en", "+33612345678")
    assert me["phone_verified"] is me["email_verified"] is False
    assert answer.headers["etag"] != before.headers["etag"]
    again = await angela.get("/v1/me")
    assert (again.json(), again.headers["etag"]) == (me, answer.headers["etag"])
    rows = await town.rows("SELECT phone, preferred_name FROM person")
    assert not any(b"612345678" in (row["phone"] or b"") or b"MARTIN" in (row["preferred_name"] or b"") for row in rows)
    assert (await change(angela, {"phone": None})).json()["phone"] is None


async def test_others_learn_what_has_changed_and_nobody_to_what(town: Town) -> None:
    angela = await by_franceconnect(town)
    await change(angela, {"preferred_name": "MARTIN", "language": "en", "phone": "0612345678"})
    version = (await change(angela, {"language": "fr"})).headers["etag"].strip('"').split("-")[0]
    first, second = await told(town)
    assert (first["changed"], second["changed"]) == (["language", "phone", "preferred_name"], ["language"])
    assert (second["sequence"], second["person"]) == (int(version), await angela.id())
    assert await trail(town, "profile-changed") == [
        ("profile-changed", {"members": ["language", "phone", "preferred_name"]}),
        ("profile-changed", {"members": ["language"]}),
    ]
    (row,) = await town.rows("SELECT actor_kind, actor, client_id FROM audit_entry WHERE details ? 'members' LIMIT 1")
    assert tuple(row) == ("citizen", await angela.id(), "demo-portal")


async def test_what_is_no_change_changes_nothing(town: Town) -> None:
    angela = await by_franceconnect(town)
    me = await angela.get("/v1/me")
    same = {"language": "fr", "given_names": me.json()["given_names"], "phone": None, "birth": {"place": "75107"}}
    answer = await change(angela, same)
    assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, me.headers["etag"], me.json())
    assert (await told(town), await trail(town, "profile-changed")) == ([], [])


@pytest.mark.parametrize(("language", "words"), [("fr", "FranceConnect garantit"), ("en", "FranceConnect vouches")])
async def test_what_franceconnect_vouches_for_is_corrected_at_its_source(town: Town, language: str, words: str) -> None:
    angela = await by_franceconnect(town)
    body = {"family_name": "DUPONT", "birth": {"date": "1962-08-25", "place": None}, "language": "en"}
    answer = await change(angela, body, **{"accept-language": language})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "certified-identity")
    assert [error["pointer"] for error in problem["errors"]] == ["/family_name", "/birth"]
    assert words in problem["detail"]
    me = (await angela.get("/v1/me")).json()
    assert (me["family_name"], me["birth"]["date"], me["language"]) == ("DUBOIS", "1962-08-24", "fr"), "all or nothing"
    assert me["certified_by"] == "provider"


async def test_names_that_were_only_declared_are_corrected_until_an_agent_has_seen_a_document(town: Town) -> None:
    zoe = await token_in(town, await registered(town))
    corrected = await change(zoe, {"given_names": "Zoé Anne", "birth": {"date": "1990-02-03"}, "gender": "female"})
    me = corrected.json()
    assert (me["given_names"], me["birth"]["date"], me["gender"]) == ("Zoé Anne", "1990-02-03", "female")
    assert (me["certified_by"], me["email_verified"]) == (None, True)
    desk = await at_the_desk(town)
    assert (await desk.post(f"/v1/people/{me['id']}/identity-proofs", SEEN)).status_code == 201
    refused = await change(zoe, {"given_names": "Zoé"})
    assert (refused.status_code, refused.json()["code"]) == (409, "certified-identity")
    assert "pièce à jour" in refused.json()["detail"]
    me = (await zoe.get("/v1/me")).json()
    assert (me["given_names"], me["certified_by"]) == (ANGELA["given_names"], "document")


async def test_signing_in_again_does_not_undo_what_somebody_chose(town: Town) -> None:
    theirs = {"preferred_username": "MARTIN", "phone_number": "+33699999999"}
    angela = await by_franceconnect(town, **theirs)
    assert (await angela.get("/v1/me")).json()["preferred_name"] == "MARTIN"
    for chosen in ("DURAND", None):
        await change(angela, {"preferred_name": chosen})
        angela = await by_franceconnect(town, **theirs)
        assert (await angela.get("/v1/me")).json()["preferred_name"] == chosen


async def test_an_address_that_a_provider_changes_is_told_to_the_other_services(town: Town) -> None:
    await by_franceconnect(town)
    angela = await by_franceconnect(town, email="angela@neuf.example")
    assert [event["changed"] for event in await told(town)] == [["email"]]
    assert (await angela.get("/v1/me")).json()["email"] == "angela@neuf.example"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("01.42.76.40.40", "+33142764040"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("+32 470 12 34 56", "+32470123456"),
    ],
)
async def test_a_number_is_kept_in_one_form(town: Town, written: str, kept: str) -> None:
    assert (await change(await by_franceconnect(town), {"phone": written})).json()["phone"] == kept


@pytest.mark.parametrize("number", ["", "112", "06 12 34 56", "0899 70 01 23", "0612345678 ext 3", "x" * 30, "+999123"])
async def test_what_reaches_nobody_is_no_number_of_theirs(town: Town, number: str) -> None:
    answer = await change(await by_franceconnect(town), {"phone": number})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/phone")


@pytest.mark.parametrize(
    "body",
    [
        {"language": None},
        {"language": "de"},
        {"preferred_name": " "},
        {"given_names": None},
        {"birth": {"date": "1990-02-30"}},
        {"birth": None},
        {"email": "autre@example.fr"},
        {"id": "x"},
    ],
)
async def test_what_cannot_be_there_is_refused(town: Town, body: Any) -> None:
    assert (await change(await by_franceconnect(town), body)).status_code == 422


async def test_a_change_names_the_version_that_was_seen(town: Town) -> None:
    angela = await by_franceconnect(town)
    seen = (await angela.get("/v1/me")).headers["etag"]
    many = await asyncio.gather(*(change(angela, {"preferred_name": f"NOM {n}"}, seen) for n in range(8)))
    assert sorted(answer.status_code for answer in many) == [200] + [412] * 7
    blind = await angela.call("PATCH", "/v1/me", {}, **{"content-type": "application/merge-patch+json"})
    assert blind.status_code == 428
    assert (await change(angela, {}, **{"content-type": "application/json"})).status_code == 415


async def test_reading_is_not_changing(town: Town) -> None:
    angela = await by_franceconnect(town, "openid identity.profile.read")
    assert (await change(angela, {"language": "en"})).status_code == 403
