# SPDX-License-Identifier: EUPL-1.2
"""Whose account an identity opens: by issuer and subject, by verified civil status, or because the person links it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from counter import ANGELA, SEEN, Caller, at_the_desk, by_franceconnect, token_in
from fake_provider import citizen
from identity_town import Attempt, Browser, Town
from local_people import EMAIL, Mailbox, registered, sign_in
from profile_people import trail

PAGE = "/account/identities"
LINK, UNLINK = "Associer FranceConnect", "Dissocier"


async def press(browser: Browser, words: str) -> httpx.Response:
    """Press the button on the page of identities, and follow."""
    page = await browser.get(PAGE)
    form = next(f for f in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if words in f)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return await browser.follow(await browser.http.post(PAGE, data=hidden))


async def attested(town: Town, person: str, **changed: Any) -> httpx.Response:
    desk = await at_the_desk(town)
    return await desk.post(f"/v1/people/{person}/identity-proofs", SEEN | changed)


async def accounts(town: Town) -> int:
    return int(
        (
            await town.rows(
                "SELECT count(*) AS n FROM person p WHERE EXISTS (SELECT 1 FROM session s"
                " WHERE s.person = p.id AND s.kind = 'citizen')"
            )
        )[0]["n"]
    )


async def test_a_verified_local_account_is_opened_by_franceconnect_and_its_owner_is_told(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    await box.emptied()
    local = await token_in(town, browser)
    assert (await attested(town, await local.id())).status_code == 201
    fc = await by_franceconnect(town)
    assert await fc.id() == await local.id()
    assert await accounts(town) == 1
    (letter,) = await box.emptied()
    assert (letter.recipient, "FranceConnect ouvre aussi" in letter.subject) == (EMAIL, True)
    assert (await fc.get("/v1/me")).json()["email"] == EMAIL, "the provider's address was not verified, theirs was"


async def test_registers_that_differ_in_accents_and_capitals_name_the_same_person(town: Town) -> None:
    local = await token_in(town, await registered(town))
    await attested(town, await local.id(), given_names="Ângela  claire-Louise", family_name="Dubois")
    assert await (await by_franceconnect(town)).id() == await local.id()


@pytest.mark.parametrize(
    "changed",
    [
        {"birthdate": "1962-08-25"},
        {"birthplace": "75108"},
        {"gender": "male"},
        {"given_name": "Angela Claire"},
        {"family_name": "DUBOIS MARTIN"},
        {"birthcountry": "99109", "birthplace": ""},
        {"birthdate": "1962-08"},
        {"birthplace": ""},
    ],
)
async def test_one_field_that_differs_is_another_person(town: Town, changed: dict[str, str]) -> None:
    local = await token_in(town, await registered(town))
    await attested(town, await local.id())
    assert await (await by_franceconnect(town, **changed)).id() != await local.id()


async def test_what_was_only_declared_opens_nothing_to_whose_name_it_is(town: Town) -> None:
    # A stranger opens an account in Angela's name, at her own address even: the victim gets an account of her own.
    town.citizens.person = citizen(email=EMAIL)
    browser = await registered(town)
    thief = await token_in(town, browser)
    key = await town.runtime.persons.of((await town.rows("SELECT person FROM local_account"))[0]["person"])
    sealed = {
        "given_names": ANGELA["given_names"], "family_name": ANGELA["family_name"], "gender": "female",
        "birth_date": "1962-08-24", "birth_place": "75107", "birth_country": "99100",
    }  # fmt: skip
    values = [key.seal(name, text) for name, text in sealed.items()]
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(sealed, 1))
    await town.runtime.database.pool.execute(f"UPDATE person SET {columns} WHERE email_index IS NOT NULL", *values)
    assert (await thief.get("/v1/me")).json()["birth"]["date"] == "1962-08-24"
    victim = await by_franceconnect(town, email=EMAIL)
    assert await victim.id() != await thief.id()
    assert len(await town.rows("SELECT 1 FROM identity_link WHERE person = (SELECT person FROM local_account)")) == 0


async def test_two_verified_accounts_are_too_many_to_choose_from(town: Town) -> None:
    for email in (EMAIL, "z.martin@example.fr"):
        await attested(town, await (await token_in(town, await registered(town, email))).id())
    await by_franceconnect(town)
    assert await accounts(town) == 3


async def test_a_citizen_links_and_unlinks_on_the_page(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    await box.emptied()
    local = await token_in(town, browser)
    town.citizens.person = citizen()
    page = await press(browser, LINK)
    assert "FranceConnect ouvre désormais ce compte" in page.text
    me = (await local.get("/v1/me")).json()
    assert (me["birth"]["date"], me["email"], me["given_names"]) == ("1962-08-24", EMAIL, "Angela Claire Louise")
    assert await (await by_franceconnect(town)).id() == me["id"]
    page = await press(browser, UNLINK)
    assert "n’ouvre plus ce compte" in page.text
    assert [action for action, _ in await trail(town, "identity-linked", "identity-unlinked")] == [
        "identity-linked",
        "identity-unlinked",
    ]
    assert ["ouvre aussi" in letter.subject for letter in await box.emptied()] == [True, False]
    assert await (await by_franceconnect(town)).id() != me["id"], "and it does not come back by itself"


async def test_an_identity_that_has_an_account_is_not_taken_from_it(town: Town) -> None:
    theirs = await by_franceconnect(town)
    browser = await registered(town)
    town.citizens.person = citizen()
    answer = await press(browser, LINK)
    assert (answer.status_code, "a déjà un compte" in answer.text) == (409, True)
    assert await (await by_franceconnect(town)).id() == await theirs.id()


async def test_another_s_identity_does_not_fit_a_verified_account(town: Town) -> None:
    browser = await registered(town)
    await attested(town, await (await token_in(town, browser)).id(), family_name="MARTIN")
    town.citizens.person = citizen()
    answer = await press(browser, LINK)
    assert (answer.status_code, "pas la même identité" in answer.text) == (409, True)
    assert await town.rows("SELECT 1 FROM identity_link l JOIN local_account a USING (person)") == []


async def test_a_session_that_is_not_of_just_now_links_nothing(town: Town) -> None:
    browser = await registered(town)
    town.citizens.person = citizen()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        assert (await press(browser, LINK)).status_code == 401
    assert await town.rows("SELECT 1 FROM sign_in") == []


async def test_only_the_session_that_left_comes_back(town: Town) -> None:
    browser = await registered(town)
    town.citizens.person = citizen()
    page = await browser.get(PAGE)
    away = await browser.submit(page)
    # Meanwhile somebody else signs in in this browser.
    await registered_elsewhere(town, browser)
    answer = await browser.follow(away)
    assert answer.status_code == 401, answer.text
    assert await town.rows("SELECT 1 FROM identity_link") == []


async def registered_elsewhere(town: Town, browser: Browser) -> None:
    await registered(town, "autre@example.fr")
    page = await sign_in(browser, Attempt(extra={"prompt": "login"}), "autre@example.fr")
    assert "Autoriser" in page.text


async def test_a_citizen_who_cancels_at_franceconnect_comes_back_as_they_were(town: Town) -> None:
    browser = await registered(town)
    town.citizens.callback = lambda answer: {
        **{k: v for k, v in answer.items() if k != "code"},
        "error": "access_denied",
    }
    page = await press(browser, LINK)
    assert (page.status_code, "rien n’a changé" in page.text) == (200, True)


async def test_a_form_of_another_site_changes_nothing(town: Town) -> None:
    browser = await registered(town)
    assert (await browser.http.post(PAGE, data={"link": ""})).status_code == 400
    assert await town.rows("SELECT 1 FROM sign_in") == []


async def test_links_by_the_api_and_never_the_last_way_in(town: Town) -> None:
    fc = await by_franceconnect(town)
    (link,) = (await fc.get("/v1/me/identity-links")).json()["items"]
    assert link["provider"] == "franceconnect"
    answer = await fc.post("/v1/me/identity-unlinkings", {"link_id": link["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "last-way-in")
    other = await by_franceconnect(town, sub="b" * 64 + "v1")
    assert (await other.post("/v1/me/identity-unlinkings", {"link_id": link["id"]})).status_code == 404
    assert (await fc.get("/v1/me/identity-links")).json()["items"] == [link]


async def test_unlinking_by_the_api_needs_a_sign_in_of_just_now(town: Town) -> None:
    browser = await registered(town)
    town.citizens.person = citizen()
    await press(browser, LINK)
    caller = await token_in(town, browser)
    (link,) = (await caller.get("/v1/me/identity-links")).json()["items"]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        late = Caller(town, (await town.refresh(caller.refresh_token)).json()["access_token"])
        answer = await late.post("/v1/me/identity-unlinkings", {"link_id": link["id"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient-user-authentication")
    assert 'error="insufficient_user_authentication", max_age=600,' in answer.headers["www-authenticate"]
    assert (await caller.post("/v1/me/identity-unlinkings", {"link_id": link["id"]})).status_code == 204
    assert (await caller.get("/v1/me/identity-links")).json()["items"] == []
