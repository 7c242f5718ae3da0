# SPDX-License-Identifier: EUPL-1.2
"""The second factor of an account of ours."""

import asyncio
import re
from collections.abc import Iterator

import pytest
import time_machine
from fake_provider import citizen
from identity_town import Attempt, Browser, Town, answered
from joserfc import jwt
from local_people import EMAIL, OTHER_PASSWORD, PASSWORD, Mailbox, ask, hold, registered, sign_in
from profile_people import trail
from second_factors import MIDST, STEP, code, finish, signed_in_with, turned_on

from parvis_identity.domain.throttle import BY_CODE, BY_CODE_AND_DEVICE, BY_CODE_AND_SOURCE

HERE, THERE = ({"x-forwarded-for": address} for address in ("203.0.113.9", "203.0.113.10"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(MIDST, tick=False):
        yield


async def test_the_password_alone_opens_no_session_and_with_the_code_the_tokens_say_so(town: Town) -> None:
    secret, _ = await turned_on(await registered(town))
    browser, attempt = town.browser(), Attempt()
    page = await sign_in(browser, attempt)
    assert "Deuxième étape" in page.text
    assert "parvis-citizen" not in browser.http.cookies
    consent = await finish(browser, page, code(secret))
    assert "Autoriser" in consent.text
    body = (await town.exchange(attempt, answered(await browser.submit(consent, decision="allow"))["code"])).json()
    keys = await town.parts.ring.published()
    for token, algorithm in ((body["access_token"], "ES256"), (body["id_token"], "RS256")):
        claims = jwt.decode(token, keys, algorithms=[algorithm]).claims
        assert (claims["acr"], claims["amr"]) == ("urn:parvis:acr:local-mfa", ["pwd", "otp", "mfa"])


async def test_a_code_works_once_and_no_older_one_after_it(town: Town) -> None:
    secret, _ = await turned_on(await registered(town))
    pages = [(browser := town.browser(), await sign_in(browser, Attempt())) for _ in range(3)]
    assert "Autoriser" in (await finish(*pages[0], code(secret))).text
    for (browser, page), given in zip(pages[1:], (code(secret), code(secret, STEP - 1)), strict=True):
        again = await finish(browser, page, given)
        assert again.status_code == 422
        assert "déjà servi" in again.text
    assert "Autoriser" in (await finish(*pages[1], code(secret, STEP + 1))).text


async def test_of_many_who_show_one_code_at_once_one_comes_in(town: Town) -> None:
    secret, _ = await turned_on(await registered(town))
    pages = [(browser := town.browser(), await sign_in(browser, Attempt())) for _ in range(6)]
    answers = await asyncio.gather(*(browser.submit(page, code=code(secret)) for browser, page in pages))
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 5


async def test_a_code_on_paper_works_once_and_its_owner_is_told(town: Town) -> None:
    _, codes = await turned_on(await registered(town))
    box = Mailbox(town)
    assert [letter.subject[:9] for letter in await box.emptied()] == ["Connexion"]
    for expected in (200, 422):
        browser = town.browser()
        done = await finish(browser, await sign_in(browser, Attempt()), codes[0].upper())
        assert done.status_code == expected
    assert [letter.subject[:19] for letter in await box.emptied()] == ["Un code de secours "]
    page = await (await signed_in_with(town, codes[1])).get("/account/second-factor")
    assert "reste 8 codes" in page.text
    rows = await town.rows("SELECT acr FROM session WHERE amr = '{pwd,mfa}'")
    assert [row["acr"] for row in rows] == ["urn:parvis:acr:local-mfa"] * 2


async def guessed(town: Town, browser: Browser, bound: int) -> None:
    """Somebody who has the password guesses at codes in that browser until one of the bounds holds them up."""
    page = await sign_in(browser, Attempt())
    assert (await finish(browser, page, "000000")).status_code == 422
    await town.rows("UPDATE login_attempt SET attempts = $1 RETURNING 1", bound)
    assert (await finish(browser, page, "000000")).status_code == 422
    await hold(town)
    assert (await finish(browser, page, "000000")).status_code == 429


async def test_codes_cannot_be_guessed_for_long(town: Town) -> None:
    secret, _ = await turned_on(await registered(town))
    thief = town.browser(**THERE)
    await guessed(town, thief, BY_CODE_AND_SOURCE.free)
    elsewhere = town.browser(**HERE)
    assert "Autoriser" in (await finish(elsewhere, await sign_in(elsewhere, Attempt()), code(secret))).text


async def test_codes_cannot_be_guessed_from_many_addresses_either(town: Town) -> None:
    secret, codes = await turned_on(await registered(town))
    await guessed(town, town.browser(**THERE), BY_CODE.free)
    elsewhere = town.browser(**HERE)
    page = await sign_in(elsewhere, Attempt())
    assert (await finish(elsewhere, page, code(secret))).status_code == 429
    assert (await finish(elsewhere, page, "0000-0000-0000")).status_code == 422
    assert "Autoriser" in (await finish(elsewhere, page, codes[0])).text, "nobody guesses those on paper"


async def test_the_owner_does_not_wait_at_the_code_because_a_thief_of_the_password_guesses(town: Town) -> None:
    own = await registered(town)
    secret, _ = await turned_on(own)
    own.http.headers.update(HERE)
    own.http.cookies.delete("parvis-citizen")
    await finish(own, await sign_in(own, Attempt()), code(secret))
    own.http.cookies.delete("parvis-citizen")
    await guessed(town, town.browser(**HERE), BY_CODE.free)
    assert "Autoriser" in (await finish(own, await sign_in(own, Attempt()), code(secret, STEP + 1))).text


async def test_a_device_that_has_shown_no_code_yet_shares_the_bounds_of_strangers(town: Town) -> None:
    own = await registered(town)
    secret, _ = await turned_on(own)
    own.http.cookies.delete("parvis-citizen")
    await guessed(town, town.browser(**THERE), BY_CODE.free)
    assert (await finish(own, await sign_in(own, Attempt()), code(secret))).status_code == 429


async def test_codes_cannot_be_guessed_for_long_on_a_known_device_either(town: Town) -> None:
    own = await registered(town)
    secret, _ = await turned_on(own)
    own.http.cookies.delete("parvis-citizen")
    await finish(own, await sign_in(own, Attempt()), code(secret))
    own.http.cookies.delete("parvis-citizen")
    await guessed(town, own, BY_CODE_AND_DEVICE.free)
    other = town.browser()
    assert "Autoriser" in (await finish(other, await sign_in(other, Attempt()), code(secret, STEP + 1))).text


@pytest.mark.parametrize("given", ["", "abc", "1" * 40, "0000-0000-0000"])
async def test_whatever_is_no_code_is_refused(town: Town, given: str) -> None:
    await turned_on(await registered(town))
    browser = town.browser()
    assert (await finish(browser, await sign_in(browser, Attempt()), given)).status_code == 422


async def test_what_shows_the_password_is_of_use_in_its_browser_only(town: Town) -> None:
    secret, _ = await turned_on(await registered(town))
    page = await sign_in(town.browser(), Attempt())
    pending = re.search(r'name="pending" value="([^"]+)"', page.text)
    assert pending
    other = town.browser()
    theirs = await sign_in(other, Attempt())
    refused = await other.submit(theirs, code=code(secret), pending=pending[1])
    assert refused.status_code == 400


async def test_what_shows_a_password_shows_nothing_after_its_change(town: Town) -> None:
    secret, codes = await turned_on(await registered(town))
    browser = town.browser()
    page = await sign_in(browser, Attempt())
    form = await (await signed_in_with(town, codes[0])).get("/account/password")
    assert form.status_code == 200
    box, other = Mailbox(town), town.browser()
    await box.emptied()
    await ask(other, Attempt(), "Mot de passe oublié")
    await other.submit(await other.get(await box.link()), password=OTHER_PASSWORD)
    assert (await finish(browser, page, code(secret))).status_code == 400


async def test_who_recovers_a_password_is_still_asked_for_the_second_factor(town: Town) -> None:
    await turned_on(await registered(town))
    box, browser = Mailbox(town), town.browser()
    await box.emptied()
    await ask(browser, Attempt(), "Mot de passe oublié")
    await browser.submit(await browser.get(await box.link()), password=OTHER_PASSWORD)
    assert "Deuxième étape" in (await sign_in(browser, Attempt(), password=OTHER_PASSWORD)).text


async def test_it_is_turned_on_by_who_knows_the_password_and_has_the_secret(town: Town) -> None:
    browser = await registered(town)
    page = await browser.get("/account/second-factor")
    assert "<svg" in page.text
    found = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert found
    for password, given in ((PASSWORD, "000000"), ("certainly not this one", code(found[1]))):
        refused = await browser.submit(page, password=password, code=given)
        assert refused.status_code == 422
        assert f'value="{found[1]}"' in refused.text, "the secret that the application has stays the same"
    own = "ab" * 20
    foreign = await browser.submit(page, password=PASSWORD, secret=own, code=code(own))
    assert foreign.status_code == 400
    assert await town.rows("SELECT 1 FROM totp") == []


async def test_it_is_turned_off_by_who_has_both(town: Town) -> None:
    browser = await registered(town)
    _, codes = await turned_on(browser)
    page = await browser.get("/account/second-factor")
    assert "<svg" not in page.text
    wrong = await browser.submit(page, password="certainly not this one", code=codes[0])
    assert wrong.status_code == 422
    done = await browser.submit(wrong, password=PASSWORD, code=codes[0])
    assert "désactivée" in done.text
    assert await town.rows("SELECT 1 FROM totp UNION ALL SELECT 1 FROM recovery_code") == []
    told = await trail(town, "recovery-code-used", "second-factor-removed")
    assert {action for action, _ in told} == {"recovery-code-used", "second-factor-removed"}
    assert "Autoriser" in (await sign_in(town.browser(), Attempt())).text


async def test_nothing_of_it_is_stored_in_the_clear(town: Town) -> None:
    secret, codes = await turned_on(await registered(town))
    tables = ("totp", "recovery_code", "letter", "outbox", "session")
    rows = [row for table in tables for row in await town.rows(f"SELECT * FROM {table}")]
    stored = "".join(str([v.hex() if isinstance(v, bytes) else v for v in row.values()]) for row in rows)
    for hidden in (secret, *codes, *(c.replace("-", "") for c in codes), EMAIL):
        assert hidden not in stored
        assert hidden.encode().hex() not in stored


async def test_who_has_no_account_of_ours_has_no_second_factor_here(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    await browser.code(Attempt())
    page = await browser.get("/account/second-factor")
    assert page.status_code == 403
    assert "n’a pas de mot de passe" in page.text, "signed in all the same, and told what to do instead"
    assert (await town.browser().get("/account/second-factor")).status_code == 401
