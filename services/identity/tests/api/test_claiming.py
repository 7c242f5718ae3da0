# SPDX-License-Identifier: EUPL-1.2
"""Who comes by FranceConnect takes over what a town brought of them: by the link of the letter, never by itself."""

import re
from typing import Any

import pytest
from back_office import administrator
from counter import Caller, token_in
from fake_provider import citizen
from identity_town import Attempt, Browser, Town
from imported_people import SCOPE, ZOE, imported
from local_people import EMAIL, Mailbox

NAMED: dict[str, Any] = {"given_name": "Zoé Marie", "family_name": "MARTIN-LÉVY"}


@pytest.fixture
async def link(town: Town) -> str:
    """That of the letter to who has an imported account."""
    await imported(town, await administrator(town, SCOPE), ZOE)
    return await Mailbox(town).link()


async def came_in(town: Town, **person: Any) -> tuple[Browser, Caller]:
    """Somebody's browser, signed in by FranceConnect, and a token of theirs."""
    town.citizens.person = citizen(**NAMED | person)
    browser = town.browser()
    await browser.code(Attempt(scope="openid profile identity.profile.read"))
    return browser, await token_in(town, browser)


async def claimed(browser: Browser, link: str) -> Any:
    page = await browser.get(link)
    token, csrf = (re.search(rf'name="{name}" value="([^"]+)"', page.text) for name in ("token", "csrf"))
    assert token, page.text
    assert csrf
    return await browser.http.post("/account/claim", data={"token": token[1], "csrf": csrf[1]})


async def left(town: Town) -> int:
    rows = await town.rows("SELECT count(*) AS n FROM imported_account WHERE person IS NULL AND details IS NOT NULL")
    return int(rows[0]["n"])


async def test_who_comes_by_franceconnect_takes_over_by_the_link_of_the_letter(town: Town, link: str) -> None:
    browser, me = await came_in(town, email=None)
    assert (await me.get("/v1/me")).json()["phone"] is None, "by signing in alone nothing is theirs"
    assert "Vous êtes connecté en tant que Zoé MARTIN-LÉVY" in (await browser.get(link)).text
    done = await claimed(browser, link)
    assert (done.status_code, "Votre compte est repris" in done.text) == (200, True)
    after = (await me.get("/v1/me")).json()
    assert (after["phone"], after["phone_verified"]) == ("+33612345678", False)
    assert (after["email"], after["email_verified"]) == (EMAIL, True)
    assert (after["birth"]["date"], after["certified_by"]) == ("1962-08-24", "provider"), "not the town's 1990"
    (row,) = await town.rows("SELECT person, details FROM imported_account")
    assert (str(row["person"]), row["details"]) == (after["id"], None)
    (act,) = await town.rows("SELECT actor FROM audit_entry WHERE action = 'account-claimed'")
    assert act["actor"] == after["id"]
    assert await town.rows("SELECT 1 FROM local_account") == [], "no password was asked for"
    assert (await browser.get(link)).status_code == 400, "the link is spent"


async def test_what_the_account_has_already_stays(town: Town, link: str) -> None:
    browser, me = await came_in(town)
    assert (await claimed(browser, link)).status_code == 200
    after = (await me.get("/v1/me")).json()
    assert (after["email"], after["email_verified"]) == ("angela.dubois@example.fr", False)


@pytest.mark.parametrize("person", [{"family_name": "DUBOIS"}, {"given_name": "Marie Zoé"}])
async def test_somebody_of_another_name_is_given_nothing(town: Town, link: str, person: dict[str, str]) -> None:
    browser, me = await came_in(town, **person)
    refused = await claimed(browser, link)
    assert (refused.status_code, "Ce n’est pas le même nom" in refused.text) == (409, True)
    assert (await me.get("/v1/me")).json()["phone"] is None
    assert await left(town) == 1
    rightful, _ = await came_in(town, sub="b" * 64 + "v1")
    assert (await claimed(rightful, link)).status_code == 200, "the link was not spent"


async def test_who_is_not_signed_in_is_told_how(town: Town, link: str) -> None:
    browser = town.browser()
    page = await browser.get(link)
    assert "Vous entrez par FranceConnect ?" in re.sub(r"\s", " ", page.text)
    assert "/account/claim" not in page.text
    assert (await claimed(browser, link)).status_code == 401
    assert await left(town) == 1


async def test_neither_a_made_up_link_nor_another_site_s_form_claims_anything(town: Town, link: str) -> None:
    browser, _ = await came_in(town)
    token = link.partition("token=")[2]
    assert (await browser.http.post("/account/claim", data={"token": token})).status_code == 400
    assert (await browser.http.post("/account/claim", data={"token": "made-up", "csrf": "made-up"})).status_code == 400
    assert await left(town) == 1
