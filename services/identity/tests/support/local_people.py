# SPDX-License-Identifier: EUPL-1.2
"""People with accounts of our own: their mail, and the way through the pages."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from identity_town import Attempt, Browser, Town

from parvis_identity.accounts import letters_of
from parvis_identity.outgoing.smtp import Written
from parvis_identity.service.write_letters import LetterWriter

EMAIL = "zoe.martin@example.fr"
PASSWORD = "quatre lampes sous la pluie"
OTHER_PASSWORD = "des tuiles bleues en janvier"


@dataclass
class Mailbox:
    """Every mailbox of the town; ``failure`` is what the mail relay answers."""

    town: Town
    letters: list[Written] = field(default_factory=list)
    failure: Exception | None = None

    async def send(self, letter: Written) -> None:
        if self.failure:
            raise self.failure
        self.letters.append(letter)

    def writer(self) -> LetterWriter:
        runtime = self.town.runtime
        return LetterWriter(
            runtime.database,
            runtime.blind_index,
            letters_of(runtime),
            self,  # type: ignore[arg-type]
            runtime.settings.public_url,
        )

    async def emptied(self) -> list[Written]:
        """What has come since the last look."""
        while await self.writer().round():
            pass
        came, self.letters = self.letters, []
        return came

    async def link(self) -> str:
        (letter,) = await self.emptied()
        found = re.search(r"https?://\S+", letter.text)
        assert found, letter.text
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"


async def to_local_login(browser: Browser, attempt: Attempt) -> httpx.Response:
    login = await browser.follow(await browser.authorize(attempt))
    return await browser.click(login, "Continuer avec mon adresse électronique")


async def ask(browser: Browser, attempt: Attempt, words: str, email: str = EMAIL) -> httpx.Response:
    page = await browser.click(await to_local_login(browser, attempt), words)
    assert page.status_code == 200, page.text
    return await browser.submit(page, email=email)


async def sign_in(browser: Browser, attempt: Attempt, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
    page = await to_local_login(browser, attempt)
    return await browser.follow(await browser.submit(page, email=email, password=password))


async def guess(town: Town, email: str = EMAIL, browser: Browser | None = None) -> httpx.Response:
    return await sign_in(browser or town.browser(), Attempt(), email, "certainly not this one")


async def hold(town: Town) -> None:
    """Whoever must wait now waits for an hour: no test depends on how fast it is."""
    held = await town.rows(
        "UPDATE login_attempt SET blocked_until = now() + interval '1 hour'"
        " WHERE blocked_until > updated_at RETURNING 1"
    )
    assert held


async def register(town: Town, browser: Browser, attempt: Attempt, email: str = EMAIL) -> httpx.Response:
    """Open an account, in the browser that asks for it: the page after it."""
    box = Mailbox(town)
    sent = await ask(browser, attempt, "Ouvrir un compte", email)
    assert sent.status_code == 200, sent.text
    form = await browser.get(await box.link())
    assert form.status_code == 200, form.text
    done = await browser.submit(form, given_names="Zoé", family_name="MARTIN", password=PASSWORD)
    return await browser.follow(done)


async def registered(town: Town, email: str = EMAIL) -> Browser:
    """The browser of somebody who has just opened an account in it."""
    browser = town.browser()
    page = await register(town, browser, Attempt(), email)
    assert "Autoriser" in page.text, page.text
    return browser
