# SPDX-License-Identifier: EUPL-1.2
"""Signing in with an account of our own, and changing its password."""

import asyncio

from identity_town import Attempt, Town, answered
from local_people import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    Mailbox,
    ask,
    guess,
    registered,
    sign_in,
    to_local_login,
)
from profile_people import trail


async def test_a_person_comes_back_with_their_password(town: Town) -> None:
    await registered(town)
    attempt, browser = Attempt(), town.browser()
    consent = await sign_in(browser, attempt)
    code = answered(await browser.submit(consent, decision="allow"))["code"]
    assert (await town.exchange(attempt, code)).status_code == 200
    assert len(await town.rows("SELECT 1 FROM person")) == 1


async def test_a_wrong_password_and_an_unknown_address_are_told_alike(town: Town) -> None:
    await registered(town)
    known, unknown = await guess(town), await guess(town, "nobody@example.fr")
    assert (known.status_code, unknown.status_code) == (422, 422)
    pages = [answer.text.split("<form")[0] for answer in (known, unknown)]
    assert pages[0] == pages[1]
    assert EMAIL not in known.text


async def test_signing_in_takes_a_new_session_and_ends_the_one_before(town: Town) -> None:
    browser = await registered(town)
    before = browser.http.cookies["parvis-citizen"]
    await sign_in(browser, Attempt(extra={"prompt": "login"}))
    assert browser.http.cookies["parvis-citizen"] != before
    assert len(await town.rows("SELECT 1 FROM session WHERE ended_at IS NULL")) == 1


async def test_cookies_are_out_of_reach_of_scripts_and_the_device_s_outlives_the_browser(town: Town) -> None:
    await registered(town)
    browser = town.browser()
    answer = await browser.submit(await to_local_login(browser, Attempt()), email=EMAIL, password=PASSWORD)
    cookies = {cookie.partition("=")[0]: cookie for cookie in answer.headers.get_list("set-cookie")}
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies.values())
    assert "Max-Age=15552000" in cookies["parvis-device"]
    assert "Max-Age" not in cookies["parvis-citizen"]


async def test_a_form_of_another_site_signs_nobody_in(town: Town) -> None:
    await registered(town)
    browser = town.browser()
    page = await to_local_login(browser, Attempt())
    stolen = {"continue": str(page.url.params["continue"]), "email": EMAIL, "password": PASSWORD}
    assert (await browser.http.post("/login/local", data=stolen)).status_code == 400
    assert len(await town.rows("SELECT 1 FROM session")) == 1


async def test_an_erased_account_opens_no_more(town: Town) -> None:
    await registered(town)
    person = (await town.rows("SELECT person FROM local_account"))[0]["person"]
    await town.runtime.persons.destroy(person)
    refused = await sign_in(town.browser(), Attempt())
    assert refused.status_code == 403
    assert "effacé" in refused.text


async def test_too_many_passwords_at_a_time_are_refused_and_not_queued_for_ever(town: Town) -> None:
    passwords = town.parts.accounts.passwords
    answers = await asyncio.gather(*(passwords.verify(None, PASSWORD) for _ in range(60)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 60 - 18
    assert all(getattr(error, "status_code", 0) == 503 for error in refused)
    assert await passwords.verify(None, PASSWORD) is False


async def test_a_forgotten_password_is_replaced_and_every_session_ends(town: Town) -> None:
    browser, attempt, box = await registered(town), Attempt(), Mailbox(town)
    page = await browser.follow(await browser.authorize(attempt))
    code = answered(await browser.submit(page, decision="allow"))["code"]
    tokens = (await town.exchange(attempt, code)).json()
    other = town.browser()
    await ask(other, Attempt(), "Mot de passe oublié")
    form = await other.get(await box.link())
    assert EMAIL in form.text
    weak = await other.submit(form, password="trop court")
    assert weak.status_code == 422
    done = await other.submit(weak, password=OTHER_PASSWORD)
    assert "Votre mot de passe est changé" in done.text
    assert await town.rows("SELECT 1 FROM session WHERE ended_at IS NULL") == []
    assert (await town.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    (notice,) = await box.emptied()
    assert notice.subject.startswith("Votre mot de passe a changé")
    assert notice.recipient == EMAIL
    assert (await sign_in(town.browser(), Attempt())).status_code == 422
    assert "Autoriser" in (await sign_in(town.browser(), Attempt(), password=OTHER_PASSWORD)).text


async def test_recovery_tells_nobody_whether_an_address_has_an_account(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    pages = [await ask(town.browser(), Attempt(), "Mot de passe oublié", e) for e in (EMAIL, "nobody@example.fr")]
    assert pages[0].text == pages[1].text
    assert [letter.recipient for letter in await box.emptied()] == [EMAIL]


async def test_a_password_is_changed_by_who_knows_it(town: Town) -> None:
    browser = await registered(town)
    other = town.browser()
    await sign_in(other, Attempt())
    form = await browser.get("/account/password")
    wrong = await browser.submit(form, present="certainly not this one", password=OTHER_PASSWORD)
    assert (wrong.status_code, "actuel n’est pas le bon" in wrong.text) == (422, True)
    done = await browser.submit(wrong, present=PASSWORD, password=OTHER_PASSWORD)
    assert done.status_code == 200
    assert "parvis-citizen" not in browser.http.cookies
    assert await town.rows("SELECT 1 FROM session WHERE ended_at IS NULL") == []
    assert await town.rows("SELECT 1 FROM known_device") == []
    assert (await other.get("/account/password")).status_code == 401
    assert len(await Mailbox(town).emptied()) == 1
    assert await trail(town, "password-refused", "password-changed") == [
        ("password-refused", {}),
        ("password-changed", {}),
    ]


async def test_who_is_not_signed_in_changes_nothing(town: Town) -> None:
    await registered(town)
    form = {"present": PASSWORD, "password": OTHER_PASSWORD}
    assert (await town.browser().http.post("/account/password", data=form)).status_code == 401
