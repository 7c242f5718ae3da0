# SPDX-License-Identifier: EUPL-1.2
"""What the token endpoint refuses."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_provider import agent, citizen
from identity_town import SYSTEM_SECRET, WEB_CALLBACK, Attempt, Town
from joserfc import jwt
from profile_people import trail


async def a_code(town: Town, attempt: Attempt) -> str:
    town.citizens.person = citizen()
    return await town.browser().code(attempt)


def refused(answer: Any, code: str, status: int = 400) -> None:
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] == code
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_works_once_and_its_second_use_ends_what_it_gave(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    first = await town.exchange(attempt, code)
    refused(await town.exchange(attempt, code), "invalid_grant")
    refused(await town.refresh(first.json()["refresh_token"]), "invalid_grant")


async def test_of_fifty_at_once_one_wins(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    answers = await asyncio.gather(*(town.exchange(attempt, code) for _ in range(50)))
    assert sorted(a.status_code for a in answers) == [200] + [400] * 49
    winner = next(a.json() for a in answers if a.status_code == 200)
    refused(await town.refresh(winner["refresh_token"]), "invalid_grant")
    assert len(await town.rows("SELECT 1 FROM refresh_token")) == 1


@pytest.mark.parametrize("verifier", ["w" * 43, "short", None])
async def test_a_wrong_verifier_gets_nothing(town: Town, verifier: str | None) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    answer = await town.exchange(attempt, code, code_verifier=verifier)
    refused(answer, "invalid_grant" if verifier else "invalid_request")


async def test_a_code_shown_with_a_wrong_verifier_is_burnt(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    await town.exchange(attempt, code, code_verifier="w" * 43)
    refused(await town.exchange(attempt, code), "invalid_grant")


async def test_the_challenge_itself_is_no_verifier(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    refused(await town.exchange(attempt, code, code_verifier=attempt.parameters()["code_challenge"]), "invalid_grant")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:4711/callback", WEB_CALLBACK + "/", None])
async def test_the_redirect_uri_is_the_one_of_the_request(town: Town, uri: str | None) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    refused(await town.exchange(attempt, code, redirect_uri=uri), "invalid_grant" if uri else "invalid_request")


async def test_another_client_cannot_use_the_code_nor_burn_it(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    refused(await town.exchange(attempt, code, client_id="lutece-portal"), "invalid_grant")
    assert (await town.exchange(attempt, code)).status_code == 200


async def test_a_code_is_over_after_a_minute(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    await town.rows("UPDATE authorization_code SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    refused(await town.exchange(attempt, code), "invalid_grant")


async def test_the_code_s_life_is_a_minute(town: Town) -> None:
    await a_code(town, Attempt())
    row = (await town.rows("SELECT expires_at - created_at AS life FROM authorization_code"))[0]
    assert row["life"] == timedelta(seconds=60)


@pytest.mark.parametrize("changed", [{"code": "x"}, {"code": None}, {"grant_type": "password"}, {"grant_type": None}])
async def test_nonsense_is_told_so(town: Town, changed: dict[str, str | None]) -> None:
    attempt = Attempt()
    answer = await town.exchange(attempt, await a_code(town, attempt), **changed)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request", "unsupported_grant_type"}


async def test_a_repeated_parameter_is_refused(town: Town) -> None:
    attempt = Attempt()
    code = await a_code(town, attempt)
    body = f"grant_type=authorization_code&client_id=demo-portal&code={code}&code=x"
    answer = await town.token({}, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    refused(answer, "invalid_request")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
async def test_only_forms_are_read(town: Town, content_type: str) -> None:
    answer = await town.token({}, content=b"{}", headers={"content-type": content_type})
    refused(answer, "invalid_request")


@pytest.mark.parametrize("body", [b"\xff=\xfe", b"grant_type=%ff", b"&" * 100 + b"a=1" + b"&a=1" * 100, b"%"])
async def test_a_form_that_cannot_be_read_is_no_server_error(town: Town, body: bytes) -> None:
    answer = await town.token({}, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in {400, 401}


async def test_a_body_past_the_limit_is_refused(town: Town) -> None:
    answer = await town.token({"grant_type": "x" * 40_000})
    assert answer.status_code == 413


async def test_a_refresh_token_works_once_and_its_second_use_ends_the_family(town: Town) -> None:
    body = await town.tokens()
    renewed = (await town.refresh(body["refresh_token"])).json()
    assert renewed["refresh_token"] != body["refresh_token"]
    assert renewed["scope"] == body["scope"]
    refused(await town.refresh(body["refresh_token"]), "invalid_grant")
    refused(await town.refresh(renewed["refresh_token"]), "invalid_grant")


async def test_of_fifty_refreshes_at_once_one_wins_and_the_family_ends(town: Town) -> None:
    body = await town.tokens()
    answers = await asyncio.gather(*(town.refresh(body["refresh_token"]) for _ in range(50)))
    assert sorted(a.status_code for a in answers) == [200] + [400] * 49
    winner = next(a.json() for a in answers if a.status_code == 200)
    refused(await town.refresh(winner["refresh_token"]), "invalid_grant")
    assert {action for action, _ in await trail(town, "grant-replayed")} == {"grant-replayed"}


async def test_a_refresh_token_is_for_its_client(town: Town) -> None:
    body = await town.tokens()
    refused(await town.refresh(body["refresh_token"], client_id="lutece-portal"), "invalid_grant")
    assert (await town.refresh(body["refresh_token"])).status_code == 200


async def test_a_refresh_may_ask_for_less_but_not_for_more(town: Town) -> None:
    body = await town.tokens(Attempt(scope="openid requests.requests.read"))
    refused(await town.refresh(body["refresh_token"], scope="openid profile"), "invalid_scope")
    less = (await town.refresh(body["refresh_token"], scope="requests.requests.read")).json()
    assert less["scope"] == "requests.requests.read"
    again = (await town.refresh(less["refresh_token"])).json()
    assert again["scope"] == "openid requests.requests.read"


async def test_a_refresh_token_ends_with_time(town: Town) -> None:
    body = await town.tokens()
    await town.rows("UPDATE refresh_token SET expires_at = now()")
    refused(await town.refresh(body["refresh_token"]), "invalid_grant")
    other = await town.tokens()
    await town.rows("UPDATE token_grant SET expires_at = now()")
    refused(await town.refresh(other["refresh_token"]), "invalid_grant")


async def test_scopes_taken_from_a_client_are_renewed_no_more(town: Town) -> None:
    body = await town.tokens()
    await town.rows("UPDATE client SET scopes = '{openid}' WHERE client_id = 'demo-portal'")
    refused(await town.refresh(body["refresh_token"]), "invalid_grant")


async def test_an_agent_who_leaves_renews_nothing(town: Town) -> None:
    body = await town.agent_tokens()
    renewed = (await town.refresh(body["refresh_token"], client_id="demo-backoffice")).json()
    await town.rows("UPDATE membership SET ended_at = now()")
    refused(await town.refresh(renewed["refresh_token"], client_id="demo-backoffice"), "invalid_grant")


async def test_an_agent_who_moves_has_the_new_team_in_the_next_token(town: Town) -> None:
    town.agents.person = agent()
    body = await town.agent_tokens()
    await town.rows("UPDATE membership SET teams = '{accueil}' WHERE person IS NOT NULL")
    renewed = (await town.refresh(body["refresh_token"], client_id="demo-backoffice")).json()
    keys = await town.parts.ring.published()
    assert jwt.decode(renewed["access_token"], keys, algorithms=["ES256"]).claims["teams"] == ["accueil"]


@pytest.mark.parametrize("token", ["refresh_token", "access_token"])
async def test_a_revoked_family_renews_nothing(town: Town, token: str) -> None:
    body = await town.tokens()
    async with town.client() as http:
        answer = await http.post("/oauth2/revoke", data={"client_id": "demo-portal", "token": body[token]})
    assert answer.status_code == 200
    refused(await town.refresh(body["refresh_token"]), "invalid_grant")


async def test_another_client_revokes_nothing(town: Town) -> None:
    body = await town.tokens()
    async with town.client() as http:
        for token in (body["refresh_token"], body["access_token"], "nonsense"):
            answer = await http.post("/oauth2/revoke", data={"client_id": "lutece-portal", "token": token})
            assert answer.status_code == 200
        refused(await http.post("/oauth2/revoke", data={"token": "x"}), "invalid_client", 401)
    assert (await town.refresh(body["refresh_token"])).status_code == 200


SYSTEM = {"grant_type": "client_credentials"}


async def test_a_system_gets_a_token_for_itself(town: Town) -> None:
    answer = await town.token(SYSTEM, auth=("demo-roadworks", SYSTEM_SECRET))
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    claims = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (claims["kind"], claims["sub"], claims["collectivity"]) == ("system", "demo-roadworks", "paris")
    assert claims["aud"] == ["parvis-notifications"]
    by_post = await town.token({**SYSTEM, "client_id": "demo-roadworks", "client_secret": SYSTEM_SECRET})
    assert by_post.status_code == 200
    narrowed = await town.token(
        {**SYSTEM, "scope": "notifications.webhooks.read"}, auth=("demo-roadworks", SYSTEM_SECRET)
    )
    assert narrowed.json()["scope"] == "notifications.webhooks.read"


def basic(text: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    "headers",
    [
        basic("demo-roadworks:" + "x" * 40),
        basic("demo-roadworks:"),
        basic("demo-roadworks"),
        basic("demo-roadworks:" + "l" * 40),
        basic("nobody:" + SYSTEM_SECRET),
        basic("demo-portal:" + SYSTEM_SECRET),
        basic("demo-roadworks\x00:" + SYSTEM_SECRET),
        {"authorization": "Basic !!!"},
        {},
    ],
)
async def test_a_client_that_does_not_prove_itself_is_refused(town: Town, headers: dict[str, str]) -> None:
    answer = await town.token(SYSTEM, headers=headers)
    refused(answer, "invalid_client", 401)
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.json()["error_description"] == "unknown client, or client authentication failed"


async def test_a_secret_is_shown_one_way_only(town: Town) -> None:
    both = await town.token({**SYSTEM, "client_secret": SYSTEM_SECRET}, auth=("demo-roadworks", SYSTEM_SECRET))
    refused(both, "invalid_request")
    two = await town.token({**SYSTEM, "client_id": "lutece-roadworks"}, auth=("demo-roadworks", SYSTEM_SECRET))
    refused(two, "invalid_request")


async def test_a_client_stays_in_its_grants_and_scopes(town: Town) -> None:
    refused(await town.token({**SYSTEM, "client_id": "demo-portal"}), "unauthorized_client")
    wide = await town.token({**SYSTEM, "scope": "identity.people.read"}, auth=("demo-roadworks", SYSTEM_SECRET))
    refused(wide, "invalid_scope")
    await town.rows("UPDATE client SET scopes = '{}' WHERE client_id = 'parvis-participation'")
    none = await town.token(SYSTEM, auth=("parvis-participation", "p" * 40))
    refused(none, "invalid_scope")
