# SPDX-License-Identifier: EUPL-1.2
"""The page of one's own profile, without scripts."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
import time_machine
from counter import Caller, token_in
from fake_provider import citizen
from identity_town import Attempt, Browser, Town
from local_people import EMAIL, Mailbox, registered
from phone_codes import asked, other, to_send
from profile_people import trail

PAGE = "/account/profile"
STREET = {"kind": "home", "house_number": "12 bis", "street": "Rue Noire", "postcode": "75002", "city": "Paris"}


async def press(browser: Browser, act: str, **typed: str) -> httpx.Response:
    """Press the button of an act in its form, with the fields as they are but for what is typed; and follow."""
    page = await browser.get(PAGE)
    assert page.status_code == 200, page.text
    form = next(f for f in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if f'value="{act}"' in f)
    fields = dict(
        re.findall(r'<input type="[a-z]+"(?: class="code")?(?: id="[^"]+")? name="([^"]+)" value="([^"]*)"', form)
    )
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]+)" selected', options) or re.search(r'value="([^"]+)"', options)
        assert chosen, options
        fields[name] = chosen[1]
    data = {name: unescape(value) for name, value in fields.items()} | {"act": act} | typed
    return await browser.follow(await browser.http.post(PAGE, data=data))


async def angela(town: Town) -> Browser:
    """The browser of somebody who has just signed in by FranceConnect."""
    browser = town.browser()
    town.citizens.person = citizen()
    await browser.code(Attempt())
    return browser


async def me(town: Town, browser: Browser) -> Caller:
    return await token_in(town, browser)


async def test_a_person_saves_name_used_language_and_telephone(town: Town) -> None:
    browser = await angela(town)
    page = await press(browser, "profile", preferred_name="MARTIN", language="en", phone="06 12 34 56 78")
    assert "C’est enregistré" in page.text
    assert "Ce numéro n’est pas vérifié" in page.text
    kept = (await (await me(town, browser)).get("/v1/me")).json()
    assert (kept["preferred_name"], kept["language"], kept["phone"]) == ("MARTIN", "en", "+33612345678")
    assert 'value="+33612345678"' in page.text
    await press(browser, "profile", phone="")
    kept = (await (await me(town, browser)).get("/v1/me")).json()
    assert (kept["phone"], kept["preferred_name"]) == (None, "MARTIN")


@pytest.mark.parametrize(("language", "words"), [("fr", "FranceConnect garantit"), ("en", "FranceConnect vouches")])
async def test_certified_names_are_shown_with_the_way_to_correct_them(town: Town, language: str, words: str) -> None:
    browser = await angela(town)
    browser.http.headers["accept-language"] = language
    page = await browser.get(PAGE)
    assert (words in page.text, 'name="family_name"' in page.text) == (True, False)
    refused = await press(browser, "profile", family_name="DUPONT")
    assert refused.status_code == 422, "not even by a form that was tampered with"


async def test_declared_names_are_corrected(town: Town) -> None:
    browser = await registered(town)
    await press(browser, "profile", given_names="Zoé Anne")
    assert (await (await me(town, browser)).get("/v1/me")).json()["given_names"] == "Zoé Anne"


async def test_a_wrong_number_is_said_and_what_was_typed_stays(town: Town) -> None:
    page = await press(await angela(town), "profile", preferred_name="MARTIN", phone="12")
    assert (page.status_code, 'role="alert"' in page.text, "n’est pas un numéro" in page.text) == (422, True, True)
    assert ('value="MARTIN"' in page.text, 'value="12"' in page.text) == (True, True)


async def test_another_e_mail_address_by_its_code(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    await box.emptied()
    assert "n’a pas la forme" in (await press(browser, "email", email="nonsense")).text
    sent = await press(browser, "email", email="zoe@neuf.example")
    assert "Un code part vers zoe@neuf.example" in sent.text
    (letter,) = await box.emptied()
    found = re.search(r"\b[0-9]{6}\b", letter.text)
    code = found[0] if found else ""
    assert "pas le bon code" in (await press(browser, "code", code="abc")).text
    done = await press(browser, "code", code=f"{code[:3]} {code[3:]}")
    assert ("zoe@neuf.example</strong> – vérifiée" in done.text, "Un code part" in done.text) == (True, False)
    assert [letter.recipient for letter in await box.emptied()] == [EMAIL]
    assert "vous pouvez la changer" in (await press(browser, "remove-email")).text


async def test_an_address_can_be_taken_out_where_nobody_signs_in_with_it(town: Town) -> None:
    page = await press(await angela(town), "remove-email")
    assert "Vous n’en avez pas indiqué" in page.text


async def test_a_page_left_open_changes_no_address_that_opens_the_account(town: Town) -> None:
    browser = await registered(town)
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(PAGE)).text)
    assert csrf
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        page = await browser.get(PAGE)
        assert ("plus de dix minutes" in page.text, 'name="email"' in page.text) == (True, False)
        for act in ("email", "remove-email"):
            form = {"csrf": csrf[1], "act": act, "email": "voleur@example.fr"}
            assert (await browser.http.post(PAGE, data=form)).status_code == 422
    assert await town.rows("SELECT 1 FROM email_change") == []


async def test_addresses_are_added_changed_and_removed(town: Town) -> None:
    browser = await angela(town)
    assert "12 bis Rue Noire 75002 Paris" in (await press(browser, "add-address", **STREET)).text
    again = await press(browser, "add-address", **STREET)
    assert ("déjà indiqué un domicile" in again.text, "<details open>" in again.text) == (True, True)
    assert "n’est pas complète" in (await press(browser, "add-address", **STREET | {"postcode": "x"})).text
    moved = await press(browser, "change-address", street="Rue Blanche")
    assert ("Rue Blanche 75002" in moved.text, "Rue Noire" in moved.text) == (True, False)
    stale = await press(browser, "change-address", street="Rue Verte", version="1")
    assert ("changé entre-temps" in stale.text, "Rue Verte" in stale.text) == (True, False)
    assert "Rue Blanche" not in (await press(browser, "remove-address")).text
    actions = [action for action, _ in await trail(town, "address-added", "address-changed", "address-removed")]
    assert actions == ["address-added", "address-changed", "address-removed"]


async def test_a_foreign_form_changes_nothing(town: Town) -> None:
    browser = await angela(town)
    answer = await browser.http.post(PAGE, data={"act": "profile", "preferred_name": "NON", "csrf": "0" * 64})
    assert answer.status_code == 400
    assert (await town.browser().get(PAGE)).status_code == 401


async def test_the_other_pages_of_the_account_lead_there(town: Town) -> None:
    browser = await registered(town)
    for path in ("sessions", "passkeys", "second-factor", "identities"):
        assert '<a href="/account/profile">' in (await browser.get(f"/account/{path}")).text, path


async def test_a_telephone_is_verified_by_the_code_that_it_gets(town: Town) -> None:
    browser = await angela(town)
    await press(browser, "profile", phone="06 12 34 56 78")
    page = await press(browser, "phone")
    assert "Un code part vers le +33612345678" in page.text
    (id_,) = await asked(town)
    code = (await to_send(town, id_)).json()["code"]
    assert "Ce n’est pas le bon code" in (await press(browser, "phone-code", code=other(code))).text
    page = await press(browser, "phone-code", code=f"{code[:3]} {code[3:]}")
    assert "Votre téléphone est vérifié" in page.text
    assert "Vérifier mon téléphone" not in page.text
