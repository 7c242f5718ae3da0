# SPDX-License-Identifier: EUPL-1.2
"""Accounts that a town brings from elsewhere: checked, kept apart, and taken over by whose they are."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from back_office import administrator
from command_line import connect, parvis
from erased_people import erased
from identity_town import Attempt, Browser, Town, answered
from imported_people import BOB, HEADER, SCOPE, ZOE, imported, send, worker
from local_people import EMAIL, PASSWORD, Mailbox, ask, registered

from parvis_identity.db.purge import purge
from parvis_identity.domain.audit import citizen


@pytest.fixture
async def sophie(town: Town) -> str:
    return await administrator(town, SCOPE)


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["created"], report["known"], report["existing"], report["refused"]


async def finish(browser: Browser, link: str, given_names: str, family_name: str) -> httpx.Response:
    form = await browser.get(link)
    assert form.status_code == 200, form.text
    return await browser.submit(form, given_names=given_names, family_name=family_name, password=PASSWORD)


async def signed_in(town: Town) -> dict[str, Any]:
    """What the account of Zoé holds, as she sees it."""
    attempt, browser = Attempt(), town.browser()
    login = await browser.follow(await browser.authorize(attempt))
    page = await browser.click(login, "Continuer avec mon adresse électronique")
    consent = await browser.follow(await browser.submit(page, email=EMAIL, password=PASSWORD))
    code = answered(await browser.submit(consent, decision="allow"))["code"]
    token = (await town.exchange(attempt, code)).json()["access_token"]
    me: dict[str, Any] = (await town.get("/v1/me", token)).json()
    return me


async def test_whoever_reads_the_letters_takes_their_account_over(town: Town, sophie: str) -> None:
    report = await imported(town, sophie, ZOE, BOB)
    assert (report["state"], report["total"], counts(report)) == ("finished", 2, (2, 0, 0, 0))
    assert await town.rows("SELECT 1 FROM person WHERE id IN (SELECT person FROM local_account)") == []
    box = Mailbox(town)
    letters = {letter.recipient: letter for letter in await box.emptied()}
    assert letters["bob@example.fr"].subject == "Your account awaits you – City of Paris"
    box.letters = [letters[EMAIL]]
    # Without hyphen and accents, as people write their names.
    done = await finish(town.browser(), await box.link(), "zoe", "Martin Levy")
    assert done.status_code == 200
    me = await signed_in(town)
    assert (me["given_names"], me["family_name"], me["phone"]) == ("zoe", "Martin Levy", "+33612345678")
    assert (me["birth"]["date"], me["birth"]["place"]) == ("1990-02-03", "75056")
    assert await town.rows("SELECT 1 FROM identity_proof") == [], "nobody has verified any of it"
    (row,) = await town.rows("SELECT details, person FROM imported_account WHERE person IS NOT NULL")
    assert (row["details"], str(row["person"])) == (None, me["id"])
    acts = await town.rows("SELECT action, actor_kind FROM audit_entry WHERE action LIKE 'account%' ORDER BY id")
    assert [tuple(act) for act in acts[:2]] == [("accounts-sent", "agent"), ("accounts-imported", "service")]
    # Of one request, in whichever order: they may be of one millisecond.
    assert sorted(map(tuple, acts[2:])) == [("account-claimed", "citizen"), ("account-opened", "citizen")]


async def test_who_registers_by_themselves_finds_theirs_and_nobody_else_does(town: Town, sophie: str) -> None:
    await imported(town, sophie, ZOE)
    box, browser = Mailbox(town), town.browser()
    await box.emptied()
    await ask(browser, Attempt(), "Ouvrir un compte")
    stranger = await finish(browser, await box.link(), "Éric", "MARTIN-LÉVY")
    assert stranger.status_code == 303
    me = await signed_in(town)
    assert (me["birth"]["date"], me["phone"]) == (None, None), "the address was somebody else's"
    assert len(await town.rows("SELECT 1 FROM imported_account WHERE person IS NULL AND details IS NOT NULL")) == 1


async def test_an_account_that_stands_is_neither_changed_nor_written_to(town: Town, sophie: str) -> None:
    await registered(town)
    box = Mailbox(town)
    before = await town.rows("SELECT * FROM person ORDER BY id")
    report = await imported(town, sophie, ZOE.replace("Zoé Marie;MARTIN-LÉVY", "Zoé;MARTIN"))
    assert counts(report) == (0, 0, 1, 0)
    assert await town.rows("SELECT * FROM person ORDER BY id") == before
    assert await town.rows("SELECT 1 FROM imported_account") == []
    assert await box.emptied() == []


async def test_a_dry_run_says_the_same_and_writes_nothing(town: Town, sophie: str) -> None:
    wrong = "A-19;nobody;;ROY;2001-13;;;;;"
    dry = await imported(town, sophie, ZOE, BOB, wrong, dry_run=True)
    assert (dry["dry_run"], counts(dry)) == (True, (2, 0, 0, 1))
    assert await town.rows("SELECT 1 FROM imported_account") == []
    assert await Mailbox(town).emptied() == []
    real = await imported(town, sophie, ZOE, BOB, wrong)
    assert (counts(real), real["errors"]) == (counts(dry), dry["errors"])


async def test_a_file_sent_again_changes_nothing(town: Town, sophie: str) -> None:
    await imported(town, sophie, ZOE, BOB)
    box = Mailbox(town)
    assert len(await box.emptied()) == 2
    again = await imported(town, sophie, ZOE.replace("06 12", "06 99"), BOB)
    assert counts(again) == (0, 2, 0, 0)
    assert await box.emptied() == []


async def test_a_file_sent_again_brings_nobody_back_who_was_erased(town: Town, sophie: str) -> None:
    await imported(town, sophie, ZOE)
    box = Mailbox(town)
    assert (await finish(town.browser(), await box.link(), "zoe", "Martin Levy")).status_code == 200
    (row,) = await town.rows("SELECT person FROM local_account")
    async with town.runtime.database.unit_of_work() as uow:
        await town.parts.about_people.erasures.ask(uow.session, citizen(row["person"]), datetime.now(UTC))
        await uow.commit()
    await erased(town)
    await box.emptied()
    assert counts(await imported(town, sophie, ZOE)) == (0, 1, 0, 0)
    assert await box.emptied() == []
    (left,) = await town.rows("SELECT email_index, details FROM imported_account")
    assert (left["email_index"], left["details"]) == (b"", None)


async def test_each_wrong_value_is_told_by_line_and_column(town: Town, sophie: str) -> None:
    report = await imported(
        town,
        sophie,
        ZOE,
        ";x@example.fr;Ada;ROY;;;;;;",
        "A-2;x@example;Ada;ROY;1990-02-30;7505;33;other;12;de",
        "A-17;y@example.fr;Ada;ROY;;;;;;",
        f"A-4;{EMAIL.upper()};Ada;ROY;;;;;;",
    )
    assert counts(report) == (1, 0, 0, 4)
    assert [(e["line"], e["pointer"], e["code"]) for e in report["errors"]] == [
        (3, "/external_id", "missing"),
        *((4, f"/{name}", "invalid") for name in (
            "birth_country", "birth_date", "birth_place", "email", "gender", "language", "phone",
        )),
        (5, "/external_id", "twice-in-the-file"),
        (6, "/email", "twice-in-the-file"),
    ]  # fmt: skip
    assert counts(await imported(town, sophie, f"B-1;{EMAIL};Ada;ROY;;;;;;")) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "header"),
        (HEADER.replace("email", "mail").encode(), "header"),
        (f"{HEADER};phone".encode(), "header"),
        (f"{HEADER}\nA;b".encode(), "columns"),
        (f'{HEADER}\n"A'.encode(), "syntax"),
        (f"{HEADER}\nA\0".encode(), "syntax"),
        (f"{HEADER}\n\xe9".encode("latin-1"), "encoding"),
    ],
)
async def test_a_file_that_cannot_be_read_leaves_nothing(town: Town, sophie: str, content: bytes, code: str) -> None:
    headers = {"authorization": f"Bearer {sophie}", "content-type": "text/csv", "idempotency-key": "k"}
    async with town.client() as http:
        refused = await http.post("/v1/account-imports", content=content, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable-file"), refused.text
    assert refused.json()["errors"][0]["code"] == code
    assert await town.rows("SELECT 1 FROM account_import") == []


async def test_nothing_readable_waits_in_the_database(town: Town, sophie: str) -> None:
    await send(town, sophie, ZOE)
    await worker(town).round(datetime.now(UTC))
    await send(town, sophie, "A-18;barnabe.vaucanson@example.fr;Barnabé;VAUCANSON;;;;;;en")
    tables = ["account_import", "account_import_part", "account_import_error", "imported_account", "letter", "outbox"]
    rows = [row for table in tables for row in await town.rows(f"SELECT * FROM {table}")]
    stored = b"".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values())
    # None of them is so short that it may be in an identifier or in what is sealed.
    secrets = ("A-17", "zoe.martin", "LÉVY", "1990-02-03", "0612345678", "33612345678", "barnabe", "VAUCANSON")
    for secret in secrets:
        assert secret.encode() not in stored


async def test_many_lines_are_worked_off_in_parts_each_once_and_let_other_letters_by(town: Town, sophie: str) -> None:
    lines = [f"M-{n};m{n}@example.fr;Ada;ROY;;;;;;" for n in range(250)]
    sent = await send(town, sophie, *lines)
    workers = [worker(town), worker(town)]
    assert await workers[0].round(datetime.now(UTC))
    running = (await town.get(sent.headers["location"], sophie)).json()
    assert (running["state"], running["created"]) == ("running", 100)
    assert await workers[1].round(datetime.now(UTC))
    assert not await workers[0].round(datetime.now(UTC)), "as many letters wait as may"
    await town.rows("DELETE FROM letter")
    while await workers[0].round(datetime.now(UTC)):
        pass
    done = (await town.get(sent.headers["location"], sophie)).json()
    assert (done["state"], counts(done)) == ("finished", (250, 0, 0, 0))
    assert len(await town.rows("SELECT 1 FROM imported_account")) == 250
    assert await town.rows("SELECT 1 FROM account_import_part") == []
    (act,) = await town.rows("SELECT details FROM audit_entry WHERE action = 'accounts-imported'")
    assert json.loads(act["details"])["created"] == ["250"]


async def test_what_nobody_comes_for_is_forgotten_after_a_year(town: Town, sophie: str) -> None:
    await imported(town, sophie, ZOE)
    for days, left in ((364, 1), (366, 0)):
        async with town.runtime.database.unit_of_work() as uow:
            await purge(uow.session, datetime.now(UTC) + timedelta(days=days))
            await uow.commit()
        assert len(await town.rows("SELECT 1 FROM imported_account")) == left


async def test_another_town_sees_nothing_of_it(town: Town, sophie: str) -> None:
    sent = await send(town, sophie, ZOE)
    stranger = town.service.agent("lutece", roles=["administrator"], scope=SCOPE).headers
    assert (await town.service.client.get(sent.headers["location"], headers=stranger)).status_code == 404
    for caller in (town.service.citizen(scope=SCOPE), town.service.system(scope=SCOPE)):
        assert (await town.service.client.get(sent.headers["location"], headers=caller.headers)).status_code == 403


async def test_the_command_brings_a_file_and_tells_what_came_of_it(
    town: Town, sophie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(f"{HEADER}\n{ZOE}\nA-2;x;Ada;ROY;;;;;;", "utf-8")

    async def work() -> None:
        while await worker(town).round(datetime.now(UTC)):
            pass

    connect(town, monkeypatch, work)
    assert await parvis("people", "import", str(file)) == 1
    assert "PARVIS_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("PARVIS_TOKEN", sophie)
    for arguments, words in (
        (["--dry-run"], "2 lines: 1 created, 0 known, 0 existing, 1 refused (dry run)"),
        ([], "2 lines: 1 created, 0 known, 0 existing, 1 refused"),
        ([], "2 lines: 1 created, 0 known, 0 existing, 1 refused"),
    ):
        url = ["--url", "http://localhost:8080"]
        assert await parvis("people", "import", str(file), *url, *arguments) == 2
        said = capsys.readouterr().out.splitlines()
        assert "line 3 /email: invalid" in said
        assert words in said
    assert len(await town.rows("SELECT 1 FROM account_import WHERE NOT dry_run")) == 1, "sent again, it is the same"
    assert await parvis("people", "import", str(tmp_path / "none.csv")) == 1


async def test_a_report_can_be_had_later_when_the_token_did_not_live_that_long(
    town: Town, sophie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(f"{HEADER}\n{BOB}", "utf-8")
    calls = 0

    async def outlive() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            await town.rows("UPDATE token_grant SET revoked_at = now()")

    connect(town, monkeypatch, outlive)
    monkeypatch.setenv("PARVIS_TOKEN", sophie)
    assert await parvis("people", "import", str(file)) == 1
    assert "give this command again with a fresh PARVIS_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("PARVIS_TOKEN", await administrator(town, SCOPE))
    while await worker(town).round(datetime.now(UTC)):
        pass
    assert await parvis("people", "import", str(file)) == 0
    assert "1 lines: 1 created" in capsys.readouterr().out
    assert len(await town.rows("SELECT 1 FROM account_import")) == 1
