# SPDX-License-Identifier: EUPL-1.2
"""What the authorization endpoint refuses, and to whom it says so."""

import pytest
from fake_provider import agent, citizen
from identity_town import CALLBACK, ISSUER, WEB_CALLBACK, Attempt, Town, answered, location

EVIL = "https://evil.example/callback"


@pytest.mark.parametrize(
    "uri",
    [
        EVIL,
        "https://localhost:8080/developers/callback",
        WEB_CALLBACK + "/",
        WEB_CALLBACK + "?next=https://evil.example",
        WEB_CALLBACK + "#x",
        "http://localhost:8081/developers/callback",
        "http://localhost:8080@evil.example/developers/callback",
        "http://localhost:8080/developers/../callback",
        "http://127.0.0.1:4711@evil.example/callback",
        "http://127.0.0.1:4711/callback/x",
        "//evil.example/callback",
        "javascript:alert(1)",
        "\x00",
        "",
    ],
)
async def test_an_unregistered_address_gets_a_page_and_no_redirect(town: Town, uri: str) -> None:
    answer = await town.browser().authorize(Attempt(redirect_uri=uri))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Adresse de retour non autorisée" in answer.text


@pytest.mark.parametrize("client_id", ["nobody", "", "demo-portal\x00", "é", "x" * 5_000])
async def test_an_unknown_client_gets_a_page_and_no_redirect(town: Town, client_id: str) -> None:
    answer = await town.browser().authorize(Attempt(client_id=client_id))
    assert answer.status_code == 400
    assert "Service inconnu" in answer.text


async def test_repeated_parameters_are_never_resolved_by_guessing(town: Town) -> None:
    browser = town.browser()
    twice = await browser.get(
        f"/oauth2/authorize?client_id=demo-portal&redirect_uri={WEB_CALLBACK}&redirect_uri={EVIL}"
    )
    assert twice.status_code == 400
    assert "location" not in twice.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": "openid identity.people.read"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_other_errors_reach_the_client_with_state_and_issuer(
    town: Town, changed: dict[str, str | None], error: str
) -> None:
    answer = await town.browser().authorize(Attempt(extra=changed))
    assert answer.status_code == 303
    assert location(answer) == WEB_CALLBACK
    given = answered(answer)
    assert given["error"] == error
    assert (given["state"], given["iss"]) == ("state-of-the-client", ISSUER)


async def test_a_loopback_client_may_choose_its_port(town: Town) -> None:
    town.citizens.person = citizen()
    attempt = Attempt(redirect_uri=CALLBACK)
    answer = await town.exchange(attempt, await town.browser().code(attempt))
    assert answer.status_code == 200


async def test_a_consent_for_a_loopback_client_is_never_remembered(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    page = await browser.to_consent(Attempt(redirect_uri=CALLBACK))
    assert 'name="remember"' not in page.text
    await browser.submit(page, decision="allow", remember="yes")
    again = await browser.authorize(Attempt(redirect_uri=CALLBACK, extra={"prompt": "none"}))
    assert answered(again)["error"] == "consent_required"


async def test_a_request_by_form_is_sent_on_as_a_get(town: Town) -> None:
    browser = town.browser()
    answer = await browser.http.post("/oauth2/authorize", data=Attempt().parameters())
    assert answer.status_code == 303
    login = await browser.follow(answer)
    assert "Se connecter" in login.text


async def test_a_client_of_agents_offers_proconnect_only(town: Town) -> None:
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt(client_id="demo-backoffice")))
    assert "ProConnect" in login.text
    assert "FranceConnect" not in login.text


async def test_a_citizen_s_session_is_none_for_a_client_of_agents(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    await browser.code(Attempt())
    silent = await browser.authorize(Attempt(client_id="demo-backoffice", extra={"prompt": "none"}))
    assert answered(silent)["error"] == "login_required"


async def test_an_agent_of_one_collectivity_gets_no_code_for_another_one(town: Town) -> None:
    town.agents.person = agent()
    browser = town.browser()
    await browser.code(Attempt(client_id="demo-backoffice"), "ProConnect")
    answer = await browser.authorize(Attempt(client_id="lutece-backoffice"))
    assert answer.status_code == 403
    assert "Vous n’avez pas encore accès" in answer.text
    assert len(await town.rows("SELECT 1 FROM token_grant")) == 1


async def test_the_way_through_the_pages_belongs_to_one_browser(town: Town) -> None:
    mine, other = town.browser(), town.browser()
    to_login = await mine.authorize(Attempt())
    stolen = await other.get(to_login.headers["location"])
    assert stolen.status_code == 400
    assert "Cette page n’est plus valable" in stolen.text


@pytest.mark.parametrize("path", ["/login", "/consent", "/login/franceconnect/start"])
@pytest.mark.parametrize("given", ["", "?continue=", "?continue=AAAA", "?continue=%00", "?continue=" + "A" * 9_000])
async def test_a_forged_request_goes_nowhere(town: Town, path: str, given: str) -> None:
    answer = await town.browser().get(path + given)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_the_authorization_endpoint_stores_nothing(town: Town) -> None:
    browser = town.browser()
    for _ in range(3):
        await browser.follow(await browser.authorize(Attempt()))
    for table in ("sign_in", "session", "token_grant", "person"):
        assert await town.rows(f"SELECT 1 FROM {table}") == []


async def test_a_browser_that_leaves_again_and_again_is_remembered_ten_times(town: Town) -> None:
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt()))
    for _ in range(14):
        start = login.text.split('href="/login/franceconnect/start')[1].split('"')[0]
        assert (await browser.get(f"/login/franceconnect/start{start}")).status_code == 303
    assert len(await town.rows("SELECT 1 FROM sign_in")) == 10
