# SPDX-License-Identifier: EUPL-1.2
"""People who ask for their account to be erased, and the worker that does it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from counter import Caller
from identity_town import Browser, Town
from kept_pages import Album
from local_people import Mailbox

from parvis_identity.outgoing.smtp import Written
from parvis_identity.worker import erasing

OWN = "/v1/me/erasures"
ASKED, ERASED, KEPT = "Votre compte sera effacé", "Votre compte est effacé", "Votre compte est gardé"
TYPE = "fr.parvis.identity.person-erased.v1"


def titled(letters: list[Written]) -> list[str]:
    """What the letters are about; which of several goes first is not said."""
    return sorted(letter.subject.partition(" – ")[0] for letter in letters)


def link(letter: Written) -> str:
    found = re.search(r"https?://\S+?(/account/erasure-objection\?token=\S+)", letter.text)
    assert found, letter.text
    return found[1]


async def asked(caller: Caller) -> Written:
    """The letter that says that the caller's account will be erased."""
    box = Mailbox(caller.town)
    await box.emptied()
    answer = await caller.post(OWN, None)
    assert answer.status_code == 201, answer.text
    (letter,) = await box.emptied()
    return letter


async def worked(town: Town, *, later: timedelta = timedelta()) -> bool:
    return await erasing(town.runtime).round(datetime.now(UTC) + later)


async def emptied_when_due(town: Town) -> bool:
    await town.rows("UPDATE account_erasure SET due_at = created_at WHERE state = 'waiting' RETURNING 1")
    return await worked(town)


async def erased(town: Town) -> None:
    """All of it is done: the account is empty, and its keys are destroyed."""
    assert await emptied_when_due(town)
    assert await worked(town, later=timedelta(minutes=3))


async def told(town: Town) -> list[dict[str, Any]]:
    rows = await town.rows("SELECT data::jsonb ->> 'person' AS person FROM outbox WHERE type = $1", TYPE)
    return [dict(row) for row in rows]


async def destroyed(town: Town, *people: str) -> list[bool]:
    """Whose key is no more."""
    pool = town.runtime.persons._pool  # noqa: SLF001 - the key store itself is asked
    rows = await pool.fetch("SELECT person FROM person_key WHERE destroyed_at IS NOT NULL")
    gone = {str(row["person"]) for row in rows}
    return [person in gone for person in people]


async def kept_erasure(album: Album, browser: Browser) -> None:
    """The pages of asking for the account to be erased, and of stopping it by the letter."""
    box, reader = Mailbox(album.town), album.browser()
    await box.emptied()
    page = await album.keep("account that can be erased", await browser.get("/account/erasure"))
    await browser.submit(page)
    await album.keep("account that will be erased", await browser.get("/account/erasure"))
    announced = await album.keep("erasure that can be stopped", await reader.get(await box.link()))
    await album.keep("account that stays", await reader.submit(announced))
