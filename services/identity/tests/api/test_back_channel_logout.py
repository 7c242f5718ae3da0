# SPDX-License-Identifier: EUPL-1.2
"""Clients are told that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
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
from parvis_outside.client import Outside
from parvis_outside.destination import networks

NAMES = {"desk.example": "9.9.9.9", "other.example": "149.112.112.112"}
NAMED, URL = "https://desk.example/logged-out", "https://9.9.9.9/logged-out"
OTHER_NAMED, OTHER = "https://other.example/logged-out", "https://149.112.112.112/logged-out"


@dataclass
class Names:
    """Where names lead; ``asked`` are those that were looked up."""

    addresses: dict[str, str]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.addresses[host], port))]


@pytest.fixture(autouse=True)
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    known = Names(dict(NAMES))
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", known.resolve)
    return known


@pytest.fixture
def teller(town: Town) -> TellClients:
    return TellClients(town.runtime.database, town.parts.maker, BackChannel(Outside(20, ())))


@pytest.fixture
async def desk(town: Town) -> Attempt:
    public: dict[str, Any] = {"type": "public", "scopes": ["openid"], "post_logout_redirect_uris": []}
    await town.register("desk", backchannel_logout_uri=NAMED, sector="desk", **public)
    await town.register("other-desk", backchannel_logout_uri=OTHER_NAMED, sector="other", **public)
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
    decoded = jwt.decode(token, await town.parts.ring.published(), algorithms=["RS256"])
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
    identity = jwt.decode(body["id_token"], await town.parts.ring.published(), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (ISSUER, "desk")
    assert (claims["sub"], claims["sid"]) == (identity["sub"], identity["sid"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["exp"] - claims["iat"] == 120
    assert "nonce" not in claims
    assert claims["jti"]
    assert not await teller.round(datetime.now(UTC))
    assert route.call_count == 1
    assert route.calls.last.request.headers["host"] == "desk.example"
    assert route.calls.last.request.extensions["sni_hostname"] == "desk.example", "its certificate is for the name"


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
    other = TellClients(town.runtime.database, town.parts.maker, BackChannel(Outside(20, ())))
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


async def test_a_name_that_leads_inside_by_now_is_not_followed_there(
    town: Town, providers: respx.MockRouter, teller: TellClients, desk: Attempt, names: Names
) -> None:
    route, inside = providers.post(URL).respond(503), providers.route(host="192.168.1.1").respond(200)
    browser, body = await signed_in(town, desk)
    await sign_out(browser, body)
    now = datetime.now(UTC)
    assert await teller.round(now)
    assert (route.call_count, names.asked) == (1, ["desk.example"]), "looked up once, judged and called"
    names.addresses["desk.example"] = "192.168.1.1"
    assert await teller.round(now + timedelta(minutes=10))
    assert (route.call_count, inside.call_count) == (1, 0)
    assert len(await town.rows("SELECT 1 FROM logout_notice")) == 1, "it is told again, wherever the name leads then"
    names.addresses["desk.example"] = "9.9.9.9"
    route.respond(200)
    assert await teller.round(now + timedelta(hours=3))
    assert await town.rows("SELECT 1 FROM logout_notice") == []


@pytest.mark.parametrize("inside", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"])
async def test_nobody_has_us_post_into_our_own_network(names: Names, inside: str) -> None:
    names.addresses |= {"desk.example": inside, inside: inside}
    written = f"[{inside}]" if ":" in inside else inside
    for url in (NAMED, f"https://{written}/logged-out", f"http://{written}:8100/metrics"):
        assert await BackChannel(Outside(20, ())).post(url, {"logout_token": "x"}) == "address-refused"


async def test_a_network_that_the_operators_name_is_told_also_over_http(
    names: Names, providers: respx.MockRouter
) -> None:
    names.addresses["desk.example"] = "10.2.3.4"
    route = providers.post("http://10.2.3.4:8080/logged-out").respond(200)
    allowed = Outside(20, networks("10.2.0.0/16"))
    assert await BackChannel(allowed).post("http://desk.example:8080/logged-out", {"logout_token": "x"}) is None
    assert route.call_count == 1


@pytest.mark.parametrize("uri", ["http://desk.example/x", "app.desk:/x", "javascript:alert(1)", f"{WEB_CALLBACK}#x"])
async def test_an_address_that_is_no_web_address_cannot_be_registered(town: Town, uri: str) -> None:
    with pytest.raises(ValueError, match="backchannel_logout_uri"):
        await town.register("desk", type="public", backchannel_logout_uri=uri)
