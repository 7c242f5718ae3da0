# SPDX-License-Identifier: EUPL-1.2
"""A client that wants a higher level than the session has (RFC 9470 section 4)."""

import re
import time

import time_machine
from fake_provider import citizen
from identity_town import Attempt, Town, answered
from joserfc import jwt
from local_people import EMAIL, PASSWORD, registered

from parvis_identity.domain.totp import STEP_SECONDS, code_of

LOCAL_MFA: dict[str, str | None] = {"acr_values": "urn:parvis:acr:local-mfa"}
STEP = int(time.time()) // STEP_SECONDS


@time_machine.travel((STEP + 0.5) * STEP_SECONDS, tick=True)
async def test_who_signed_in_with_a_password_shows_a_second_factor_for_more(town: Town) -> None:
    browser = await registered(town)
    page = await browser.get("/account/second-factor")
    found = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert found
    await browser.submit(page, password=PASSWORD, code=code_of(bytes.fromhex(found[1]), STEP))
    attempt = Attempt(extra=LOCAL_MFA)
    login = await browser.follow(await browser.authorize(attempt))
    assert "Se connecter" in login.text, "the session has one factor"
    form = await browser.click(login, "Continuer avec mon adresse électronique")
    second = await browser.submit(form, email=EMAIL, password=PASSWORD)
    consent = await browser.follow(await browser.submit(second, code=code_of(bytes.fromhex(found[1]), STEP + 1)))
    code = answered(await browser.submit(consent, decision="allow"))["code"]
    token = (await town.exchange(attempt, code)).json()["access_token"]
    claims = jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert claims["acr"] == LOCAL_MFA["acr_values"]
    again = await browser.follow(await browser.authorize(Attempt(extra=LOCAL_MFA)))
    assert "Autoriser" in again.text, "nobody is asked twice for what they have shown"


async def test_who_cannot_reach_the_level_goes_back_with_that(town: Town) -> None:
    town.plus.person = citizen()
    browser = town.browser()
    attempt = Attempt(extra={"acr_values": "eidas3"})
    login = await browser.follow(await browser.authorize(attempt))
    assert "adresse électronique" not in login.text, "an account of ours has no such level"
    back = await browser.click(login, "S’identifier avec FranceConnect")
    assert answered(back)["error"] == "unmet_authentication_requirements"
    assert await town.rows("SELECT 1 FROM token_grant") == []


async def test_a_token_of_an_ended_session_is_refused_here_at_once(town: Town) -> None:
    scope = "openid identity.profile.read identity.sessions.write"
    ended, other = await town.tokens(Attempt(scope=scope)), await town.tokens(Attempt(scope=scope))
    assert (await town.get("/v1/me", ended["access_token"])).status_code == 200
    sid = jwt.decode(ended["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims["sid"]
    async with town.client() as http:
        headers = {"authorization": f"Bearer {other['access_token']}"}
        await http.post("/v1/me/session-endings", json={"session_id": sid}, headers=headers)
    for path in ("/v1/me", "/oauth2/userinfo"):
        refused = await town.get(path, ended["access_token"])
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith('Bearer error="invalid_token",')
        assert (await town.get(path, other["access_token"])).status_code == 200
