# SPDX-License-Identifier: EUPL-1.2
"""The page of one's own passkeys: making, naming and removing them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from fake_provider import citizen
from identity_town import Attempt, Town
from key_holder import PRESENT, VERIFIED, KeyHolder, asked_by
from local_people import Mailbox, registered
from passkey_people import SETTINGS, add, added, csrf_of, ids_on, send, sign_in_by_key, to_passkey_login
from profile_people import trail

from parvis_identity.domain.passkey import MAX_PASSKEYS


async def test_the_options_ask_for_what_the_settings_say(town: Town) -> None:
    browser = await registered(town)
    holder = await added(browser)
    options, _ = asked_by(await browser.get(SETTINGS))
    assert options["rp"] == {"id": "localhost", "name": "Parvis"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [len(known["id"]) for known in options["excludeCredentials"]] == [43]
    asked, _ = asked_by(await to_passkey_login(town.browser(), Attempt()))
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")
    assert asked.get("allowCredentials", []) == [], "nobody learns from a page whose keys there are"
    assert holder.owner != b""


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://parvis.example"},
        {"domain": "parvis.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids="-".join,
)
async def test_a_key_made_for_something_else_is_not_taken(town: Town, lie: dict[str, Any]) -> None:
    browser = await registered(town)
    refused = await add(browser, KeyHolder(**lie))
    assert refused.status_code == 422
    assert await town.rows("SELECT 1 FROM passkey") == []


async def test_nobody_registers_a_key_of_somebody_else_nor_for_them(town: Town) -> None:
    first, second = await registered(town), await registered(town, "max@example.fr")
    holder = await added(first)
    again = KeyHolder(identifier=holder.identifier)
    assert (await add(second, again)).status_code == 422
    page, theirs = await first.get(SETTINGS), await second.get(SETTINGS)
    options, asked = asked_by(page)
    moved = await send(second, theirs, "add", asked=asked, credential=KeyHolder().make(options))
    assert moved.status_code == 422
    (id_,) = ids_on(page)
    for act in ("rename", "remove"):
        assert (await send(second, theirs, act, passkey=id_, label="À moi")).status_code == 422
    assert len(await town.rows("SELECT 1 FROM passkey")) == 1


async def test_one_is_renamed_and_removed_and_its_owner_is_told(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    await box.emptied()
    holder = await added(browser, "  Téléphone\n de   Zoé ")
    page = await browser.get(SETTINGS)
    assert "Téléphone de Zoé</h2>" in page.text
    (id_,) = ids_on(page)
    await send(browser, page, "rename", passkey=id_, label="<b>Bureau</b>")
    page = await browser.get(SETTINGS)
    assert "&lt;b&gt;Bureau&lt;/b&gt;</h2>" in page.text
    assert (await send(browser, page, "remove", passkey=id_)).status_code == 303
    assert "pas encore" in (await browser.get(SETTINGS)).text
    assert (await sign_in_by_key(town.browser(), Attempt(), holder)).status_code == 422
    assert await trail(town, "passkey-added", "passkey-removed") == [("passkey-added", {}), ("passkey-removed", {})]
    subjects = [letter.subject for letter in await box.emptied()]
    assert [subject.split(" – ")[0] for subject in subjects] == [
        "Une clé d'accès a été ajoutée",
        "Une clé d'accès a été retirée",
    ]


async def test_the_last_way_in_is_never_removed(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    await browser.code(Attempt())
    await added(browser, "Première")
    await town.rows("DELETE FROM identity_link RETURNING 1")
    page = await browser.get(SETTINGS)
    (first,) = ids_on(page)
    refused = await send(browser, page, "remove", passkey=first)
    assert refused.status_code == 422
    assert "seule façon d’entrer" in refused.text
    await added(browser, "Seconde")
    both = ids_on(await browser.get(SETTINGS))
    done = await asyncio.gather(*(send(browser, page, "remove", passkey=id_) for id_ in both))
    assert sorted(answer.status_code for answer in done) == [303, 422]
    assert len(await town.rows("SELECT 1 FROM passkey")) == 1


async def test_changes_are_for_who_signed_in_a_moment_ago(town: Town) -> None:
    browser = await registered(town)
    await added(browser)
    page = await browser.get(SETTINGS)
    (id_,), (options, asked) = ids_on(page), asked_by(page)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        stale = await browser.get(SETTINGS)
        assert "il y a plus de dix minutes" in stale.text
        assert "<form" not in stale.text
        for act, more in (
            ("rename", {"passkey": id_}),
            ("remove", {"passkey": id_}),
            ("add", {"asked": asked, "credential": KeyHolder().make(options)}),
        ):
            assert (await send(browser, page, act, **more)).status_code == 422
    assert len(await town.rows("SELECT 1 FROM passkey")) == 1


async def test_nobody_has_more_than_twenty(town: Town) -> None:
    browser = await registered(town)
    for _ in range(MAX_PASSKEYS):
        await added(browser)
    refused = await add(browser, KeyHolder())
    assert refused.status_code == 422
    assert "déjà vingt" in refused.text


async def test_forged_forms_and_strangers_are_refused(town: Town) -> None:
    browser, other = await registered(town), await registered(town, "max@example.fr")
    await added(browser)
    page = await browser.get(SETTINGS)
    (id_,) = ids_on(page)
    forged = await browser.http.post(SETTINGS, data={"csrf": "0" * 64, "act": "remove", "passkey": id_})
    assert forged.status_code == 400
    assert (await town.browser().get(SETTINGS)).status_code == 401
    assert (await send(browser, page, "explode", passkey=id_)).status_code == 400
    assert (await send(browser, page, "remove", passkey="not an id")).status_code == 422
    assert csrf_of(page) != csrf_of(await other.get(SETTINGS))


async def test_what_people_call_their_keys_is_not_stored_in_the_clear(town: Town) -> None:
    await added(await registered(town), "Téléphone de Zoé")
    rows = [row for table in ("passkey", "letter", "outbox") for row in await town.rows(f"SELECT * FROM {table}")]
    stored = "".join(str([v.hex() if isinstance(v, bytes) else v for v in row.values()]) for row in rows)
    assert "Zoé" not in stored
    assert "Zoé".encode().hex() not in stored
