# SPDX-License-Identifier: EUPL-1.2
"""Signing in by a passkey, and what does not open an account."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from fake_provider import citizen
from identity_town import Attempt, Browser, Town, answered
from joserfc import jwt
from key_holder import MAY_SYNC, PRESENT, SYNCED, VERIFIED, asked_by
from local_people import PASSWORD, Mailbox, registered, sign_in
from passkey_people import SETTINGS, added, send, sign_in_by_key, to_passkey_login
from pydantic import ValidationError

from parvis_identity.domain.totp import STEP_SECONDS, code_of
from parvis_identity.settings import Settings


async def claims_of(town: Town, browser: Browser, attempt: Attempt, consent: Any) -> dict[str, Any]:
    code = answered(await browser.submit(consent, decision="allow"))["code"]
    body = (await town.exchange(attempt, code)).json()
    found: dict[str, Any] = jwt.decode(
        body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]
    ).claims
    return found


@pytest.mark.parametrize(
    ("flags", "method"), [(PRESENT | VERIFIED, "hwk"), (PRESENT | VERIFIED | MAY_SYNC | SYNCED, "swk")]
)
async def test_a_passkey_alone_opens_the_account_by_two_factors(town: Town, flags: int, method: str) -> None:
    holder = await added(await registered(town), flags=flags)
    browser, attempt = town.browser(), Attempt(extra={"acr_values": "urn:parvis:acr:local-mfa"})
    consent = await sign_in_by_key(browser, attempt, holder)
    assert "Zoé MARTIN" in consent.text
    claims = await claims_of(town, browser, attempt, consent)
    assert (claims["acr"], claims["amr"]) == ("urn:parvis:acr:local-mfa", [method, "user", "mfa"])
    (row,) = await town.rows("SELECT sign_count, transports, synced, backed_up, last_used_at FROM passkey")
    assert (row["sign_count"], row["transports"]) == (1, ["hybrid", "internal"])
    assert row["synced"] == row["backed_up"] == (method == "swk")
    assert row["last_used_at"] is not None
    assert "Par clé d’accès" in (await browser.get("/account/sessions")).text


async def test_it_is_offered_with_the_password_and_instead_of_a_code(town: Town) -> None:
    holder = await added(await registered(town))
    browser = town.browser()
    page = await browser.click(
        await browser.follow(await browser.authorize(Attempt())), "Continuer avec mon adresse électronique"
    )
    assert 'autocomplete="username webauthn"' in page.text
    assert "data-conditional" in page.text
    assert "JavaScript est permis" in page.text
    options, asked = asked_by(page)
    form = {"continue": page.text.split('name="continue" value="')[1].split('"')[0], "asked": asked}
    done = await browser.http.post("/login/passkey", data=form | {"credential": holder.sign(options)})
    assert "Autoriser" in (await browser.follow(done)).text


async def test_who_came_through_franceconnect_steps_up_by_a_passkey(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    await browser.code(Attempt())
    holder, box = await added(browser), Mailbox(town)
    assert [letter.subject[:13] for letter in await box.emptied()] == ["Une clé d'acc"]
    attempt = Attempt(extra={"acr_values": "urn:parvis:acr:local-mfa"})
    consent = await sign_in_by_key(browser, attempt, holder)
    claims = await claims_of(town, browser, attempt, consent)
    assert (claims["acr"], claims["amr"][-1]) == ("urn:parvis:acr:local-mfa", "mfa")
    assert len(await town.rows("SELECT DISTINCT person FROM session")) == 1
    assert await town.rows("SELECT 1 FROM known_device") == []


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://localhost:8081"},
        {"origin": "https://parvis.example"},
        {"domain": "parvis.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"owner": b"\0" * 16},
        {"owner": b""},
        {"identifier": b"\1" * 32},
    ],
    ids="-".join,
)
async def test_a_signature_for_something_else_opens_nothing(town: Town, lie: dict[str, Any]) -> None:
    holder = await added(await registered(town))
    for name, value in lie.items():
        setattr(holder, name, value)
    browser = town.browser()
    refused = await sign_in_by_key(browser, Attempt(), holder)
    assert refused.status_code == 422
    assert "n’a pas pu être vérifiée" in refused.text
    assert "parvis-citizen" not in browser.http.cookies


async def test_an_answer_works_once_even_for_many_at_once(town: Town) -> None:
    holder = await added(await registered(town), counts=False)
    browser = town.browser()
    page = await to_passkey_login(browser, Attempt())
    options, _ = asked_by(page)
    answer = holder.sign(options)
    answers = await asyncio.gather(*(browser.submit(page, credential=answer) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 9


async def test_an_answer_is_of_use_in_its_browser_for_ten_minutes_and_for_its_question(town: Town) -> None:
    holder = await added(await registered(town), counts=False)
    browser, thief = town.browser(), town.browser()
    page, theirs = await to_passkey_login(browser, Attempt()), await to_passkey_login(thief, Attempt())
    options, asked = asked_by(page)
    other_options, _ = asked_by(theirs)
    stolen = await thief.submit(theirs, asked=asked, credential=holder.sign(options))
    assert stolen.status_code == 422
    assert (await browser.submit(page, credential=holder.sign(other_options))).status_code == 422
    late = await to_passkey_login(browser, Attempt())
    options, _ = asked_by(late)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert (await browser.submit(late, credential=holder.sign(options))).status_code == 422


async def test_a_counter_that_goes_back_betrays_a_copy(town: Town) -> None:
    holder = await added(await registered(town))
    for counter, expected in ((4, 200), (4, 422), (3, 422), (-1, 422), (5, 200)):
        holder.counter = counter
        assert (await sign_in_by_key(town.browser(), Attempt(), holder)).status_code == expected
    kept = await town.rows("SELECT action FROM audit_entry WHERE action LIKE 'passkey-%' ORDER BY occurred_at")
    assert [row["action"] for row in kept] == ["passkey-added"] + ["passkey-copied"] * 3


async def test_a_key_opens_the_account_of_its_owner_whoever_was_signed_in(town: Town) -> None:
    owner, other = await registered(town), await registered(town, "max@example.fr")
    holder = await added(owner)
    consent = await sign_in_by_key(other, Attempt(extra={"prompt": "login"}), holder)
    assert "Autoriser" in consent.text
    rows = await town.rows(
        "SELECT s.ended_at, a.person = k.person AS owner FROM session s JOIN passkey k ON true"
        " JOIN local_account a ON a.person = s.person ORDER BY s.created_at"
    )
    assert [(row["ended_at"] is None, row["owner"]) for row in rows] == [(True, True), (False, False), (True, True)]


@pytest.mark.parametrize(
    "given",
    ["", "null", "[]", "{}", "x" * 20_000, "[" * 9_000, '{"id": 7}', '{"id": "AAAA", "response": []}'],
    ids=["empty", "null", "list", "object", "long", "deep", "number", "response"],
)
async def test_whatever_is_no_answer_is_refused(town: Town, given: str) -> None:
    browser = await registered(town)
    page = await browser.get(SETTINGS)
    _, asked = asked_by(page)
    assert (await send(browser, page, "add", asked=asked, credential=given)).status_code == 422
    stranger = town.browser()
    login = await to_passkey_login(stranger, Attempt())
    assert (await stranger.submit(login, credential=given)).status_code == 422


@pytest.mark.parametrize("cut", ["clientDataJSON", "authenticatorData", "signature"])
async def test_a_spoiled_answer_is_refused(town: Town, cut: str) -> None:
    holder = await added(await registered(town))
    browser = town.browser()
    page = await to_passkey_login(browser, Attempt())
    answer = holder.sign(asked_by(page)[0])
    assert f'"{cut}": "' in answer
    spoiled = answer.replace(f'"{cut}": "', f'"{cut}": "AAAA')
    assert (await browser.submit(page, credential=spoiled)).status_code == 422


async def test_who_tries_keys_must_wait_and_the_owner_of_one_does_not(town: Town) -> None:
    holder = await added(await registered(town))
    browser = town.browser()
    page = await to_passkey_login(browser, Attempt())
    assert (await browser.submit(page, credential="{}")).status_code == 422
    await town.rows("UPDATE login_attempt SET blocked_until = now() + interval '1 hour' RETURNING 1")
    assert (await browser.submit(page, credential="{}")).status_code == 429
    assert "Autoriser" in (await sign_in_by_key(browser, Attempt(), holder)).text


async def test_the_script_is_a_file_of_its_own(town: Town) -> None:
    answer = await town.browser().get("/login/passkeys.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "navigator.credentials" in answer.text


async def test_it_stands_in_for_the_code_of_the_second_step(town: Town) -> None:
    browser = await registered(town)
    holder = await added(browser)
    page = await browser.get("/account/second-factor")
    found = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert found
    code = code_of(bytes.fromhex(found[1]), int(time.time()) // STEP_SECONDS)
    assert "<code>" in (await browser.submit(page, password=PASSWORD, code=code)).text
    other, attempt = town.browser(), Attempt()
    second = await sign_in(other, attempt)
    assert "Deuxième étape" in second.text
    options, asked = asked_by(second)
    form = {"continue": second.text.split('name="continue" value="')[1].split('"')[0], "asked": asked}
    done = await other.http.post("/login/passkey", data=form | {"credential": holder.sign(options)})
    claims = await claims_of(town, other, attempt, await other.follow(done))
    assert (claims["acr"], claims["amr"]) == ("urn:parvis:acr:local-mfa", ["hwk", "user", "mfa"])


@pytest.mark.parametrize(
    ("public_url", "domain", "relying_party"),
    [
        ("https://connexion.ville.example", "", "connexion.ville.example"),
        ("https://connexion.ville.example", "ville.example", "ville.example"),
        ("http://localhost:8080", "localhost", "localhost"),
        ("https://connexion.ville.example", "example", None),
        ("https://connexion.ville.example", "le.example", None),
        ("https://connexion.ville.example", "autre.example", None),
        ("https://ville.example", "connexion.ville.example", None),
    ],
)
def test_passkeys_are_for_this_site_or_a_parent_of_it(
    identity_settings: Settings, public_url: str, domain: str, relying_party: str | None
) -> None:
    given = identity_settings.model_dump() | {"PARVIS_PUBLIC_URL": public_url, "passkey_domain": domain}
    if relying_party is None:
        with pytest.raises(ValidationError, match="passkey_domain"):
            Settings.model_validate(given)
    else:
        assert Settings.model_validate(given).relying_party == relying_party
