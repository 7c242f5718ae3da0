# SPDX-License-Identifier: EUPL-1.2
"""A kiosk, and somebody in front of it with a telephone."""

from dataclasses import dataclass
from typing import Any

import httpx
from identity_town import Browser, Town

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "openid profile identity.profile.read"


@dataclass
class Kiosk:
    town: Town
    client_id: str = "demo-kiosk"

    async def begin(self, **changed: str) -> dict[str, Any]:
        answer = await self.ask(**changed)
        assert answer.status_code == 200, answer.text
        begun: dict[str, Any] = answer.json()
        return begun

    async def ask(self, **changed: str) -> httpx.Response:
        form = {"client_id": self.client_id, "scope": SCOPE, **changed}
        return await self.town.post("/oauth2/device_authorization", form)

    async def poll(self, begun: dict[str, Any], **changed: str) -> httpx.Response:
        form = {"grant_type": GRANT, "client_id": self.client_id, "device_code": begun["device_code"], **changed}
        return await self.town.token(form)


async def type_code(browser: Browser, code: str) -> httpx.Response:
    return await browser.submit(await browser.get("/device"), user_code=code)


async def to_consent(browser: Browser, begun: dict[str, Any]) -> httpx.Response:
    """Type the code, sign in through FranceConnect: the page that asks."""
    login = await browser.follow(await type_code(browser, begun["user_code"]))
    if login.url.path == "/consent":
        return login
    return await browser.click(login, "S’identifier avec FranceConnect")


async def answer(browser: Browser, begun: dict[str, Any], decision: str = "allow") -> httpx.Response:
    return await browser.submit(await to_consent(browser, begun), decision=decision)
