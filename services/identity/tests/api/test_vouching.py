# SPDX-License-Identifier: EUPL-1.2
"""While an agent's session lives, ProConnect is asked now and then whether it still vouches for them."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from fake_provider import agent
from identity_town import Attempt, Browser, Town, answered

from parvis_identity.service import vouch_again

OFFICE = "demo-backoffice"


async def came_in(town: Town, browser: Browser) -> dict[str, Any]:
    town.agents.person = agent()
    attempt = Attempt(client_id=OFFICE)
    answer = await town.exchange(attempt, await browser.code(attempt, "ProConnect"))
    body: dict[str, Any] = answer.json()
    return body


async def later(town: Town) -> None:
    """As if a quarter of an hour had gone by."""
    await town.rows("UPDATE session SET provider_asked_at = now() - interval '16 minutes'")


def asked_again(town: Town) -> int:
    return sum(form["grant_type"] == "refresh_token" for form in town.agents.sent)


async def renewed(town: Town, body: dict[str, Any]) -> dict[str, Any]:
    answer = await town.refresh(body["refresh_token"], OFFICE)
    assert answer.status_code == 200, answer.text
    fresh: dict[str, Any] = answer.json()
    return fresh


async def shut_out(town: Town, browser: Browser, body: dict[str, Any], reason: str) -> None:
    """Nothing of the session is left, and everybody is told."""
    answer = await town.refresh(body["refresh_token"], OFFICE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    (row,) = await town.rows("SELECT ended_at, refresh_token, id_token FROM session")
    assert row["ended_at"]
    assert (row["refresh_token"], row["id_token"]) == (None, None)
    assert (await town.rows("SELECT revoked_reason FROM token_grant"))[0]["revoked_reason"] == reason
    told = await town.rows("SELECT 1 FROM outbox WHERE type LIKE '%session-revoked%'")
    assert len(told) == 1
    (line,) = await town.rows("SELECT actor_kind, actor FROM audit_entry WHERE action = 'session-ended'")
    assert (line["actor_kind"], line["actor"]) == ("service", "proconnect")
    silent = await browser.authorize(Attempt(client_id=OFFICE, extra={"prompt": "none"}))
    assert answered(silent)["error"] == "login_required"


async def test_proconnect_is_asked_at_most_once_in_a_quarter_of_an_hour(town: Town) -> None:
    body = await came_in(town, town.browser())
    body = await renewed(town, body)
    assert asked_again(town) == 0
    await later(town)
    body = await renewed(town, body)
    assert asked_again(town) == 1
    await renewed(town, body)
    assert asked_again(town) == 1


async def test_many_renewals_at_once_ask_once(town: Town) -> None:
    browser = town.browser()
    bodies = [await came_in(town, browser)]
    for _ in range(5):
        attempt = Attempt(client_id=OFFICE)
        back = await browser.follow(await browser.authorize(attempt))
        bodies.append((await town.exchange(attempt, answered(back)["code"])).json())
    assert len(await town.rows("SELECT 1 FROM session")) == 1
    await later(town)
    await asyncio.gather(*(renewed(town, body) for body in bodies))
    assert asked_again(town) == 1


async def test_its_refresh_token_is_kept_sealed_is_replaced_and_goes_with_the_session(town: Town) -> None:
    browser = town.browser()
    body = await came_in(town, browser)
    (given,) = town.agents.renewable
    (before,) = await town.rows("SELECT refresh_token FROM session")
    assert given.encode() not in before["refresh_token"]
    await later(town)
    await renewed(town, body)
    (after,) = await town.rows("SELECT refresh_token FROM session")
    assert after["refresh_token"] != before["refresh_token"]
    assert town.agents.sent[-1]["refresh_token"] == given
    await later(town)
    await browser.get(f"/logout?id_token_hint={body['id_token']}")
    (gone,) = await town.rows("SELECT refresh_token, ended_at FROM session")
    assert (gone["refresh_token"], gone["ended_at"] is None) == (None, False)


async def test_who_is_vouched_for_no_longer_is_shut_out(town: Town) -> None:
    browser = town.browser()
    body = await came_in(town, browser)
    town.agents.renewable.clear()
    await later(town)
    await shut_out(town, browser, body, "no longer vouched for")


@pytest.mark.parametrize("trouble", ["/token", "/userinfo", 500, 503, 401])
async def test_an_outage_of_proconnect_ends_nothing(town: Town, trouble: str | int) -> None:
    body = await came_in(town, town.browser())
    await later(town)
    if isinstance(trouble, str):
        town.agents.down.add(trouble)
    else:
        town.agents.answers["/token"] = httpx.Response(trouble, json={"error": "server_error"})
    body = await renewed(town, body)
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None
    calls = len(town.agents.sent)
    body = await renewed(town, body)
    assert len(town.agents.sent) == calls, "its next turn comes in a quarter of an hour"
    town.agents.down.clear()
    town.agents.answers.clear()
    await later(town)
    await renewed(town, body)
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None, "what it gave was kept"


async def test_a_slow_proconnect_keeps_nobody_from_their_tokens(
    town: Town, providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    body = await came_in(town, town.browser())
    monkeypatch.setattr(vouch_again, "_PATIENCE_SECONDS", 0.05)

    async def silent(_request: httpx.Request) -> httpx.Response:
        return await asyncio.Future()

    providers.route(url=f"{town.agents.issuer}/token").mock(side_effect=silent)
    await later(town)
    await renewed(town, body)
    lines = [json.loads(line) for line in logged().splitlines() if line.startswith('{"service"')]
    assert [line["reason"] for line in lines if line["event"] == "provider_not_asked"] == ["too slow"]
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None


async def test_what_it_says_anew_counts_from_then_on(town: Town) -> None:
    body = await came_in(town, town.browser())
    town.agents.person = agent(usual_name="Moreau-Diallo", email="c.moreau-diallo@paris.example")
    await later(town)
    body = await renewed(town, body)
    me = (await town.get("/v1/me", body["access_token"])).json()
    assert (me["family_name"], me["email"]) == ("Moreau-Diallo", "c.moreau-diallo@paris.example")


@pytest.mark.parametrize("siret", ["99990000000017", None])
async def test_who_works_for_another_organisation_by_now_is_shut_out(town: Town, siret: str | None) -> None:
    browser = town.browser()
    body = await came_in(town, browser)
    town.agents.person = agent(siret=siret)
    await later(town)
    await shut_out(town, browser, body, "foreign-organisation")


async def test_an_answer_about_somebody_else_is_none(town: Town) -> None:
    browser = town.browser()
    body = await came_in(town, browser)
    town.agents.person = agent(sub="another", usual_name="Autre")
    await later(town)
    await shut_out(town, browser, body, "identity-differs")


async def test_who_has_signed_in_again_meanwhile_stays(town: Town, providers: respx.MockRouter) -> None:
    body = await came_in(town, town.browser())

    async def refused(_request: httpx.Request) -> httpx.Response:
        await town.rows("UPDATE session SET refresh_token = 'of the sign-in in between'")
        return httpx.Response(400, json={"error": "invalid_grant"})

    providers.route(url=f"{town.agents.issuer}/token").mock(side_effect=refused)
    await later(town)
    await renewed(town, body)
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None


async def test_citizens_have_nothing_to_ask_again_with(town: Town) -> None:
    body = await town.tokens()
    assert [row["refresh_token"] for row in await town.rows("SELECT refresh_token FROM session")] == [None]
    assert (await town.refresh(body["refresh_token"])).status_code == 200
