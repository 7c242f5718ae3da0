# SPDX-License-Identifier: EUPL-1.2
"""Passwords that were stolen elsewhere, and how those that are taken are kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import pytest
from back_office import administrator
from identity_town import ISSUER, Attempt, Town
from local_people import EMAIL, OTHER_PASSWORD, PASSWORD, Mailbox, ask, register, registered, sign_in

from parvis_identity.accounts import letters_of
from parvis_identity.assembly import assemble
from parvis_identity.commands import build_breached_passwords, check_breached_passwords
from parvis_identity.main import internal_app, public_app
from parvis_identity.service.breached_passwords import HEADER, WIDTH, BreachedPasswords
from parvis_identity.service.passwords import hasher
from parvis_identity.service.work_off_imports import WorkOffImports

STOLEN = "girafe turquoise du viaduc"
RARE = "sept chaises vers la falaise"
WORDS = "liste de mots de passe volés"


def line(password: str, count: int) -> str:
    return f"{sha1(password.encode()).hexdigest().upper()}:{count}"  # noqa: S324 - as the corpus has it


def corpus(folder: Path) -> Path:
    """As the downloader writes it, among many others."""
    lines = sorted([line(STOLEN, 912), line(RARE, 1), *(line(f"other {n}", n + 1) for n in range(2_000))])
    file = folder / "pwnedpasswords.txt"
    file.write_bytes("".join(f"{text}\r\n" for text in lines).encode())
    return file


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    build_breached_passwords(corpus(tmp_path), tmp_path / "list", 2)
    return tmp_path / "list"


@pytest.fixture
def other(town: Town) -> Callable[..., Any]:
    """The town with other settings, on the same databases."""

    @asynccontextmanager
    async def opened(**changed: Any) -> AsyncIterator[Town]:
        runtime = replace(town.runtime, settings=town.runtime.settings.model_copy(update=changed))
        parts = assemble(runtime)
        runtime = replace(runtime, tokens=parts.verifier())
        transport = httpx.ASGITransport(internal_app(runtime, parts))
        async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as internal:
            yield replace(town, app=public_app(runtime, parts), internal=internal, parts=parts)

    return opened


async def test_nobody_opens_an_account_with_a_stolen_password(other: Callable[..., Any], listed: Path) -> None:
    async with other(breached_passwords_file=listed) as town:
        browser, box = town.browser(), Mailbox(town)
        await ask(browser, Attempt(), "Ouvrir un compte")
        form = await browser.get(await box.link())
        names = {"given_names": "Zoé", "family_name": "MARTIN"}
        refused = await browser.submit(form, **names, password=STOLEN)
        assert (refused.status_code, WORDS in refused.text) == (422, True)
        assert STOLEN not in refused.text
        assert (await browser.submit(refused, **names, password=RARE)).status_code == 303, "fewer times than asked for"


async def test_nobody_changes_or_recovers_theirs_to_a_stolen_one(other: Callable[..., Any], listed: Path) -> None:
    async with other(breached_passwords_file=listed) as town:
        browser, box = await registered(town), Mailbox(town)
        form = await browser.get("/account/password")
        refused = await browser.submit(form, present=PASSWORD, password=STOLEN)
        assert (refused.status_code, WORDS in refused.text) == (422, True)
        await ask(forgetful := town.browser(), Attempt(), "Mot de passe oublié")
        refused = await forgetful.submit(await forgetful.get(await box.link()), password=STOLEN)
        assert (refused.status_code, WORDS in refused.text) == (422, True)
        assert (await forgetful.submit(refused, password=OTHER_PASSWORD)).status_code == 200


async def test_nobody_takes_an_imported_account_over_with_a_stolen_one(other: Callable[..., Any], listed: Path) -> None:
    async with other(breached_passwords_file=listed) as town:
        sophie = await administrator(town, "openid identity.imports.write")
        brought = f"external_id;email;given_names;family_name\r\nA-17;{EMAIL};Zoé;MARTIN\r\n"
        headers = {"authorization": f"Bearer {sophie}", "content-type": "text/csv", "idempotency-key": "one"}
        async with town.client() as http:
            assert (
                await http.post("/v1/account-imports", content=brought.encode(), headers=headers)
            ).status_code == 202
        run, letters = town.runtime, letters_of(town.runtime)
        importer = WorkOffImports(run.database, run.master, run.persons, run.blind_index, letters)
        while await importer.round(datetime.now(UTC)):
            pass
        form = await (browser := town.browser()).get(await Mailbox(town).link())
        names = {"given_names": "Zoé", "family_name": "MARTIN"}
        refused = await browser.submit(form, **names, password=STOLEN)
        assert (refused.status_code, WORDS in refused.text) == (422, True)
        assert (await browser.submit(refused, **names, password=PASSWORD)).status_code in {200, 303}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: file.write_bytes(b""), "cannot be read"),
        (lambda file: file.write_bytes(b"password\n" * 100), "is no list of breached passwords"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "is cut off"),
        (lambda file: file.write_bytes(file.read_bytes()[: HEADER.size] + file.read_bytes()[HEADER.size :][::-1]),
         "is out of order"),
    ],
)  # fmt: skip
async def test_a_list_that_cannot_be_read_is_told_and_no_password_is_taken_unseen(
    other: Callable[..., Any], listed: Path, spoil: Callable[[Path], Any], why: str
) -> None:
    spared = listed.rename(listed.with_name("spared"))  # noqa: ASYNC240 - a small file
    copyfile(spared, listed)
    spoil(listed)
    async with other(breached_passwords_file=listed) as town:
        ready = await town.internal.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["breached-passwords"]) == (503, f"list {why}")
        browser = town.browser()
        await ask(browser, Attempt(), "Ouvrir un compte")
        form = await browser.get(await (box := Mailbox(town)).link())
        fields = {"given_names": "Zoé", "family_name": "MARTIN", "password": PASSWORD}
        assert (await browser.submit(form, **fields)).status_code == 503
        copyfile(spared, listed)
        assert (await town.internal.get("/readyz")).status_code == 200
        assert (await browser.submit(form, **fields)).status_code == 303
        assert await box.emptied() == []


async def test_without_a_list_the_service_is_ready(town: Town) -> None:
    assert (await town.internal.get("/readyz")).json()["checks"]["breached-passwords"] == "ready"


def test_all_of_the_corpus_is_found_and_nothing_else(tmp_path: Path, listed: Path) -> None:
    known = BreachedPasswords(listed)
    assert all(known.has(f"other {n}") for n in range(1, 2_000))
    assert known.has("not this", STOLEN)
    assert not any(known.has(f"another {n}") for n in range(2_000))
    assert not known.has(RARE)
    assert listed.stat().st_size == HEADER.size + 2_000 * WIDTH
    build_breached_passwords(tmp_path / "pwnedpasswords.txt", listed, 1)
    assert BreachedPasswords(listed).has(RARE)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no line"),
        (b"password\n", "line 1 is not HASH:COUNT"),
        (b"zz:1\n", "line 1 is not HASH:COUNT"),
        (b"8846F7EAEE8FB117AD06BDD830B7586C:1\n", "line 1 has no SHA-1"),
        (b"%s:1\n%s:1\n" % (b"B" * 40, b"A" * 40), "line 2 is not in the order"),
        (b"%s:many\n" % (b"A" * 40), "line 1 is not HASH:COUNT"),
    ],
)
def test_a_corpus_of_another_sort_leaves_the_former_list(listed: Path, content: bytes, why: str) -> None:
    before, wrong = listed.read_bytes(), listed.with_name("wrong.txt")
    wrong.write_bytes(content)
    with pytest.raises(SystemExit, match=why):
        build_breached_passwords(wrong, listed, 1)
    assert listed.read_bytes() == before
    assert not list(listed.parent.glob("*.unfinished"))


def test_one_byte_that_was_changed_is_found(listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_breached_passwords(listed)
    assert "2000 passwords" in capsys.readouterr().out
    content = bytearray(listed.read_bytes())
    content[-1] ^= 1
    listed.write_bytes(content)
    with pytest.raises(SystemExit, match="was changed"):
        check_breached_passwords(listed)


async def hash_of(town: Town) -> str:
    """How the one account's password is kept, once unsealed."""
    ((person, sealed),) = await town.rows("SELECT person, password FROM local_account")
    return town.runtime.master.sealing("password").open(sealed, str(person)).decode()


async def test_passwords_are_kept_by_argon2id_and_anew_where_the_parameters_have_changed(
    town: Town, other: Callable[..., Any]
) -> None:
    await register(town, town.browser(), Attempt())
    assert (await hash_of(town)).startswith("$argon2id$v=19$m=12288,t=3,p=4$")
    async with other(password_memory_kib=16_384) as later:
        assert (await sign_in(later.browser(), Attempt(), password=OTHER_PASSWORD)).status_code == 422
        assert "m=12288," in await hash_of(town), "nothing is known of a wrong password"
        assert "Autoriser" in (await sign_in(later.browser(), Attempt())).text
        renewed = await hash_of(town)
        assert renewed.startswith("$argon2id$v=19$m=16384,t=3,p=4$")
        assert "Autoriser" in (await sign_in(later.browser(), Attempt())).text
        assert await hash_of(town) == renewed, "once"


def test_the_parameters_are_those_of_rfc_9106() -> None:
    made = hasher(65_536)
    assert (made.time_cost, made.memory_cost, made.parallelism, made.hash_len, made.salt_len) == (3, 65_536, 4, 32, 16)
    assert made.type.name == "ID"
