# SPDX-License-Identifier: EUPL-1.2
"""One's own telephone, verified by a code that only its holder reads: asked for, typed, and of no use to others."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
import time_machine
from counter import Caller, by_franceconnect
from identity_town import Town
from machines import bearer, machine
from phone_codes import asked, other, to_send
from profile_people import change, told, trail

from parvis_identity.domain.throttle import Pace
from parvis_identity.worker import purge_once

MOBILE, FIXED, ABROAD = "06 12 34 56 78", "01 42 76 40 40", "+44 7400 123456"
SPENT = Pace(free=-20, longest=timedelta(hours=1), forgets=timedelta(hours=1))
"""After one attempt nobody makes another for an hour."""


async def with_phone(town: Town, number: str = MOBILE) -> Caller:
    angela = await by_franceconnect(town)
    assert (await change(angela, {"phone": number})).status_code == 200
    return angela


async def wish(caller: Caller, **headers: str) -> httpx.Response:
    return await caller.post("/v1/me/phone-codes", None, **headers)


async def code_of(town: Town) -> str:
    return str((await to_send(town, (await asked(town))[-1])).json()["code"])


async def confirm(caller: Caller, code: str) -> httpx.Response:
    return await caller.post("/v1/me/phone-confirmations", {"code": code})


async def test_who_reads_the_code_on_the_telephone_has_its_number_verified(town: Town) -> None:
    angela = await with_phone(town)
    assert (await wish(angela)).status_code == 201
    (id_,) = await asked(town)
    told = (await to_send(town, id_)).json()
    assert (told["phone"], told["language"]) == ("+33612345678", "fr")
    answer = await confirm(angela, told["code"])
    me = answer.json()
    assert (answer.status_code, me["phone"], me["phone_verified"]) == (200, "+33612345678", True)
    contact = await town.internal.get(f"/internal/v1/people/{me['id']}/contact", headers=bearer(await machine(town)))
    assert contact.json()["phone"] == "+33612345678", "text messages may go there"
    assert (await to_send(town, id_)).status_code == 404, "it is of no use any more"
    assert [action for action, _ in await trail(town, "phone-code-asked", "phone-verified")] == [
        "phone-code-asked",
        "phone-verified",
    ]


async def test_others_are_told_that_text_messages_may_go_there_now(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    before = len(await told(town))
    await confirm(angela, await code_of(town))
    (event,) = (await told(town))[before:]
    assert event["changed"] == ["phone"], "who keeps a copy of the contact asks for it again"
    assert event["sequence"] == (await town.rows("SELECT max(version) AS version FROM person"))[0]["version"]


async def test_neither_code_nor_number_leaves_but_to_who_sends_it(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    (id_,) = await asked(town)
    code = await code_of(town)
    (row,) = await town.rows("SELECT * FROM phone_code")
    assert code.encode() not in row["code"]
    (event,) = await town.rows("SELECT data FROM outbox WHERE type = 'fr.parvis.identity.phone-code-asked.v1'")
    assert set(json.loads(event["data"])) == {"code_id", "person", "collectivity", "occurred_at", "sequence"}
    assert "612345678" not in event["data"]
    path = f"/internal/v1/phone-codes/{id_}"
    assert (await town.internal.get(path)).status_code == 401
    assert (await town.internal.get(path, headers=bearer(angela.token))).status_code == 403
    assert (await to_send(town, str(uuid4()))).status_code == 404


@pytest.mark.parametrize(
    ("number", "code"), [(FIXED, "no-text-message"), (ABROAD, "no-text-message"), (None, "no-text-message")]
)
async def test_a_number_that_takes_no_text_is_verified_at_the_counter(
    town: Town, number: str | None, code: str
) -> None:
    angela = await (with_phone(town, number) if number else by_franceconnect(town))
    answer = await wish(angela)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await asked(town) == []


async def test_a_verified_number_needs_no_code(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    await confirm(angela, await code_of(town))
    assert (await wish(angela)).json()["code"] == "phone-verified"


async def test_the_code_of_a_number_says_nothing_of_the_next_one(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    code, (id_,) = await code_of(town), await asked(town)
    await change(angela, {"phone": "06 12 34 56 79"})
    assert (await to_send(town, id_)).status_code == 404
    assert (await confirm(angela, code)).json()["code"] == "phone-code-ended"
    assert (await angela.get("/v1/me")).json()["phone_verified"] is False


async def test_a_code_works_once_whoever_is_faster(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    code = await code_of(town)
    answers = await asyncio.gather(*(confirm(angela, code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


async def test_after_five_wrong_codes_the_right_one_is_too_late(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    code = await code_of(town)
    wrong = [await confirm(angela, other(code)) for _ in range(5)]
    assert {(answer.status_code, answer.json()["code"]) for answer in wrong} == {(422, "wrong-code")}
    assert (await confirm(angela, code)).json()["code"] == "phone-code-ended"
    assert len(await trail(town, "phone-code-refused")) == 5


async def test_nobody_has_a_telephone_flooded(town: Town) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):  # the first wait is a second long
        angela = await with_phone(town)
        answers = [await wish(angela) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [201] * 4 + [429], "three are free, the fourth is paid for"
        assert answers[-1].headers["retry-after"] == "1"
        # Another account with the same number does not get round it.
        bruno = await by_franceconnect(town, sub="b" * 64 + "v1")
        await change(bruno, {"phone": MOBILE})
        assert (await wish(bruno)).status_code == 429


async def with_another_phone(town: Town) -> Caller:
    bruno = await by_franceconnect(town, sub="b" * 64 + "v1")
    assert (await change(bruno, {"phone": "06 12 34 56 79"})).status_code == 200
    return bruno


async def test_one_network_is_not_served_for_ever_whichever_accounts_it_opens(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_identity.service.throttle.BY_TEXT_SOURCE", SPENT)
    here, elsewhere = {"x-forwarded-for": "192.0.2.7"}, {"x-forwarded-for": "192.0.2.8"}
    assert (await wish(await with_phone(town), **here)).status_code == 201
    bruno = await with_another_phone(town)
    late = await wish(bruno, **here)
    assert (late.status_code, late.json()["code"]) == (429, "rate-limited")
    assert int(late.headers["retry-after"]) > 1
    assert (await wish(bruno, **elsewhere)).status_code == 201, "others do not wait for it"


async def test_all_together_cost_no_more_than_the_deployment_allows(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_identity.service.throttle.by_all", lambda _: SPENT)
    assert (await wish(await with_phone(town), **{"x-forwarded-for": "192.0.2.7"})).status_code == 201
    late = await wish(await with_another_phone(town), **{"x-forwarded-for": "198.51.100.8"})
    assert (late.status_code, late.json()["code"]) == (429, "rate-limited")
    assert int(late.headers["retry-after"]) > 1
    assert len(await asked(town)) == 1


async def test_a_code_lives_ten_minutes_and_gives_way_to_the_next(town: Town) -> None:
    angela = await with_phone(town)
    await wish(angela)
    first = await code_of(town)
    (row,) = await town.rows("SELECT created_at, expires_at FROM phone_code")
    assert row["expires_at"] - row["created_at"] == timedelta(minutes=10)
    await wish(angela)
    second = await code_of(town)
    if first != second:
        assert (await confirm(angela, first)).status_code == 422
    await town.rows("UPDATE phone_code SET expires_at = now() - interval '1 second'")
    assert (await confirm(angela, second)).json()["code"] == "phone-code-ended"
    await purge_once(town.runtime.database, datetime.now(UTC))
    assert await town.rows("SELECT 1 FROM phone_code") == []
