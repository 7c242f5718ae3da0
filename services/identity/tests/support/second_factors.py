# SPDX-License-Identifier: EUPL-1.2
"""People with a second factor, in the midst of a time step at which the clock stands still."""

import re
import time

import httpx
from identity_town import Attempt, Browser, Town
from local_people import PASSWORD, sign_in

from parvis_identity.domain.totp import STEP_SECONDS, code_of

STEP = int(time.time()) // STEP_SECONDS
MIDST = (STEP + 0.5) * STEP_SECONDS
"""The codes of this step, of the one before and of the one after are taken."""


def code(secret: str, step: int = STEP) -> str:
    return code_of(bytes.fromhex(secret), step)


async def turned_on(browser: Browser) -> tuple[str, list[str]]:
    """The secret of the application, and the codes on paper."""
    page = await browser.get("/account/second-factor")
    found = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    done = await browser.submit(page, password=PASSWORD, code=code(found[1], STEP - 1))
    codes = re.findall(r"<code>([^<]+)</code>", done.text)
    assert len(codes) == 10, done.text
    return found[1], codes


async def finish(browser: Browser, page: httpx.Response, given: str) -> httpx.Response:
    return await browser.follow(await browser.submit(page, code=given))


async def signed_in_with(town: Town, given: str) -> Browser:
    browser = town.browser()
    done = await finish(browser, await sign_in(browser, Attempt()), given)
    assert done.status_code == 200, done.text
    return browser
