# SPDX-License-Identifier: EUPL-1.2
"""No page tells by its time who has an account: for an address with one and without, the same work is done.

The work is counted, not timed: hashes with their cost, and statements in their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from identity_town import Attempt, Browser, Town
from local_people import EMAIL, registered, to_local_login
from sqlalchemy import event

NOBODY = "nobody@example.fr"


@dataclass
class Work:
    """What was done since it was last looked at."""

    hashes: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    def seen(self) -> tuple[list[str], list[str]]:
        found = self.hashes[:], self.statements[:]
        self.hashes.clear()
        self.statements.clear()
        return found


@pytest.fixture
def work(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    counted, verify = Work(), PasswordHasher.verify

    def verified(self: PasswordHasher, stored: str | bytes, password: str | bytes) -> Any:
        # $argon2id$v=19$m=…,t=…,p=…$salt$hash: all but the last two say what it costs.
        counted.hashes.append(str(stored).rsplit("$", 2)[0])
        return verify(self, stored, password)

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.statements.append(statement)

    monkeypatch.setattr(PasswordHasher, "verify", verified)
    engine = town.runtime.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", executed)
    yield counted
    event.remove(engine, "before_cursor_execute", executed)


async def submitted(browser: Browser, page: httpx.Response, work: Work, **fields: str) -> tuple[int, list[str]]:
    """How the form is answered, and what that took."""
    work.seen()
    answer = await browser.submit(page, **fields)
    hashes, statements = work.seen()
    assert statements
    return answer.status_code, [*hashes, *statements]


async def test_a_wrong_password_takes_the_same_work_with_and_without_an_account(town: Town, work: Work) -> None:
    await registered(town)
    done = []
    for email in (EMAIL, NOBODY):
        page = await to_local_login(browser := town.browser(), Attempt())
        done.append(await submitted(browser, page, work, email=email, password="certainly not this one"))
    assert done[0] == done[1]
    assert [step for step in done[0][1] if step.startswith("$")] == ["$argon2id$v=19$m=12288,t=3,p=4"]


@pytest.mark.parametrize("words", ["Mot de passe oublié", "Ouvrir un compte"])
async def test_asking_for_a_letter_takes_the_same_work_with_and_without_an_account(
    town: Town, work: Work, words: str
) -> None:
    await registered(town)
    done, letters = [], []
    for email in (EMAIL, NOBODY):
        browser = town.browser()
        page = await browser.click(await to_local_login(browser, Attempt()), words)
        done.append(await submitted(browser, page, work, email=email))
        letters.append(len(await town.rows("SELECT 1 FROM letter")))
    assert done[0] == done[1]
    assert letters[1] - letters[0] == 1, "one is waiting for each: whether anything is written, the worker finds out"
