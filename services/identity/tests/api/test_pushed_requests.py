# SPDX-License-Identifier: EUPL-1.2
"""Pushed authorization requests (RFC 9126): the browser carries a reference, once and for a minute."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fake_provider import citizen
from identity_town import WEB_CALLBACK, Attempt, Browser, Town, answered, location

SECRET = "d" * 40
PREFIX = "urn:ietf:params:oauth:request_uri:"


async def push(town: Town, attempt: Attempt, **more: str) -> httpx.Response:
    return await town.post("/oauth2/par", attempt.parameters() | more)


async def pushed(town: Town, attempt: Attempt) -> str:
    answer = await push(town, attempt)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    assert body["expires_in"] == 60
    assert body["request_uri"].startswith(PREFIX)
    uri: str = body["request_uri"]
    return uri


async def bring(browser: Browser, request_uri: str, client_id: str = "demo-portal", **more: str) -> httpx.Response:
    query = urlencode({"client_id": client_id, "request_uri": request_uri, **more})
    return await browser.get(f"/oauth2/authorize?{query}")


async def test_a_pushed_request_leads_to_tokens(town: Town) -> None:
    attempt, browser = Attempt(), town.browser()
    town.citizens.person = citizen()
    login = await browser.follow(await bring(browser, await pushed(town, attempt)))
    consent = await browser.click(login, "S’identifier avec FranceConnect")
    back = answered(await browser.submit(consent, decision="allow"))
    assert back["state"] == attempt.state
    assert (await town.exchange(attempt, back["code"])).status_code == 200


async def test_what_the_browser_adds_counts_for_nothing(town: Town) -> None:
    browser = town.browser()
    uri = await pushed(town, Attempt(scope="openid"))
    login = await bring(browser, uri, scope="openid profile email", redirect_uri="https://evil.example/", prompt="none")
    assert login.headers["location"].startswith("/login?continue=")
    page = await browser.follow(login)
    assert WEB_CALLBACK in page.text
    assert "evil.example" not in page.text


async def test_a_reference_works_once_also_when_it_comes_twenty_times(town: Town) -> None:
    uri = await pushed(town, Attempt())
    answers = await asyncio.gather(*(bring(town.browser(), uri) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 19


async def test_a_reference_is_over_after_a_minute(town: Town) -> None:
    uri = await pushed(town, Attempt())
    await town.rows("UPDATE pushed_request SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    answer = await bring(town.browser(), uri)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("uri", [PREFIX, PREFIX + "x" * 43, "https://evil.example/request", "\x00"])
async def test_an_unknown_reference_leads_nowhere(town: Town, uri: str) -> None:
    answer = await bring(town.browser(), uri)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_another_client_cannot_use_the_reference_nor_burn_it(town: Town) -> None:
    uri = await pushed(town, Attempt())
    assert (await bring(town.browser(), uri, "lutece-portal")).status_code == 400
    assert (await bring(town.browser(), uri)).status_code == 303


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"scope": "openid identity.people.read"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": PREFIX + "x" * 43}, "invalid_request"),
        ({"resource": "https://evil.example"}, "invalid_target"),
        ({"dpop_jkt": "short"}, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_refused_before_any_browser_comes(
    town: Town, changed: dict[str, str | None], error: str
) -> None:
    answer = await push(town, Attempt(extra=changed))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert await town.rows("SELECT 1 FROM pushed_request") == []


async def test_a_confidential_client_proves_itself_first(town: Town) -> None:
    await town.register("test-desk", secret=SECRET)
    attempt = Attempt(client_id="test-desk", scope="openid")
    refused = await push(town, attempt)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert (await push(town, attempt, client_secret=SECRET)).status_code == 201


async def test_a_client_that_pushes_is_not_believed_otherwise(town: Town) -> None:
    await town.register("careful-desk", secret=SECRET, pushes_requests=True)
    attempt = Attempt(client_id="careful-desk", scope="openid")
    answer = await town.browser().authorize(attempt)
    assert location(answer) == WEB_CALLBACK
    assert answered(answer)["error"] == "invalid_request"
    uri = (await push(town, attempt, client_secret=SECRET)).json()["request_uri"]
    assert (await bring(town.browser(), uri, "careful-desk")).status_code == 303


async def test_what_is_kept_of_a_request_is_sealed(town: Town) -> None:
    await pushed(town, Attempt(state="the-state-of-the-client"))
    row = (await town.rows("SELECT details FROM pushed_request"))[0]
    assert b"demo-portal" not in row["details"]
