# SPDX-License-Identifier: EUPL-1.2
"""Another e-mail address: by a code to the new one, with word to the former, and once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
import time_machine
from counter import Caller, by_franceconnect, token_in
from identity_town import Attempt, Town
from local_people import EMAIL, Mailbox, ask, hold, registered, sign_in
from profile_people import told, trail

from parvis_identity.domain.throttle import BY_RECIPIENT
from parvis_identity.worker import purge_once

NEW = "angela@neuf.example"


async def wish(caller: Caller, email: str = NEW) -> httpx.Response:
    return await caller.post("/v1/me/email-changes", {"email": email})


async def code_of(town: Town, recipient: str = NEW) -> str:
    """The code in the one letter that has come."""
    (letter,) = await Mailbox(town).emptied()
    found = re.search(r"\b[0-9]{6}\b", letter.text)
    assert (letter.recipient, bool(found)) == (recipient, True), letter
    assert "15 minutes" in letter.text
    return found[0] if found else ""


async def confirm(caller: Caller, code: str) -> httpx.Response:
    return await caller.post("/v1/me/email-confirmations", {"code": code})


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_new_address_is_confirmed_by_its_code_and_the_former_is_told(town: Town) -> None:
    angela = await by_franceconnect(town)
    asked = await wish(angela)
    assert asked.status_code == 201, asked.text
    assert (await angela.get("/v1/me")).json()["email"] == "angela.dubois@example.fr", "not yet"
    answer = await confirm(angela, await code_of(town))
    me = answer.json()
    assert (answer.status_code, me["email"], me["email_verified"]) == (200, NEW, True)
    assert (await angela.get("/v1/me")).headers["etag"] == answer.headers["etag"]
    (letter,) = await Mailbox(town).emptied()
    assert (letter.recipient, "a changé" in letter.subject) == ("angela.dubois@example.fr", True)
    assert NEW not in letter.text
    assert [event["changed"] for event in await told(town)] == [["email"]]
    assert await trail(town, "email-change-asked", "email-changed") == [
        ("email-change-asked", {}),
        ("email-changed", {}),
    ]


async def test_what_franceconnect_says_does_not_undo_it(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela)
    await confirm(angela, await code_of(town))
    assert (await (await by_franceconnect(town)).get("/v1/me")).json()["email"] == NEW


async def test_the_address_that_a_provider_named_is_verified_in_the_same_way(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela, "Angela.Dubois@example.fr")
    assert (await confirm(angela, await code_of(town, "Angela.Dubois@example.fr"))).json()["email_verified"] is True
    assert await Mailbox(town).emptied() == [], "nobody need be told that nothing has changed"
    assert [action for action, _ in await trail(town, "email-changed", "email-verified")] == ["email-verified"]


async def test_who_signs_in_by_an_address_signs_in_by_the_new_one(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    zoe = await token_in(town, browser)
    await ask(town.browser(), Attempt(), "Mot de passe oublié", EMAIL)
    link = await box.link()
    await wish(zoe)
    assert (await confirm(zoe, await code_of(town))).status_code == 200
    assert (await Mailbox(town).emptied())[0].recipient == EMAIL
    assert "Autoriser" in (await sign_in(town.browser(), Attempt(scope="openid email"), email=NEW)).text
    assert "n’est pas le bon" in (await sign_in(town.browser(), Attempt(), email=EMAIL)).text
    assert (await town.browser().get(link)).status_code == 400, "who reads the former mail recovers nothing"


async def test_two_accounts_are_never_signed_in_to_with_one_address(town: Town) -> None:
    people = [await token_in(town, await registered(town, f"{name}@example.fr")) for name in ("zoe", "lea")]
    codes = []
    for person in people:
        assert (await wish(person)).status_code == 201, "nothing tells whether the address has an account"
        codes.append(await code_of(town))
    answers = await asyncio.gather(*map(confirm, people, codes))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "email-taken"}
    assert len(await town.rows("SELECT DISTINCT email_index FROM local_account")) == 2
    assert len(await told(town)) == 1


async def test_a_code_works_once_whoever_is_faster(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela)
    code = await code_of(town)
    answers = await asyncio.gather(*(confirm(angela, code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert {answer.json().get("code") for answer in answers} == {None, "email-change-ended"}
    assert len(await told(town)) == 1


async def test_after_five_wrong_codes_the_right_one_is_too_late(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela)
    code = await code_of(town)
    wrong = await asyncio.gather(*(confirm(angela, other(code)) for _ in range(7)))
    assert sorted(answer.status_code for answer in wrong) == [409] * 2 + [422] * 5
    refused = next(answer.json() for answer in wrong if answer.status_code == 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("wrong-code", "/code")
    assert (await confirm(angela, code)).json()["code"] == "email-change-ended"
    assert len(await trail(town, "email-code-refused")) == 5


async def test_a_code_is_its_person_s_alone_and_gives_way_to_the_next(town: Town) -> None:
    angela, bruno = await by_franceconnect(town), await by_franceconnect(town, sub="b" * 64 + "v1")
    await wish(angela)
    first = await code_of(town)
    assert (await confirm(bruno, first)).json()["code"] == "email-change-ended"
    await wish(angela, "autre@neuf.example")
    second = await code_of(town, "autre@neuf.example")
    if first != second:
        assert (await confirm(angela, first)).status_code == 422
    assert (await confirm(angela, second)).json()["email"] == "autre@neuf.example"


async def test_a_code_is_short_lived_and_kept_as_a_keyed_hash(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela)
    code = await code_of(town)
    (row,) = await town.rows("SELECT * FROM email_change")
    assert code.encode() not in row["code_hash"]
    assert NEW.encode() not in row["address"]
    assert row["expires_at"] - row["created_at"] == timedelta(minutes=15)
    later = datetime.now(UTC) + timedelta(minutes=16)
    await town.rows("UPDATE email_change SET expires_at = now() - interval '1 second'")
    assert (await confirm(angela, code)).json()["code"] == "email-change-ended"
    await purge_once(town.runtime.database, later)
    assert await town.rows("SELECT 1 FROM email_change") == []


async def test_codes_are_not_sent_without_measure(town: Town) -> None:
    angela = await by_franceconnect(town)
    for number in range(3):
        assert (await wish(angela, f"n{number}@neuf.example")).status_code == 201
    assert (await wish(angela, "n3@neuf.example")).status_code == 201
    await hold(town)
    answer = await wish(angela, "n4@neuf.example")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")
    assert int(answer.headers["retry-after"]) >= 1
    assert len(await Mailbox(town).emptied()) == 4, "what was refused was not written"


async def test_one_address_is_not_written_to_by_many(town: Town) -> None:
    answers = []
    for number in range(6):
        answers.append((await wish(await by_franceconnect(town, sub=f"{number}" * 64 + "v1"))).status_code)
        if number == BY_RECIPIENT.free:
            await hold(town)
    assert answers == [201] * 4 + [429] * 2
    assert len(await Mailbox(town).emptied()) == 4


async def test_a_browser_left_alone_does_not_give_the_account_away(town: Town) -> None:
    angela = await by_franceconnect(town)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        late = Caller(town, (await town.refresh(angela.refresh_token)).json()["access_token"])
        for answer in (await wish(late), await late.post("/v1/me/email-removals", None)):
            assert (answer.status_code, "max_age=600" in answer.headers["www-authenticate"]) == (401, True)


async def test_an_address_is_removed_and_told_and_does_not_come_back(town: Town) -> None:
    angela = await by_franceconnect(town)
    answer = await angela.post("/v1/me/email-removals", None)
    assert (answer.status_code, answer.json()["email"], answer.json()["email_verified"]) == (200, None, False)
    (letter,) = await Mailbox(town).emptied()
    assert (letter.recipient, "retirée" in letter.subject) == ("angela.dubois@example.fr", True)
    assert (await (await by_franceconnect(town)).get("/v1/me")).json()["email"] is None
    assert (await angela.post("/v1/me/email-removals", None)).status_code == 200
    assert [event["changed"] for event in await told(town)] == [["email"]]
    assert len(await trail(town, "email-removed")) == 1


async def test_who_signs_in_by_their_address_keeps_one(town: Town) -> None:
    zoe = await token_in(town, await registered(town))
    answer = await zoe.post("/v1/me/email-removals", None)
    assert (answer.status_code, answer.json()["code"]) == (409, "email-signs-in")


@pytest.mark.parametrize("email", ["", "x", "a@b\r\nBcc: c@d.example", "a@localhost", "a" * 250 + "@b.example"])
async def test_what_is_no_address_gets_no_letter(town: Town, email: str) -> None:
    answer = await wish(await by_franceconnect(town), email)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/email")
    assert await town.rows("SELECT 1 FROM letter") == []


async def test_an_erased_person_s_wish_cannot_be_read_any_more(town: Town) -> None:
    angela = await by_franceconnect(town)
    await wish(angela)
    await town.runtime.persons.destroy(UUID(await angela.id()))
    assert (await confirm(angela, await code_of(town))).status_code == 404
