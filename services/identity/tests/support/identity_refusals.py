# SPDX-License-Identifier: EUPL-1.2
"""A sign-in that is to fail, and what must hold once it has."""

from collections.abc import Callable
from typing import Any

import httpx
from fake_provider import FakeProvider, citizen
from identity_town import Attempt, Browser, Town

Change = Callable[[FakeProvider], Any]


async def sign_in(town: Town, change: Change | None = None) -> httpx.Response:
    town.citizens.person = citizen()
    if change:
        change(town.citizens)
    return await town.browser().to_consent(Attempt())


async def refused(town: Town, answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert "Réessayer" in answer.text
    assert "Revenir au service" in answer.text
    for table in ("session", "person", "token_grant"):
        assert await town.rows(f"SELECT 1 FROM {table}") == []


async def callback_of(town: Town, browser: Browser) -> str:
    town.citizens.person = citizen()
    login = await browser.follow(await browser.authorize(Attempt()))
    start = login.text.split('href="/login/franceconnect/start')[1].split('"')[0]
    away = await browser.get(f"/login/franceconnect/start{start}")
    return town.citizens.authorize(away.headers["location"])
