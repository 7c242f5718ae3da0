# SPDX-License-Identifier: EUPL-1.2
"""Signing out: here, at the provider, and of every token that could be renewed."""

from urllib.parse import urlencode

import pytest
from fake_provider import agent, citizen
from identity_town import Attempt, Browser, Town, answered, location, query_of
from joserfc import jwt

AFTER = "http://localhost:8080/developers"


async def signed_in(town: Town, browser: Browser, attempt: Attempt | None = None) -> dict[str, str]:
    town.citizens.person = citizen()
    attempt = attempt or Attempt()
    body: dict[str, str] = (await town.exchange(attempt, await browser.code(attempt))).json()
    return body


def logout(**parameters: str) -> str:
    return f"/logout?{urlencode(parameters)}"


def logout_callback(state: str) -> str:
    return f"/logout/callback?{urlencode({'state': state})}"


async def test_a_client_with_the_id_token_signs_out_here_and_at_franceconnect(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    answer = await browser.get(logout(id_token_hint=body["id_token"], post_logout_redirect_uri=AFTER, state="bye"))
    assert answer.status_code == 303
    assert location(answer) == f"{town.citizens.issuer}/session/end"
    away = query_of(answer.headers["location"])
    assert away["post_logout_redirect_uri"] == ["http://localhost:8080/logout/callback"]
    assert away["id_token_hint"][0].count(".") == 2
    assert away["id_token_hint"] != [body["id_token"]], "the provider's own token, not ours"
    back = await browser.get(f"/logout/callback?{urlencode({'state': away['state'][0]})}")
    assert back.headers["location"] == f"{AFTER}?state=bye"
    assert (await town.refresh(body["refresh_token"])).status_code == 400
    silent = await browser.authorize(Attempt(extra={"prompt": "none"}))
    assert answered(silent)["error"] == "login_required"
    assert [row["id_token"] for row in await town.rows("SELECT id_token FROM session")] == [None]
    assert "parvis-citizen" not in browser.http.cookies


async def test_without_a_hint_the_person_is_asked_first(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    page = await browser.get(logout(client_id="demo-portal", post_logout_redirect_uri=AFTER))
    assert page.status_code == 200
    assert "Me déconnecter" in page.text
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None
    answer = await browser.submit(page)
    assert location(answer) == f"{town.citizens.issuer}/session/end"
    assert (await town.refresh(body["refresh_token"])).status_code == 400


async def test_a_hint_of_another_session_is_not_enough(town: Town) -> None:
    stolen = await signed_in(town, town.browser())
    browser = town.browser()
    await signed_in(town, browser)
    page = await browser.get(logout(id_token_hint=stolen["id_token"]))
    assert page.status_code == 200
    assert "Me déconnecter" in page.text


@pytest.mark.parametrize(
    "uri", ["https://evil.example/", AFTER + "/", AFTER + "?x=1", "http://localhost:8080/developers/callback", "//evil"]
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(town: Town, uri: str) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    for hint in ({"id_token_hint": body["id_token"]}, {"client_id": "demo-portal"}, {}):
        answer = await browser.get(logout(**hint, post_logout_redirect_uri=uri))
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_another_client_s_address_is_not_this_one_s(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    answer = await browser.get(
        logout(id_token_hint=body["id_token"], client_id="lutece-portal", post_logout_redirect_uri=AFTER)
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("state", ["", "AAAA", "%00", "x" * 9_000])
async def test_a_forged_return_leads_nowhere(town: Town, state: str) -> None:
    answer = await town.browser().get(f"/logout/callback?state={state}")
    assert "location" not in answer.headers
    assert answer.status_code in {200, 400}


async def test_a_forged_confirmation_signs_nobody_out(town: Town) -> None:
    browser = town.browser()
    await signed_in(town, browser)
    answer = await browser.http.post("/logout", data={"csrf": "0" * 64, "leaving": "x"})
    assert answer.status_code == 400
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is None


async def test_a_client_s_form_is_sent_on_as_a_get(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    answer = await browser.http.post("/logout", data={"id_token_hint": body["id_token"]})
    assert answer.headers["location"] == logout(id_token_hint=body["id_token"])


async def test_who_is_not_signed_in_is_simply_told(town: Town) -> None:
    answer = await town.browser().get("/logout")
    assert answer.status_code == 200
    assert "Vous êtes déconnecté" in answer.text


async def test_an_access_token_is_no_hint(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    page = await browser.get(logout(id_token_hint=body["access_token"]))
    assert "Me déconnecter" in page.text


async def test_a_citizen_who_signs_out_stays_an_agent(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    town.agents.person = agent()
    await browser.code(Attempt(client_id="demo-backoffice"), "ProConnect")
    await browser.get(logout(id_token_hint=body["id_token"]))
    rows = await town.rows("SELECT kind, ended_at IS NULL AS alive FROM session")
    assert {row["kind"]: row["alive"] for row in rows} == {"citizen": False, "agent": True}


async def test_an_agent_signs_out_at_proconnect(town: Town) -> None:
    browser = town.browser()
    town.agents.person = agent()
    attempt = Attempt(client_id="demo-backoffice")
    body = (await town.exchange(attempt, await browser.code(attempt, "ProConnect"))).json()
    after = {"post_logout_redirect_uri": AFTER, "state": "bye"}
    answer = await browser.get(logout(id_token_hint=body["id_token"], **after))
    assert location(answer) == f"{town.agents.issuer}/session/end"
    away = query_of(answer.headers["location"])
    assert away.keys() == {"id_token_hint", "post_logout_redirect_uri", "state"}, "all that it wants, and no more"
    hint = jwt.decode(away["id_token_hint"][0], town.agents.key, algorithms=["ES256"]).claims
    assert (hint["iss"], hint["sub"], hint["aud"]) == (town.agents.issuer, "agent-1", "parvis")
    assert away["post_logout_redirect_uri"] == ["http://localhost:8080/logout/callback"]
    state = away["state"][0]
    for forged in (f"{state}x", f"x{state}", state[:-4], state.swapcase()):
        nowhere = await browser.get(logout_callback(forged))
        assert nowhere.status_code == 400
        assert "location" not in nowhere.headers
    assert (await browser.get(logout_callback(state))).headers["location"] == f"{AFTER}?state=bye"
    assert (await town.refresh(body["refresh_token"], "demo-backoffice")).status_code == 400


async def test_a_provider_that_is_down_keeps_nobody_signed_in(town: Town) -> None:
    browser = town.browser()
    body = await signed_in(town, browser)
    town.citizens.down.add("/.well-known/openid-configuration")
    # Another process, which has not read the provider's description before.
    restarted = town.restarted(browser)
    answer = await restarted.get(logout(id_token_hint=body["id_token"], post_logout_redirect_uri=AFTER))
    assert answer.headers["location"] == AFTER
    assert (await town.rows("SELECT ended_at FROM session"))[0]["ended_at"] is not None
