# SPDX-License-Identifier: EUPL-1.2
"""Two agents join two accounts, after having compared them, and after both accounts were told and could object."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from counter import Caller, at_the_desk, by_franceconnect, colleague, merged, token_in
from identity_town import Browser, Town
from local_people import EMAIL, Mailbox, registered

from parvis_identity.outgoing.smtp import Written

RENAMED = {"sub": "n" * 64 + "v1", "family_name": "LEROY", "email": "leroy@example.fr"}
CARRY_OUT, DISCARD = {"decision": "carry-out"}, {"decision": "discard"}


async def prepared(town: Town, **changed: Any) -> tuple[Caller, Caller, httpx.Response]:
    """Both accounts of one who was renamed, and what the agent is answered who prepares to join them."""
    old, new = await by_franceconnect(town), await by_franceconnect(town, **RENAMED)
    desk = await at_the_desk(town)
    body = {"kept": await new.id(), "absorbed": await old.id(), "reason": "civil-status-changed"}
    return old, new, await desk.post("/v1/account-merges", body | {"document": "passport"} | changed)


async def decided(by: Caller, merge: httpx.Response, decision: dict[str, str] = CARRY_OUT) -> httpx.Response:
    path = f"/v1/account-merges/{merge.json()['id']}/decisions"
    return await by.post(path, decision, **{"if-match": '"1"'})


async def due(town: Town) -> None:
    await town.rows("UPDATE account_merge SET due_at = now()")


def link(letter: Written) -> str:
    found = re.search(r"https?://\S+?(/account/merge-objection\?token=\S+)", letter.text)
    assert found, letter.text
    return found[1]


async def stopped(browser: Browser, letter: Written) -> httpx.Response:
    page = await browser.get(link(letter))
    assert page.status_code == 200, page.text
    return await browser.submit(page)


async def test_the_agent_sees_in_what_the_accounts_agree_and_nothing_of_who_it_is(town: Town) -> None:
    _, _, answer = await prepared(town)
    assert answer.json()["comparison"] == {
        "given_names": "same",
        "family_name": "different",
        "gender": "same",
        "birth_date": "same",
        "birth_place": "same",
        "birth_country": "same",
    }
    # Any four digits may be in an identifier or in a fraction of a second.
    told = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\.\d+Z", "", answer.text)
    assert not re.search("DUBOIS|LEROY|Angela|1962", told)
    (kept,) = await town.rows("SELECT details::text FROM audit_entry WHERE action = 'merge-prepared'")
    assert '"document": ["passport"]' in kept["details"]
    assert '"differing": ["family_name"]' in kept["details"]


async def test_what_differs_needs_its_reason_and_a_document_and_a_birth_never_differs(town: Town) -> None:
    async def why(**changed: Any) -> str:
        _, _, answer = await prepared(town, **changed)
        assert (answer.status_code, answer.json()["code"]) == (409, "merge-impossible"), answer.text
        detail: str = answer.json()["detail"]
        return detail

    assert "changement d'état civil" in await why(reason="duplicate")
    assert "quelle pièce vous avez vue" in await why(document=None)
    stranger = await by_franceconnect(town, sub="z" * 64 + "v1", birthdate="1962-08-25")
    assert "deux personnes" in await why(absorbed=await stranger.id())
    assert await town.rows("SELECT 1 FROM account_merge") == []
    assert await Mailbox(town).emptied() == []


async def test_who_prepared_a_merge_does_not_decide_on_it(town: Town) -> None:
    old, _, merge = await prepared(town)
    await due(town)
    desk = await at_the_desk(town)
    answer = await decided(desk, merge)
    assert (answer.status_code, answer.json()["code"]) == (409, "merge-impossible")
    assert "Un autre agent" in answer.json()["detail"]
    assert (await old.get("/v1/me")).status_code == 200
    assert (await decided(await colleague(town), merge)).json()["state"] == "done"


async def test_nobody_is_merged_before_they_could_object(town: Town) -> None:
    old, _, merge = await prepared(town)
    until = datetime.fromisoformat(merge.json()["due_at"])
    assert timedelta(days=2) < until - datetime.now(UTC) <= timedelta(days=3)
    second = await colleague(town)
    answer = await decided(second, merge)
    assert (answer.status_code, answer.json()["code"]) == (409, "merge-impossible")
    assert "peuvent encore s'y opposer" in answer.json()["detail"]
    assert (await old.get("/v1/me")).status_code == 200
    assert (await decided(second, merge, DISCARD)).json()["state"] == "discarded", "that can be done at once"


async def test_both_accounts_are_told_before_and_after_each_in_their_language(town: Town) -> None:
    old = await by_franceconnect(town)
    reader = await old.get("/v1/me")
    patch = {"content-type": "application/merge-patch+json", "if-match": reader.headers["etag"]}
    assert (await old.call("PATCH", "/v1/me", {"language": "en"}, **patch)).status_code == 200
    _, _, merge = await prepared(town)
    box = Mailbox(town)
    before = {letter.recipient: letter for letter in await box.emptied()}
    assert set(before) == {"angela.dubois@example.fr", "leroy@example.fr"}
    english, french = before["angela.dubois@example.fr"], before["leroy@example.fr"]
    day = datetime.fromisoformat(merge.json()["due_at"]).astimezone(ZoneInfo("Europe/Paris")).date().isoformat()
    assert english.subject.startswith("Two accounts will be joined")
    assert day in english.text
    assert french.subject.startswith("Deux comptes vont être réunis")
    assert "/".join(reversed(day.split("-"))) in french.text
    await due(town)
    assert (await decided(await colleague(town), merge)).status_code == 200
    after = {letter.recipient: letter.subject[:24] for letter in await box.emptied()}
    assert after == {
        "angela.dubois@example.fr": "Two accounts were joined",
        "leroy@example.fr": "Deux comptes sont réunis",
    }
    assert (await town.browser().get(link(english))).status_code == 400, "it is too late"


async def test_whoever_reads_one_of_the_letters_stops_the_merge(town: Town) -> None:
    old, _, merge = await prepared(town)
    letters, browser = await Mailbox(town).emptied(), town.browser()
    assert (await browser.get(link(letters[0]))).status_code == 200
    assert (await decided(await colleague(town), merge)).status_code == 409, "a visit alone changes nothing"
    done = await stopped(browser, letters[0])
    assert "Les comptes restent séparés" in done.text
    await due(town)
    assert (await decided(await colleague(town), merge)).status_code == 412
    assert (await old.get("/v1/me")).status_code == 200
    seen = (await (await at_the_desk(town)).get(f"/v1/account-merges/{merge.json()['id']}")).json()
    assert (seen["state"], seen["decided_by"], seen["objected_at"]) == ("discarded", None, seen["decided_at"])
    (kept,) = await town.rows("SELECT actor_kind, object FROM audit_entry WHERE action = 'merge-objected'")
    assert (kept["actor_kind"], kept["object"]) == ("anonymous", merge.json()["id"])
    assert (await browser.get(link(letters[1]))).status_code == 400, "the other link is over, too"


async def test_a_made_up_link_and_a_form_of_another_site_stop_nothing(town: Town) -> None:
    await prepared(town)
    (letter, _) = await Mailbox(town).emptied()
    browser = town.browser()
    assert (await browser.get("/account/merge-objection?token=made-up")).status_code == 400
    assert (await browser.get("/account/merge-objection")).status_code == 400
    token = link(letter).partition("token=")[2]
    assert (await browser.http.post("/account/merge-objection", data={"token": token})).status_code == 400
    assert (await town.rows("SELECT state FROM account_merge"))[0]["state"] == "prepared"


async def test_an_account_of_our_own_is_written_to_where_its_letters_go(town: Town) -> None:
    local = await token_in(town, await registered(town))
    fc, desk = await by_franceconnect(town), await at_the_desk(town)
    box = Mailbox(town)
    await box.emptied()
    answer = await merged(town, desk, await local.id(), await fc.id())
    assert answer.status_code == 200, answer.text
    assert answer.json()["comparison"]["birth_date"] == "unknown"
    written = [(letter.recipient, letter.subject.partition(" – ")[0]) for letter in await box.emptied()]
    assert sorted(written) == sorted(
        (recipient, subject)
        for recipient in (EMAIL, "angela.dubois@example.fr")
        for subject in ("Deux comptes vont être réunis", "Deux comptes sont réunis")
    )
