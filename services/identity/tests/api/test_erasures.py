# SPDX-License-Identifier: EUPL-1.2
"""Somebody wants their account erased (GDPR, article 17): not at once, whole, once, and for good."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from behalf import BRUNO
from counter import CITIZEN_SCOPES, at_the_desk, by_franceconnect, merged, token_in
from erased_people import (
    ASKED,
    ERASED,
    KEPT,
    OWN,
    asked,
    destroyed,
    emptied_when_due,
    erased,
    link,
    titled,
    told,
    worked,
)
from identity_town import Town
from local_people import EMAIL, Mailbox, registered
from passkey_people import added as passkey_added
from profile_people import added, trail
from second_factors import MIDST, turned_on
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.domain.audit import citizen
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.leave_everything import LeaveEverything
from parvis_identity.worker import erasing
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys

TABLES = (
    "local_account", "known_device", "totp", "recovery_code", "passkey", "consent", "email_change", "postal_address",
    "identity_link", "identity_proof", "mail_link", "act_on_behalf", "household_child", "phone_code",
)  # fmt: skip
ELSEWHERE = {
    "account_erasure": "says itself that it was done",
    "assistance": "keeps that an agent helped, without the reason",
    "imported_account": "keeps the hash by which the same file brings nobody back",
    "logout_notice": "goes out to the clients, and then away",
    "membership": "keeps an id, as the audit trail does",
    "organisation_member": "keeps an id, as others see that somebody was",
    "second_factor_reset": "keeps when and why",
    "session": "ended, and purged with all that are",
    "token_grant": "ended, and purged with all that are",
}
BLANK = (
    "given_names", "family_name", "preferred_name", "gender", "birth_date", "birth_place", "birth_country", "email",
    "email_index", "phone", "email_verified_at", "phone_verified_at",
)  # fmt: skip


async def test_after_the_days_nothing_is_left_but_the_id_and_the_address_opens_another_account(town: Town) -> None:
    browser = await registered(town)
    await passkey_added(browser)
    with time_machine.travel(MIDST, tick=False):
        await turned_on(browser)
    caller = await token_in(town, browser)
    person = await caller.id()
    await added(caller)
    assert (await caller.post("/v1/me/email-changes", {"email": "autre@example.fr"})).status_code == 201
    letter = await asked(caller)
    assert (letter.recipient, titled([letter])) == (EMAIL, [ASKED])
    due = (datetime.now(UTC) + timedelta(days=14)).astimezone(ZoneInfo("Europe/Paris"))
    assert any(f"{day:%d/%m/%Y}" in letter.text for day in (due, due - timedelta(minutes=5)))
    assert await worked(town) is False, "not before"
    assert (await caller.get("/v1/me")).status_code == 200
    assert await emptied_when_due(town)
    (last,) = await Mailbox(town).emptied()
    assert (last.recipient, titled([last])) == (EMAIL, [ERASED])
    assert (await browser.get("/account/profile")).status_code == 401
    assert (await caller.get("/v1/me")).status_code in {401, 404}
    for table in TABLES:
        assert await town.rows(f"SELECT 1 FROM {table}") == [], table
    (row,) = await town.rows("SELECT * FROM person WHERE id = $1", UUID(person))
    assert [row[name] for name in BLANK] == [None] * len(BLANK)
    assert row["erased_at"] is not None
    assert [str(event["person"]) for event in await told(town)] == [person]
    assert await destroyed(town, person) == [False], "other processes know the key still"
    assert await worked(town, later=timedelta(minutes=3))
    assert await destroyed(town, person) == [True]
    assert await worked(town, later=timedelta(minutes=3)) is False, "once"
    assert len(await told(town)) == 1
    assert [action for action, _ in await trail(town, "erasure-asked", "account-erased")] == [
        "erasure-asked",
        "account-erased",
    ]
    anew = await (await token_in(town, await registered(town))).id()
    assert anew != person


async def test_the_letter_tells_the_day_by_the_clocks_of_the_town(town: Town) -> None:
    caller, box = await by_franceconnect(town), Mailbox(town)
    await box.emptied()
    late = (datetime.now(UTC) - timedelta(days=1)).replace(hour=23, minute=30)
    async with town.runtime.database.unit_of_work() as uow:
        erasure = await town.parts.about_people.erasures.ask(uow.session, citizen(UUID(await caller.id())), late)
        await uow.commit()
    (letter,) = await box.emptied()
    assert f"{erasure.due_at + timedelta(days=1):%d/%m/%Y}" in letter.text, "in Paris it is the next day by then"


async def test_each_table_that_names_people_is_looked_into_or_says_why_not(town: Town) -> None:
    naming = (
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'person' AND table_schema = 'public'"
    )
    found = {row["table_name"] for row in await town.rows(naming)}
    assert found - set(TABLES) == ELSEWHERE.keys()


async def test_one_that_fails_is_put_off_longer_each_time_and_holds_up_neither_the_next_nor_the_keys(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = await by_franceconnect(town), await by_franceconnect(town, **BRUNO)
    broken, well = [UUID(await caller.id()) for caller in (first, second)]
    for caller in (first, second):
        await asked(caller)
    leave = LeaveEverything.leave

    async def failing(leaving: LeaveEverything, session: AsyncSession, person: UUID, now: datetime) -> list[UUID]:
        if person == broken:
            raise RuntimeError
        return await leave(leaving, session, person, now)

    monkeypatch.setattr(LeaveEverything, "leave", failing)
    earlier = "UPDATE account_erasure SET due_at = created_at - $2::interval WHERE person = $1 RETURNING id"
    (failed,) = await town.rows(earlier, broken, timedelta(days=1))
    await town.rows(earlier, well, timedelta())
    pauses = []
    for later in (timedelta(), timedelta(minutes=3), timedelta(minutes=30)):
        at = datetime.now(UTC) + later
        assert await erasing(town.runtime).round(at)
        (row,) = await town.rows("SELECT due_at, failures FROM account_erasure WHERE person = $1", broken)
        pauses.append((round((row["due_at"] - at).total_seconds()), row["failures"]))
        assert await worked(town, later=later) is (later == timedelta()), "the other one goes on"
    assert pauses == [(30, 1), (60, 2), (120, 3)]
    (row,) = await town.rows("SELECT state FROM account_erasure WHERE person = $1", well)
    assert row["state"] == "done"
    assert await destroyed(town, str(broken), str(well)) == [False, True]
    logged = [line for line in capsys.readouterr().out.splitlines() if "erasure_failed" in line]
    assert len(logged) == len(pauses)
    assert all(str(failed["id"]) in line for line in logged)


async def test_whoever_comes_by_a_provider_is_somebody_new_afterwards(town: Town) -> None:
    caller = await by_franceconnect(town)
    person = await caller.id()
    await asked(caller)
    await erased(town)
    assert await (await by_franceconnect(town)).id() != person


@pytest.mark.parametrize("by", ["person", "page", "letter", "agent"])
async def test_until_then_it_is_taken_back_once(town: Town, by: str) -> None:
    browser = await registered(town)
    caller = await token_in(town, browser)
    letter, person = await asked(caller), await caller.id()
    desk = await at_the_desk(town)
    (item,) = (await caller.get(OWN)).json()["items"]
    assert item["asked_by"] == "person"
    if by == "person":
        assert (await caller.post(f"{OWN}/cancellations", None)).status_code == 204
    elif by == "agent":
        assert (await desk.post(f"/v1/people/{person}/erasures/cancellations", None)).status_code == 204
    else:
        page = await browser.get("/account/erasure" if by == "page" else link(letter))
        assert page.status_code == 200
        assert len((await caller.get(OWN)).json()["items"]) == 1, "a visit alone changes nothing"
        assert (await browser.submit(page)).status_code == (303 if by == "page" else 200)
    assert (await caller.get(OWN)).json()["items"] == []
    assert await emptied_when_due(town) is False
    assert titled(await Mailbox(town).emptied()) == [KEPT]
    assert (await caller.post(f"{OWN}/cancellations", None)).status_code == 404
    assert (await desk.post(f"/v1/people/{person}/erasures/cancellations", None)).status_code == 404
    assert (await town.browser().get(link(letter))).status_code == 400
    ((_, details),) = await trail(town, "erasure-cancelled")
    assert details["by"] == ["person" if by == "page" else by]
    await asked(caller)


async def test_a_second_demand_finds_the_first_and_a_repeated_one_is_answered_alike(town: Town) -> None:
    caller = await by_franceconnect(town)
    key = {"idempotency-key": "one-demand-sent-twice-000"}
    first, again = [await caller.post(OWN, None, **key) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    other = await caller.post(OWN, None)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert len(await trail(town, "erasure-asked")) == 1


async def test_an_old_sign_in_asks_for_nothing(town: Town) -> None:
    browser = await registered(town)
    caller = await token_in(town, browser)
    page = await browser.get("/account/erasure")
    await town.rows("UPDATE session SET auth_time = auth_time - interval '11 minutes' RETURNING 1")
    await town.rows("UPDATE token_grant SET auth_time = auth_time - interval '11 minutes' RETURNING 1")
    assert (await browser.submit(page)).status_code == 401
    stale = await token_in(town, browser)
    answer = await stale.post(OWN, None)
    assert answer.status_code == 401
    assert "max_age" in answer.headers["www-authenticate"]
    assert (await caller.get(OWN)).json()["items"] == []


async def test_a_kill_before_the_keys_are_destroyed_is_made_good_and_what_was_written_meanwhile_goes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = await by_franceconnect(town)
    person = await caller.id()
    await asked(caller)
    assert await emptied_when_due(town)
    again = await (await at_the_desk(town)).post(f"/v1/people/{person}/erasures", {"document": "passport"})
    assert again.status_code == 404, "it is nobody's any more, though the key is known still"
    # Somebody who had read the account before it was emptied.
    late = (
        "INSERT INTO postal_address (id, person, kind, content, version, created_at, updated_at)"
        " VALUES (gen_random_uuid(), $1, 'home', 'x', 1, now(), now()) RETURNING 1"
    )
    await town.rows(late, UUID(person))
    destroy = PersonKeys.destroy

    async def killed(keys: PersonKeys, who: UUID) -> None:
        await destroy(keys, who)
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(PersonKeys, "destroy", killed)
        await worked(town, later=timedelta(minutes=3))
    (row,) = await town.rows("SELECT state, failures FROM account_erasure")
    assert (row["state"], row["failures"]) == ("emptied", 1)
    assert await worked(town, later=timedelta(minutes=4))
    (row,) = await town.rows("SELECT state FROM account_erasure")
    assert row["state"] == "done"
    assert await town.rows("SELECT 1 FROM postal_address") == []
    with pytest.raises(KeyDestroyedError):
        await town.runtime.persons.of(UUID(person))


async def test_two_workers_at_once_erase_once(town: Town) -> None:
    caller = await by_franceconnect(town)
    await asked(caller)
    await town.rows("UPDATE account_erasure SET due_at = created_at RETURNING 1")
    done = await asyncio.gather(*(worked(town) for _ in range(4)))
    assert done.count(True) >= 1
    assert len(await told(town)) == 1
    assert titled(await Mailbox(town).emptied()) == [ERASED]


async def test_of_the_worker_and_who_takes_it_back_at_once_one_has_it(town: Town) -> None:
    caller = await by_franceconnect(town)
    await asked(caller)
    await town.rows("UPDATE account_erasure SET due_at = created_at RETURNING 1")
    taken, kept = await asyncio.gather(worked(town), caller.post(f"{OWN}/cancellations", None))
    (row,) = await town.rows("SELECT state FROM account_erasure")
    assert (row["state"], kept.status_code == 204) == (("emptied", False) if taken else ("cancelled", True))


async def test_a_prepared_merge_gives_way_and_none_is_prepared_meanwhile(town: Town) -> None:
    desk, caller = await at_the_desk(town), await by_franceconnect(town)
    other = await by_franceconnect(town, sub="z" * 64 + "v1", email="autre@example.fr")
    both = {"kept": await other.id(), "absorbed": await caller.id(), "reason": "duplicate", "document": "passport"}
    assert (await desk.post("/v1/account-merges", both)).status_code == 201
    await asked(caller)
    assert [row["state"] for row in await town.rows("SELECT state FROM account_merge")] == ["discarded"]
    refused = await desk.post("/v1/account-merges", both)
    assert (refused.status_code, refused.json()["code"]) == (409, "merge-impossible")
    assert "effacement" in refused.json()["detail"]


async def test_what_went_into_the_account_goes_with_it_and_cannot_be_asked_about(town: Town) -> None:
    desk, kept = await at_the_desk(town), await by_franceconnect(town)
    absorbed = await by_franceconnect(town, sub="z" * 64 + "v1", email="autre@example.fr")
    ids = [await kept.id(), await absorbed.id()]
    assert (await merged(town, desk, *ids, reason="duplicate")).status_code == 200
    assert (await desk.post(f"/v1/people/{ids[1]}/erasures", {"document": "passport"})).status_code == 404
    await asked(kept)
    await erased(town)
    assert await destroyed(town, *ids) == [True, True]
    assert sorted(str(event["person"]) for event in await told(town)) == sorted(ids)


async def test_a_link_is_found_by_its_hash_alone(town: Town) -> None:
    letter = await asked(await by_franceconnect(town, CITIZEN_SCOPES))
    (row,) = await town.rows("SELECT objection_hash FROM account_erasure")
    assert row["objection_hash"] == fingerprint(link(letter).partition("token=")[2])
    assert (await town.browser().get("/account/erasure-objection?token=made-up")).status_code == 400
