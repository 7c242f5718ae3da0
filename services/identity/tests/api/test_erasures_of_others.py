# SPDX-License-Identifier: EUPL-1.2
"""An erasure concerns others: agents who ask for it, organisations, towns, mandates and children."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from behalf import BRUNO, CHILD, CITIZEN, mandated
from counter import at_the_desk, by_franceconnect, token_in
from erased_people import ASKED, ERASED, OWN, asked, destroyed, emptied_when_due, erased, link, titled, told
from identity_town import Town
from local_people import EMAIL, Mailbox, registered
from organisations import ORGANISING, joined, verified
from profile_people import trail

SCOPES = f"{ORGANISING} identity.erasures.write"
SEEN = {"document": "passport"}


def path(person: str) -> str:
    return f"/v1/people/{person}/erasures"


def refused(answer: httpx.Response, status: int, code: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert not code or answer.json()["code"] == code, answer.text


async def test_an_agent_asks_for_somebody_who_is_told_and_has_three_days_at_least(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    await box.emptied()
    (row,) = await town.rows("SELECT person FROM local_account")
    object.__setattr__(town.parts.about_people.erasures, "waiting", timedelta())
    answer = await (await at_the_desk(town)).post(path(str(row["person"])), SEEN)
    refused(answer, 201)
    asked_for = answer.json()
    due, at = (datetime.fromisoformat(asked_for[name]) for name in ("due_at", "created_at"))
    assert (asked_for["asked_by"], due - at) == ("agent", timedelta(days=3))
    (letter,) = await box.emptied()
    assert (letter.recipient, titled([letter])) == (EMAIL, [ASKED])
    (line,) = await town.rows("SELECT details ->> 'document' AS seen FROM audit_entry WHERE action = 'erasure-asked'")
    assert "passport" in line["seen"]


async def test_who_may_not_ask_and_about_whom(town: Town) -> None:
    citizen, desk = await by_franceconnect(town, SCOPES), await at_the_desk(town)
    person = await citizen.id()
    (own,) = await town.rows("SELECT person FROM membership WHERE person IS NOT NULL")
    refused(await desk.post(path(str(own["person"])), SEEN), 403)
    refused(await desk.post(path(person), {}), 422)
    refused(await desk.post(path("01a21502-6a41-7f0e-8f0c-1d0a4e1e9b77"), SEEN), 404)
    refused(await desk.post(OWN, None), 403)
    plain = await at_the_desk(town, "camille.moreau@paris.example")
    elsewhere = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice")
    # A citizen has signed in by one factor, which is found out first.
    for caller, status, asking in ((citizen, 403, 401), (plain, 403, 403), (elsewhere, 404, 404)):
        refused(await caller.post(path(person), SEEN), asking)
        refused(await caller.post(f"{path(person)}/cancellations", None), status)
    assert await town.rows("SELECT 1 FROM account_erasure") == []


async def test_the_last_representative_hands_over_first_and_a_later_one_waits_until_then(town: Town) -> None:
    angela, bruno = await by_franceconnect(town, SCOPES), await by_franceconnect(town, SCOPES, **BRUNO)
    organisation = await verified(angela)
    refused(await angela.post(OWN, None), 409, "last-representative")
    member = await joined(angela, bruno, organisation, "representative")
    await asked(angela)
    # Bruno leaves in between: Angela is the last one again.
    left = f"/v1/organisations/{organisation}/members/{member}/endings"
    assert (await bruno.post(left, None)).status_code == 204
    await town.rows("UPDATE account_erasure SET due_at = created_at RETURNING 1")
    for _ in range(2):
        assert await emptied_when_due(town)
    assert titled(await Mailbox(town).emptied()) == ["Votre compte attend encore"], "told once"
    (item,) = (await angela.get(OWN)).json()["items"]
    assert item["held_at"] is not None
    assert len(await trail(town, "erasure-held")) == 1
    await joined(angela, bruno, organisation, "representative")
    await erased(town)
    assert titled(await Mailbox(town).emptied()) == [ERASED]
    (row,) = await town.rows("SELECT count(*) AS members FROM organisation_member WHERE ended_at IS NULL")
    assert row["members"] == 1


async def test_the_page_says_what_is_in_the_way(town: Town) -> None:
    browser = await registered(town)
    await verified(await token_in(town, browser, SCOPES))
    refused_page = await browser.submit(await browser.get("/account/erasure"))
    assert refused_page.status_code == 409
    assert "représenter une organisation" in refused_page.text
    assert await town.rows("SELECT 1 FROM account_erasure") == []


async def test_the_last_administrator_hands_over_first_and_any_other_agent_is_one_no_longer(town: Town) -> None:
    citizen = await by_franceconnect(town, SCOPES)
    person = UUID(await citizen.id())
    await at_the_desk(town, "camille.moreau@paris.example")
    bound = (
        "UPDATE membership SET person = $1, bound_at = now(), roles = '{administrator}' WHERE id = (SELECT id FROM"
        " membership WHERE collectivity = 'paris' AND person IS NULL LIMIT 1) RETURNING 1"
    )
    assert await town.rows(bound, person)
    others = "UPDATE membership SET roles = $2 WHERE person IS DISTINCT FROM $1 RETURNING 1"
    await town.rows(others, person, ["supervisor"])
    refused(await citizen.post(OWN, None), 409, "last-administrator")
    await town.rows(others, person, ["supervisor", "administrator"])
    await asked(citizen)
    await erased(town)
    (row,) = await town.rows("SELECT * FROM membership WHERE person = $1", person)
    assert row["ended_at"] is not None
    assert [row[name] for name in ("invited_email_index", "user_name_index", "external_id_index", "profile")] == [
        None
    ] * 4
    assert await destroyed(town, str(person), str(row["id"])) == [True, True]


async def test_no_agent_has_another_agent_erased_of_this_town_or_another(town: Town) -> None:
    await at_the_desk(town)
    (sophie,) = await town.rows("SELECT id, person FROM membership WHERE person IS NOT NULL")
    camille = await at_the_desk(town, "camille.moreau@paris.example")
    await town.rows("UPDATE membership SET roles = '{supervisor,administrator}' RETURNING 1")
    camille = await at_the_desk(town, "camille.moreau@paris.example")
    await town.rows("UPDATE membership SET suspended_at = now() WHERE id = $1 RETURNING 1", sophie["id"])
    refused(await camille.post(path(str(sophie["person"])), SEEN), 409, "staff-erasure")
    citizen = await (await by_franceconnect(town, SCOPES)).id()
    elsewhere = (
        "UPDATE membership SET person = $1, bound_at = now() WHERE id ="
        " (SELECT id FROM membership WHERE collectivity = 'lutece' AND person IS NULL LIMIT 1) RETURNING 1"
    )
    assert await town.rows(elsewhere, UUID(citizen))
    refused(await camille.post(path(citizen), SEEN), 409, "staff-erasure")
    assert await town.rows("SELECT 1 FROM account_erasure") == []
    await town.rows("UPDATE membership SET ended_at = now() WHERE person = $1 RETURNING 1", UUID(citizen))
    refused(await camille.post(path(citizen), SEEN), 201)


async def test_at_the_counter_somebody_is_told_a_parent_of_a_child_or_nothing_is_asked(town: Town) -> None:
    angela = await by_franceconnect(town, f"{CITIZEN} identity.erasures.write")
    bruno = await by_franceconnect(town, CITIZEN, **BRUNO)
    child = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    desk, box = await at_the_desk(town), Mailbox(town)
    await box.emptied()
    nobody = UUID(await bruno.id())
    await town.rows("UPDATE person SET email = NULL, email_index = NULL WHERE id = $1 RETURNING 1", nobody)
    refused(await desk.post(path(str(nobody)), SEEN), 409, "nobody-to-tell")
    assert (await box.emptied(), await town.rows("SELECT 1 FROM account_erasure")) == ([], [])
    refused(await desk.post(path(child), SEEN), 201)
    (letter,) = await box.emptied()
    assert (letter.recipient, titled([letter])) == (
        (await angela.get("/v1/me")).json()["email"],
        ["Le dossier de votre enfant sera effacé"],
    )
    browser = town.browser()
    assert (await browser.submit(await browser.get(link(letter)))).status_code == 200
    assert titled(await box.emptied()) == ["Le dossier de votre enfant est gardé"]
    refused(await desk.post(path(child), SEEN), 201)
    await erased(town)
    assert titled(await box.emptied()) == sorted(
        ["Le dossier de votre enfant sera effacé", "Le dossier de votre enfant est effacé"]
    )
    grown = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    await town.rows("UPDATE identity_link SET person = $1 WHERE person = $2 RETURNING 1", UUID(grown), nobody)
    refused(await desk.post(path(grown), SEEN), 409, "nobody-to-tell")


async def test_mandates_end_and_the_other_side_is_told(town: Town) -> None:
    angela, bruno = await by_franceconnect(town, SCOPES), await by_franceconnect(town, SCOPES, **BRUNO)
    mandate = await mandated(angela, bruno)
    await asked(angela)
    await erased(town)
    letters = await Mailbox(town).emptied()
    assert titled(letters) == ["Un mandat a pris fin", ERASED]
    assert {letter.recipient for letter in letters if "mandat" in letter.subject} == {BRUNO["email"]}
    (seen,) = (await bruno.get("/v1/me/mandates")).json()["items"]
    assert (seen["id"], seen["status"]) == (mandate, "ended")
    revoked = "SELECT 1 FROM outbox WHERE type = 'fr.parvis.identity.session-revoked.v1' AND subject = $1"
    assert await town.rows(revoked, mandate), "tokens that rest on it are refused at once"


async def test_a_child_whom_nobody_else_declared_goes_with_the_parent(town: Town) -> None:
    angela = await by_franceconnect(town, f"{CITIZEN} identity.erasures.write")
    ids = [
        (await angela.post("/v1/me/children", CHILD | {"given_names": name})).json()["id"] for name in ("Lou", "Max")
    ]
    other = await by_franceconnect(town, CITIZEN, **BRUNO)
    declared = "INSERT INTO household_child (parent, child, proof, created_at) VALUES ($1, $2, 'declared', now())"
    await town.rows(f"{declared} RETURNING 1", UUID(await other.id()), UUID(ids[1]))
    person = await angela.id()
    await asked(angela)
    await erased(town)
    assert await destroyed(town, person, *ids) == [True, True, False]
    assert sorted(str(event["person"]) for event in await told(town)) == sorted([person, ids[0]])
    assert [child["id"] for child in (await other.get("/v1/me/children")).json()["items"]] == [ids[1]]


@pytest.mark.parametrize("own", ["identity_link", "local_account", "of age", "absorbed"])
async def test_a_child_who_is_somebody_of_their_own_stays_and_leaves_the_household(town: Town, own: str) -> None:
    angela = await by_franceconnect(town, f"{CITIZEN} identity.erasures.write")
    bruno = UUID(await (await by_franceconnect(town, CITIZEN, **BRUNO)).id())
    lou, max_ = [
        UUID((await angela.post("/v1/me/children", CHILD | {"given_names": name})).json()["id"])
        for name in ("Lou", "Max")
    ]
    person = await angela.id()
    if own == "of age":
        key = await town.runtime.persons.of(lou)
        grown = key.seal("birth_date", "1999-05-04")
        await town.rows("UPDATE person SET birth_date = $2 WHERE id = $1 RETURNING 1", lou, grown)
    elif own == "identity_link":
        await town.rows("UPDATE identity_link SET person = $1 WHERE person = $2 RETURNING 1", lou, bruno)
    elif own == "local_account":
        await registered(town)
        await town.rows("DELETE FROM known_device RETURNING 1")
        await town.rows("UPDATE local_account SET person = $1 RETURNING 1", lou)
    else:
        await town.rows(
            "INSERT INTO account_merge (id, collectivity, kept, absorbed, reason, state, preview, version, agent,"
            " created_at, due_at) SELECT $1, collectivity, $2, id, 'duplicate', 'done', '{}', 2, id, now(), now()"
            " FROM person WHERE id = $3 RETURNING 1",
            uuid4(),
            bruno,
            lou,
        )
    await asked(angela)
    await erased(town)
    assert await destroyed(town, person, str(max_), str(lou)) == [True, True, False]
    assert sorted(str(event["person"]) for event in await told(town)) == sorted([person, str(max_)])
    (row,) = await town.rows("SELECT erased_at FROM person WHERE id = $1", lou)
    assert row["erased_at"] is None
    assert await town.rows("SELECT 1 FROM household_child") == []
