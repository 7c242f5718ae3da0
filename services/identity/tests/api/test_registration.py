# SPDX-License-Identifier: EUPL-1.2
"""Opening an account of our own: by a letter to its address, and not without."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from identity_town import Attempt, Town, answered
from joserfc import jwt
from local_people import EMAIL, OTHER_PASSWORD, PASSWORD, Mailbox, ask, register, registered, sign_in, to_local_login

from parvis_identity.outgoing.smtp import PostUnavailableError, UndeliverableError

NAMES = {"given_names": "Zoé", "family_name": "MARTIN"}


async def test_a_person_opens_an_account_and_the_client_gets_tokens(town: Town) -> None:
    browser, attempt = town.browser(), Attempt()
    consent = await register(town, browser, attempt)
    assert "Zoé MARTIN" in consent.text
    code = answered(await browser.submit(consent, decision="allow"))["code"]
    body = (await town.exchange(attempt, code)).json()
    keys = await town.parts.ring.published()
    for token, algorithm in ((body["access_token"], "ES256"), (body["id_token"], "RS256")):
        claims = jwt.decode(token, keys, algorithms=[algorithm]).claims
        assert (claims["acr"], claims["amr"]) == ("urn:parvis:acr:local", ["pwd"])
    me = (await town.get("/v1/me", body["access_token"])).json()
    assert (me["given_names"], me["family_name"], me["email"]) == ("Zoé", "MARTIN", EMAIL)
    userinfo = (await town.get("/oauth2/userinfo", body["access_token"])).json()
    assert userinfo["email_verified"] is True
    events = await town.rows("SELECT type, data FROM outbox")
    assert [event["type"] for event in events] == ["fr.parvis.identity.person-registered.v1"]
    assert json.loads(events[0]["data"])["kind"] == "citizen"


async def test_nothing_readable_is_stored_of_who_asks_nor_of_who_has_an_account(town: Town) -> None:
    await registered(town)
    await ask(town.browser(), Attempt(), "Ouvrir un compte", "Other.Person@example.fr")
    tables = ["letter", "mail_link", "local_account", "known_device", "login_attempt", "person", "outbox", "session"]
    rows = [row for table in tables for row in await town.rows(f"SELECT * FROM {table}")]
    stored = "\n".join(str({name: v.hex() if isinstance(v, bytes) else v for name, v in row.items()}) for row in rows)
    for secret in (EMAIL, "ther.", "Zoé", "MARTIN", PASSWORD, "argon2"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_the_answer_is_the_same_for_an_address_that_has_an_account(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    pages = [await ask(town.browser(), Attempt(), "Ouvrir un compte", email) for email in (EMAIL, "new@example.fr")]
    assert pages[0].text == pages[1].text
    assert [letter.subject.split(" – ")[0] for letter in await box.emptied()] == [
        "Vous avez déjà un compte",
        "Ouvrez votre compte",
    ]
    assert len(await town.rows("SELECT 1 FROM mail_link")) == 1


async def test_an_address_is_the_same_in_capitals(town: Town) -> None:
    await registered(town)
    box = Mailbox(town)
    await ask(town.browser(), Attempt(), "Ouvrir un compte", "Zoe.MARTIN@EXAMPLE.fr")
    assert "http" not in (await box.emptied())[0].text
    assert "Autoriser" in (await sign_in(town.browser(), Attempt(), " Zoe.Martin@Example.FR ")).text


async def test_the_link_can_be_looked_at_and_works_once(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    link = await box.link()
    form = [await browser.get(link) for _ in range(2)][1]
    first = await browser.submit(form, **NAMES, password=PASSWORD)
    assert first.status_code == 303
    for again in (await browser.submit(form, **NAMES, password=OTHER_PASSWORD), await browser.get(link)):
        assert again.status_code == 400
        assert "Ce lien ne sert plus" in again.text
    assert len(await town.rows("SELECT 1 FROM person")) == 1


async def test_a_link_ends_the_other_links_of_its_address(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    links = []
    for _ in range(2):
        await ask(browser, Attempt(), "Ouvrir un compte")
        links.append(await box.link())
    await browser.submit(await browser.get(links[1]), **NAMES, password=PASSWORD)
    assert (await browser.get(links[0])).status_code == 400


async def test_a_link_ends_after_its_time_and_serves_no_other_purpose(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    link = await box.link()
    assert (await browser.get(link.replace("registration", "recovery"))).status_code == 400
    await town.rows("UPDATE mail_link SET expires_at = now() - interval '1 second' RETURNING 1")
    assert (await browser.get(link)).status_code == 400


async def test_in_another_browser_the_account_opens_and_nobody_is_signed_in(town: Town) -> None:
    box, elsewhere = Mailbox(town), town.browser()
    await ask(town.browser(), Attempt(), "Ouvrir un compte")
    form = await elsewhere.get(await box.link())
    done = await elsewhere.submit(form, **NAMES, password=PASSWORD)
    assert done.status_code == 200
    assert "Votre compte est ouvert" in done.text
    assert await town.rows("SELECT 1 FROM session") == []
    assert "Autoriser" in (await sign_in(elsewhere, Attempt())).text


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("lampe42", "trop court"),
        ("x" * 129, "trop long"),
        ("motdepasse2024", "trop facilement"),
        ("azertyuiop123", "trop facilement"),
        ("Zoe.Martin@Example.fr", "trop facilement"),
        ("martin zoé martin", "trop facilement"),
        ("aaaaaaaaaaaaaaaa", "trop facilement"),
        ("trustno1trustno1", "trop facilement"),
    ],
)
async def test_a_weak_password_is_refused_and_another_one_can_be_chosen(town: Town, password: str, words: str) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    form = await browser.get(await box.link())
    refused = await browser.submit(form, **NAMES, password=password)
    assert refused.status_code == 422
    assert words in refused.text
    assert password not in refused.text.replace(EMAIL, "")
    assert (await browser.submit(refused, **NAMES, password=PASSWORD)).status_code == 303


async def test_names_are_asked_for_and_kept_when_something_is_wrong(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    form = await browser.get(await box.link())
    refused = await browser.submit(form, given_names="Zoé", family_name=" \n", password=PASSWORD)
    assert refused.status_code == 422
    assert 'value="Zoé"' in refused.text


@pytest.mark.parametrize(
    "email", ["", "zoe", "zoe@localhost", "zoe@exa mple.fr", "a@b.fr,c@d.fr", "zoe\r\nBcc: x@y.fr", "@b.fr", "a" * 260]
)
async def test_what_is_no_address_is_not_written_to(town: Town, email: str) -> None:
    refused = await ask(town.browser(), Attempt(), "Ouvrir un compte", email)
    assert refused.status_code == 422
    assert await town.rows("SELECT 1 FROM letter") == []


async def test_an_address_is_not_written_to_again_and_again(town: Town) -> None:
    box = Mailbox(town)
    with time_machine.travel(datetime.now(UTC), tick=False):  # the first wait is a second long
        for _ in range(6):
            answer = await ask(town.browser(), Attempt(), "Ouvrir un compte")
            assert "Regardez votre messagerie" in answer.text
    assert len(await box.emptied()) == 4


async def test_a_form_of_another_site_opens_nothing(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    link = await box.link()
    forged = {"token": link.partition("=")[2], **NAMES, "password": PASSWORD}
    answer = await browser.http.post("/account/registration/finish", data=forged)
    assert answer.status_code == 400
    assert await town.rows("SELECT 1 FROM local_account") == []


async def test_a_letter_waits_for_the_relay_and_is_given_up_where_it_is_refused(town: Town) -> None:
    browser, box = town.browser(), Mailbox(town)
    await ask(browser, Attempt(), "Ouvrir un compte")
    box.failure = PostUnavailableError("451")
    assert await box.emptied() == []
    assert (await town.rows("SELECT attempts FROM letter"))[0]["attempts"] == 1
    box.failure = None
    assert await box.emptied() == [], "not before its time"
    await town.rows("UPDATE letter SET next_attempt_at = now() RETURNING 1")
    assert len(await box.emptied()) == 1
    await ask(browser, Attempt(), "Ouvrir un compte")
    box.failure = UndeliverableError("550")
    assert await box.emptied() == []
    assert await town.rows("SELECT 1 FROM letter") == []


async def test_agents_are_not_offered_an_account_of_ours(town: Town) -> None:
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt(client_id="demo-backoffice")))
    assert "adresse électronique" not in login.text
    continuation = str(login.url.params["continue"])
    for path in ("/login/local", "/account/registration", "/account/recovery"):
        assert (await browser.get(f"{path}?continue={continuation}")).status_code == 404


async def test_the_pages_are_there_in_english(town: Town) -> None:
    browser = town.browser(**{"accept-language": "en"})
    login = await browser.follow(await browser.authorize(Attempt()))
    page = await browser.click(login, "Continue with my e-mail address")
    asked = await browser.click(page, "Open an account")
    assert "Look into your mail" in (await browser.submit(asked, email=EMAIL)).text
    (letter,) = await Mailbox(town).emptied()
    assert (letter.sender_name, letter.subject) == ("City of Paris", "Open your account – City of Paris")
    assert '<html lang="fr">' in (await to_local_login(town.browser(), Attempt())).text
