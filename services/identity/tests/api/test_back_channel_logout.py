# SPDX-License-Identifier: EUPL-1.2
"""Clients are told that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
import respx
from fake_provider import citizen
from identity_town import ISSUER, WEB_CALLBACK, Attempt, Browser, Town
from joserfc import jwt

from parvis_identity.outgoing.back_channel import BackChannel
from parvis_identity.service.tell_clients import MAX_ATTEMPTS, TellClients

URL = "https://desk.example/logged-out"
OTHER = "https://other.example/logged-out"


@pytest.fixture
def teller(town: Town) -> TellClients:
    return TellClients(town.runtime.database, town.parts.maker, BackChannel(1))


@pytest.fixture
async def desk(town: Town) -> Attempt:
    public: dict[str, Any] = {"type": "public", "scopes": ["openid"], "post_logout_redirect_uris": []}
    await town.register("desk", backchannel_logout_uri=URL, sector="desk", **public)
    await town.register("other-desk", backchannel_logout_uri=OTHER, sector="other", **public)
    await town.register("quiet-desk", **public)
    return Attempt(client_id="desk", scope="openid")


async def signed_in(town: Town, *attempts: Attempt) -> tuple[Browser, dict[str, Any]]:
    town.citizens.person = citizen()
    browser = town.browser()
    bodies = []
    for attempt in attempts:
        answer = await browser.follow(await browser.authorize(attempt))
        if "S’identifier avec" in answer.text:
            answer = await browser.click(answer, "S’identifier avec FranceConnect")
        back = await browser.submit(answer, decision="allow")
        code = back.headers["location"].split("code=")[1].split("&")[0]
        bodies.append((await town.exchange(attempt, code)).json())
    return browser, bodies[0]


async def sign_out(browser: Browser, body: dict[str, Any]) -> None:
    await browser.get(f"/logout?{urlencode({'id_token_hint': body['id_token']})}")


async def claims_of(town: Town, request: httpx.Request) -> dict[str, Any]:
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    (token,) = parse_qs(request.content.decode())["logout_token"]
    decoded = jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"])
    assert decoded.header["typ"] == "logout+jwt"
    return decoded.claims


async def test_a_client_learns_which_session_has_ended(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt
) -> None:
    route = providers.post(URL).respond(204)
    browser, body = await signed_in(town, desk)
    assert not await teller.round(datetime.now(UTC))
    await sign_out(browser, body)
    assert await teller.round(datetime.now(UTC))
    claims = await claims_of(town, route.calls.last.request)
    identity = jwt.decode(body["id_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"]) == (ISSUER, "desk")
    assert (claims["sub"], claims["sid"]) == (identity["sub"], identity["sid"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["exp"] - claims["iat"] == 120
    assert "nonce" not in claims
    assert claims["jti"]
    assert not await teller.round(datetime.now(UTC))
    assert route.call_count == 1


async def test_each_client_of_the_session_is_told_once_and_no_other(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt
) -> None:
    here, there = providers.post(URL).respond(200), providers.post(OTHER).respond(200)
    others = [Attempt(client_id=name, scope="openid") for name in ("other-desk", "quiet-desk", "desk")]
    browser, body = await signed_in(town, desk, *others)
    await signed_in(town, Attempt(client_id="other-desk", scope="openid"))
    await sign_out(browser, body)
    await teller.round(datetime.now(UTC))
    assert (here.call_count, there.call_count) == (1, 1)
    subjects = {(await claims_of(town, route.calls.last.request))["sub"] for route in (here, there)}
    assert len(subjects) == 2


def down(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("down")


@pytest.mark.parametrize(
    "answer",
    [
        down,
        lambda _: httpx.Response(503),
        lambda _: httpx.Response(400, json={"error": "invalid_request"}),
        lambda _: httpx.Response(303, headers={"location": "https://evil.example/"}),
    ],
)
async def test_a_client_that_does_not_take_it_is_told_again_and_not_elsewhere(
    town: Town,
    providers: respx.MockRouter,
    teller: TellClients,
    desk: Attempt,
    answer: Callable[[httpx.Request], httpx.Response],
) -> None:
    route = providers.post(URL).mock(side_effect=answer)
    browser, body = await signed_in(town, desk)
    await sign_out(browser, body)
    now = datetime.now(UTC)
    await teller.round(now)
    assert not await teller.round(now), "not at once"
    route.mock(side_effect=None, return_value=httpx.Response(200))
    assert await teller.round(now + timedelta(minutes=10))
    assert route.call_count == 2
    assert await town.rows("SELECT 1 FROM logout_notice") == []


async def test_a_client_that_is_gone_for_good_is_given_up(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt
) -> None:
    route = providers.post(URL).respond(500)
    browser, body = await signed_in(town, desk)
    await sign_out(browser, body)
    now = datetime.now(UTC)
    for attempt in range(MAX_ATTEMPTS + 3):
        await teller.round(now + timedelta(hours=attempt))
    assert route.call_count == MAX_ATTEMPTS
    assert await town.rows("SELECT 1 FROM logout_notice") == []


async def test_two_workers_tell_a_client_once(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt
) -> None:
    route = providers.post(URL).respond(200)
    other = TellClients(town.runtime.database, town.parts.maker, BackChannel(1))
    browser, body = await signed_in(town, desk)
    await sign_out(browser, body)
    now = datetime.now(UTC)
    assert sorted([await teller.round(now), await other.round(now)]) == [False, True]
    assert route.call_count == 1


async def test_a_client_that_does_not_want_to_know_any_more_is_left_alone(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt
) -> None:
    route = providers.post(URL).respond(200)
    browser, body = await signed_in(town, desk)
    await sign_out(browser, body)
    await town.rows("UPDATE client SET backchannel_logout_uri = NULL")
    assert await teller.round(datetime.now(UTC))
    assert not route.called
    assert await town.rows("SELECT 1 FROM logout_notice") == []


@pytest.mark.parametrize("uri", ["http://desk.example/x", "app.desk:/x", "javascript:alert(1)", f"{WEB_CALLBACK}#x"])
async def test_an_address_that_is_no_web_address_cannot_be_registered(town: Town, uri: str) -> None:
    with pytest.raises(ValueError, match="backchannel_logout_uri"):
        await town.register("desk", type="public", backchannel_logout_uri=uri)
