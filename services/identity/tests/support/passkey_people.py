# SPDX-License-Identifier: EUPL-1.2
"""People with passkeys: the way through the pages."""

import re

import httpx
from identity_town import Attempt, Browser
from key_holder import KeyHolder, asked_by

SETTINGS = "/account/passkeys"


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def ids_on(page: httpx.Response) -> list[str]:
    return re.findall(r'name="passkey" value="([^"]+)"', page.text)


async def send(browser: Browser, page: httpx.Response, act: str, **form: str) -> httpx.Response:
    return await browser.http.post(SETTINGS, data={"csrf": csrf_of(page), "act": act, **form})


async def add(browser: Browser, holder: KeyHolder, label: str = "Téléphone") -> httpx.Response:
    page = await browser.get(SETTINGS)
    options, asked = asked_by(page)
    return await send(browser, page, "add", label=label, asked=asked, credential=holder.make(options))


async def added(browser: Browser, label: str = "Téléphone", **device: int | bool) -> KeyHolder:
    holder = KeyHolder(**device)  # type: ignore[arg-type]
    done = await add(browser, holder, label)
    assert done.status_code == 303, done.text
    return holder


async def to_passkey_login(browser: Browser, attempt: Attempt) -> httpx.Response:
    login = await browser.follow(await browser.authorize(attempt))
    return await browser.click(login, "Se connecter avec une clé d’accès")


async def enter(browser: Browser, page: httpx.Response, holder: KeyHolder) -> httpx.Response:
    options, _ = asked_by(page)
    return await browser.follow(await browser.submit(page, credential=holder.sign(options)))


async def sign_in_by_key(browser: Browser, attempt: Attempt, holder: KeyHolder) -> httpx.Response:
    return await enter(browser, await to_passkey_login(browser, attempt), holder)
