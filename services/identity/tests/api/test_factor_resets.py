# SPDX-License-Identifier: EUPL-1.2
"""Who has lost the application and the codes on paper comes back by the counter: not at once, and never unnoticed."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import time_machine
from counter import Caller, at_the_desk, by_franceconnect, token_in
from identity_town import Attempt, Browser, Town
from local_people import EMAIL, Mailbox, registered, sign_in
from profile_people import trail
from second_factors import MIDST, code, finish, signed_in_with, turned_on

from parvis_identity.accounts import letters_of
from parvis_identity.outgoing.smtp import Written
from parvis_identity.service.carry_out_resets import CarryOutResets

SEEN = {"document": "passport", "reason": "lost"}
CANCELLED = "second-factor-reset-cancelled"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(MIDST, tick=False):
        yield


def path(person: str) -> str:
    return f"/v1/people/{person}/second-factor-resets"


async def owner(town: Town) -> str:
    (row,) = await town.rows("SELECT person FROM totp")
    return str(row["person"])


async def asked(town: Town) -> tuple[Browser, str, list[str], Written]:
    """Somebody with a second factor, its secret and codes on paper, and the letter that says that it will go."""
    browser = await registered(town)
    secret, codes = await turned_on(browser)
    box = Mailbox(town)
    await box.emptied()
    answer = await (await at_the_desk(town)).post(path(await owner(town)), SEEN)
    assert answer.status_code == 201, answer.text
    (letter,) = await box.emptied()
    return browser, secret, codes, letter


def link(letter: Written) -> str:
    found = re.search(r"https?://\S+?(/account/second-factor-reset-objection\?token=\S+)", letter.text)
    assert found, letter.text
    return found[1]


def titled(letter: Written) -> str:
    return letter.subject.partition(" – ")[0]


async def worked(town: Town) -> bool:
    run = town.runtime
    worker = CarryOutResets(run.database, run.persons, run.blind_index, letters_of(run))
    return await worker.round(datetime.now(UTC))


async def worked_when_due(town: Town) -> bool:
    await town.rows("UPDATE second_factor_reset SET due_at = created_at RETURNING 1")
    return await worked(town)


async def protected(town: Town) -> bool:
    page = await sign_in(town.browser(), Attempt())
    assert page.status_code == 200, page.text
    return "Deuxième étape" in page.text


async def test_after_the_days_the_password_opens_the_account_and_every_session_is_over(town: Town) -> None:
    browser, _, _, letter = await asked(town)
    assert (letter.recipient, titled(letter)) == (EMAIL, "Votre second facteur sera retiré")
    due = (datetime.now(UTC) + timedelta(days=3)).astimezone(ZoneInfo("Europe/Paris"))
    assert f"{due:%d/%m/%Y}" in letter.text
    assert await worked(town) is False, "not before"
    assert await protected(town)
    assert (await browser.get("/account/second-factor")).status_code == 200
    assert await worked_when_due(town)
    assert await worked(town) is False, "once"
    assert (await browser.get("/account/second-factor")).status_code == 401
    assert not await protected(town)
    assert await town.rows("SELECT 1 FROM recovery_code") == []
    assert [titled(told) for told in await Mailbox(town).emptied()] == ["Votre second facteur est retiré"]
    assert (await town.browser().get(link(letter))).status_code == 400, "it is too late"
    lines = dict(await trail(town, "second-factor-reset-asked", "second-factor-reset", CANCELLED))
    assert set(lines) == {"second-factor-reset-asked", "second-factor-reset"}
    asked_for = lines["second-factor-reset-asked"]
    assert (asked_for["document"], asked_for["reason"]) == (["passport"], ["lost"])
    fresh = town.browser()
    await sign_in(fresh, Attempt())
    assert len((await turned_on(fresh))[1]) == 10, "and can have another"


async def test_passkeys_stay(town: Town) -> None:
    await asked(town)
    await town.rows(
        "INSERT INTO passkey (id, person, credential_id, public_key, sign_count, transports, synced, backed_up, label,"
        " created_at) SELECT gen_random_uuid(), person, 'a', 'b', 0, '{}', true, true, 'c', now() FROM totp RETURNING 1"
    )
    assert await worked_when_due(town)
    assert len(await town.rows("SELECT 1 FROM passkey")) == 1


async def test_whoever_reads_the_letter_stops_it(town: Town) -> None:
    _, _, _, letter = await asked(town)
    browser = town.browser()
    page = await browser.get(link(letter))
    assert "Garder le second facteur" in page.text
    (row,) = await town.rows("SELECT state FROM second_factor_reset")
    assert row["state"] == "waiting", "a visit alone changes nothing"
    assert "Votre compte demande un code comme avant" in (await browser.submit(page)).text
    assert await worked_when_due(town) is False
    assert await protected(town)
    assert (await browser.get(link(letter))).status_code == 400
    ((_, details),) = await trail(town, CANCELLED)
    assert details["by"] == ["letter"]


async def test_a_made_up_link_and_a_form_of_another_site_stop_nothing(town: Town) -> None:
    _, _, _, letter = await asked(town)
    browser, objection = town.browser(), "/account/second-factor-reset-objection"
    assert (await browser.get(f"{objection}?token=made-up")).status_code == 400
    assert (await browser.get(objection)).status_code == 400
    token = link(letter).partition("token=")[2]
    assert (await browser.http.post(objection, data={"token": token})).status_code == 400
    assert await worked_when_due(town)


@pytest.mark.parametrize("by", ["application", "paper"])
async def test_what_is_found_again_stops_it_by_itself_and_a_wrong_code_does_not(town: Town, by: str) -> None:
    _, secret, codes, _ = await asked(town)
    browser = town.browser()
    refused = await finish(browser, await sign_in(browser, Attempt()), "aaaa-aaaa-aaaa" if by == "paper" else "000000")
    assert refused.status_code == 422
    assert await trail(town, CANCELLED) == []
    await signed_in_with(town, code(secret) if by == "application" else codes[0])
    assert await worked_when_due(town) is False
    assert await protected(town)
    ((_, details),) = await trail(town, CANCELLED)
    assert details["by"] == ["factor"]


async def test_an_agent_calls_it_off_and_another_can_be_asked_for(town: Town) -> None:
    await asked(town)
    desk, person = await at_the_desk(town), await owner(town)
    assert (await desk.call("POST", f"{path(person)}/cancellations")).status_code == 204
    assert (await desk.call("POST", f"{path(person)}/cancellations")).status_code == 404
    assert await worked_when_due(town) is False
    assert (await desk.post(path(person), SEEN)).status_code == 201
    ((_, details),) = await trail(town, CANCELLED)
    assert details["by"] == ["agent"]


async def refused(answer: httpx.Response, status: int, words: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.json().get("detail", ""), answer.text


async def test_what_cannot_be_asked_for(town: Town) -> None:
    stranger, desk = await by_franceconnect(town), await at_the_desk(town)
    await refused(await desk.post(path(await stranger.id()), SEEN), 409, "pas de second facteur")
    await asked(town)
    person = await owner(town)
    await refused(await desk.post(path(person), SEEN), 409, "attend déjà")
    await refused(await desk.post(path("01a21502-6a41-7f0e-8f0c-1d0a4e1e9b77"), SEEN), 404)
    for body in ({"document": "passport"}, {"reason": "lost"}, SEEN | {"document": "library-card"}):
        await refused(await desk.post(path(person), body), 422)
    (own,) = await town.rows("SELECT person FROM membership WHERE person IS NOT NULL")
    await refused(await desk.post(path(str(own["person"])), SEEN), 403)
    elsewhere = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice")
    for call in (elsewhere.post(path(person), SEEN), elsewhere.call("POST", f"{path(person)}/cancellations")):
        await refused(await call, 404)
    (row,) = await town.rows("SELECT state FROM second_factor_reset")
    assert row["state"] == "waiting"


async def test_a_plain_agent_and_a_citizen_have_no_such_scope(town: Town) -> None:
    await asked(town)
    person = await owner(town)
    plain: Caller = await at_the_desk(town, "camille.moreau@paris.example")
    citizen = await by_franceconnect(town)
    for caller in (plain, citizen):
        await refused(await caller.post(path(person), SEEN), 403)
        await refused(await caller.call("POST", f"{path(person)}/cancellations"), 403)


async def test_the_letters_are_in_the_language_of_the_person(town: Town) -> None:
    browser = await registered(town)
    caller = await token_in(town, browser)
    patch = {"content-type": "application/merge-patch+json", "if-match": (await caller.get("/v1/me")).headers["etag"]}
    assert (await caller.call("PATCH", "/v1/me", {"language": "en"}, **patch)).status_code == 200
    await turned_on(browser)
    box = Mailbox(town)
    await box.emptied()
    await (await at_the_desk(town)).post(path(await owner(town)), SEEN)
    assert await worked_when_due(town)
    # Several carry letters: which of two goes first is not said.
    assert sorted(titled(letter) for letter in await box.emptied()) == [
        "Your second step is gone",
        "Your second step will go",
    ]


async def test_of_the_worker_and_who_signs_in_with_the_factor_at_once_one_has_it(town: Town) -> None:
    _, secret, _, _ = await asked(town)
    browser = town.browser()
    page = await sign_in(browser, Attempt())
    taken, _ = await asyncio.gather(worked_when_due(town), browser.submit(page, code=code(secret)))
    (row,) = await town.rows("SELECT state, (SELECT count(*) FROM totp) AS factors FROM second_factor_reset")
    assert (row["state"], row["factors"]) == (("done", 0) if taken else ("cancelled", 1))
