# SPDX-License-Identifier: EUPL-1.2
"""Tokens bound to a client's key (RFC 9449): handed out for a proof, renewed and used with a proof only."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fake_provider import citizen
from identity_town import ISSUER, SYSTEM_SECRET, Attempt, Town
from joserfc import jwt
from two_replicas import answers_to_one_proof

from parvis_identity.main import public_app
from parvis_kit.db.database import open_database
from parvis_testing import KeyHolder

TOKEN_URL = f"{ISSUER}/oauth2/token"
SYSTEM = {"grant_type": "client_credentials"}
AUTH = ("demo-roadworks", SYSTEM_SECRET)


def nonce_of(town: Town, ago: timedelta = timedelta()) -> str:
    return town.parts.check_proof.nonce(datetime.now(UTC) - ago)


def headers(town: Town, holder: KeyHolder, **changed: Any) -> dict[str, str]:
    return {"dpop": holder.proof("POST", TOKEN_URL, **{"nonce": nonce_of(town), **changed})}


async def bound(town: Town, holder: KeyHolder, attempt: Attempt | None = None, **secret: str) -> dict[str, Any]:
    attempt = attempt or Attempt()
    town.citizens.person = citizen()
    answer = await redeem(town, holder, attempt, await town.browser().code(attempt), **secret)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def redeem(town: Town, holder: KeyHolder | None, attempt: Attempt, code: str, **secret: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": attempt.client_id,
        "code": code,
        "redirect_uri": attempt.redirect_uri,
        "code_verifier": attempt.verifier,
        **secret,
    }
    return await town.token(form, headers=headers(town, holder) if holder else {})


async def refresh(town: Town, holder: KeyHolder | None, token: str, **client: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "demo-portal", "refresh_token": token, **client}
    return await town.token(form, headers=headers(town, holder) if holder else {})


def refused(answer: httpx.Response, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text


async def test_a_bound_token_opens_the_api_with_its_key_only(town: Town) -> None:
    holder = KeyHolder()
    body = await bound(town, holder)
    assert body["token_type"] == "DPoP"
    claims = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert claims["cnf"] == {"jkt": holder.thumbprint}
    token = body["access_token"]
    assert (await town.get("/v1/me", token)).status_code == 401
    async with town.client() as http:
        for path in ("/v1/me", "/oauth2/userinfo"):
            proof = holder.proof("GET", f"{ISSUER}{path}", token=token)
            sent = {"authorization": f"DPoP {token}", "dpop": proof}
            assert (await http.get(path, headers=sent)).status_code == 200
            assert (await http.get(path, headers=sent)).status_code == 401


async def test_the_server_says_which_nonce_a_proof_needs(town: Town) -> None:
    holder = KeyHolder()
    first = await town.token(SYSTEM, auth=AUTH, headers=headers(town, holder, nonce=None))
    refused(first, "use_dpop_nonce")
    told = first.headers["dpop-nonce"]
    again = await town.token(SYSTEM, auth=AUTH, headers=headers(town, holder, nonce=told))
    assert again.json()["token_type"] == "DPoP"
    old = nonce_of(town, timedelta(minutes=10))
    refused(await town.token(SYSTEM, auth=AUTH, headers=headers(town, holder, nonce=old)), "use_dpop_nonce")
    assert "dpop-nonce" not in (await town.token(SYSTEM, auth=AUTH)).headers


async def test_a_proof_is_taken_once_also_when_it_comes_fifty_times(town: Town) -> None:
    sent = headers(town, KeyHolder())
    answers = await asyncio.gather(*(town.token(SYSTEM, auth=AUTH, headers=sent) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 49


@pytest.mark.parametrize(
    "changed",
    [
        {"iat": 0},
        {"htm": "GET"},
        {"htu": f"{ISSUER}/oauth2/par"},
        {"htu": "https://evil.example/oauth2/token"},
        {"jti": None},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": None}},
    ],
)
async def test_a_proof_that_is_stale_or_for_something_else_gives_nothing(town: Town, changed: dict[str, Any]) -> None:
    answer = await town.token(SYSTEM, auth=AUTH, headers=headers(town, KeyHolder(), **changed))
    refused(answer, "invalid_dpop_proof")


async def test_two_proofs_are_none(town: Town) -> None:
    holder = KeyHolder()
    sent = [("dpop", headers(town, holder)["dpop"]) for _ in range(2)]
    refused(await town.token(SYSTEM, auth=AUTH, headers=sent), "invalid_dpop_proof")


async def test_a_public_client_s_refresh_token_is_of_no_use_to_a_thief(town: Town) -> None:
    holder, thief = KeyHolder(), KeyHolder()
    body = await bound(town, holder)
    refused(await refresh(town, None, body["refresh_token"]), "invalid_grant")
    refused(await refresh(town, thief, body["refresh_token"]), "invalid_grant")
    mine = await refresh(town, holder, body["refresh_token"])
    assert mine.json()["token_type"] == "DPoP"
    refused(await refresh(town, thief, mine.json()["refresh_token"]), "invalid_grant")
    assert (await refresh(town, holder, mine.json()["refresh_token"])).status_code == 200


async def test_a_confidential_client_may_change_its_key(town: Town) -> None:
    secret = {"client_secret": "d" * 40}
    await town.register("test-desk", secret="d" * 40)
    attempt = Attempt(client_id="test-desk", scope="openid")
    body = await bound(town, KeyHolder(), attempt, **secret)
    answer = await refresh(town, KeyHolder(), body["refresh_token"], client_id="test-desk", **secret)
    assert answer.json()["token_type"] == "DPoP"


async def test_a_code_asked_for_with_a_key_is_redeemed_with_it(town: Town) -> None:
    holder = KeyHolder()
    attempt = Attempt(extra={"dpop_jkt": holder.thumbprint})
    town.citizens.person = citizen()
    code = await town.browser().code(attempt)
    refused(await redeem(town, None, attempt, code), "invalid_grant")
    refused(await redeem(town, KeyHolder(), attempt, code), "invalid_grant")
    assert (await redeem(town, holder, attempt, code)).status_code == 200


async def test_a_request_pushed_with_a_proof_binds_the_code(town: Town) -> None:
    holder, attempt = KeyHolder(), Attempt()
    proof = holder.proof("POST", f"{ISSUER}/oauth2/par", nonce=nonce_of(town))
    answer = await town.post("/oauth2/par", attempt.parameters(), headers={"dpop": proof})
    browser = town.browser()
    town.citizens.person = citizen()
    uri = answer.json()["request_uri"]
    login = await browser.follow(await browser.get(f"/oauth2/authorize?client_id=demo-portal&request_uri={uri}"))
    consent = await browser.click(login, "S’identifier avec FranceConnect")
    code = (await browser.submit(consent, decision="allow")).headers["location"].split("code=")[1].split("&")[0]
    refused(await redeem(town, KeyHolder(), attempt, code), "invalid_grant")
    assert (await redeem(town, holder, attempt, code)).status_code == 200
    other = holder.proof("POST", f"{ISSUER}/oauth2/par", nonce=nonce_of(town))
    named = attempt.parameters() | {"dpop_jkt": KeyHolder().thumbprint}
    refused(await town.post("/oauth2/par", named, headers={"dpop": other}), "invalid_dpop_proof")


async def test_a_client_that_binds_its_tokens_gets_no_other(town: Town) -> None:
    await town.register(
        "careful-system",
        audience="system",
        secret="d" * 40,
        grant_types=["client_credentials"],
        redirect_uris=[],
        scopes=["notifications.webhooks.read"],
        binds_tokens=True,
    )
    auth = ("careful-system", "d" * 40)
    refused(await town.token(SYSTEM, auth=auth), "invalid_dpop_proof")
    assert (await town.token(SYSTEM, auth=auth, headers=headers(town, KeyHolder()))).status_code == 200


async def test_introspection_names_the_key(town: Town) -> None:
    holder = KeyHolder()
    token = (await town.token(SYSTEM, auth=AUTH, headers=headers(town, holder))).json()["access_token"]
    about = (await town.post("/oauth2/introspect", {"token": token}, auth=AUTH)).json()
    assert (about["token_type"], about["cnf"]) == ("DPoP", {"jkt": holder.thumbprint})


async def test_of_fifty_calls_with_one_proof_at_two_replicas_one_is_answered(town: Town) -> None:
    holder = KeyHolder()
    token = (await bound(town, holder))["access_token"]
    runtime = replace(town.runtime, tokens=town.parts.verifier())
    assert await answers_to_one_proof(runtime, public_app, "/v1/me", token, holder) == {200: 1, 401: 49}


async def test_a_proof_for_the_token_endpoint_is_taken_once_by_two_replicas(town: Town) -> None:
    sent = headers(town, KeyHolder())
    async with open_database(town.runtime.settings, "replica") as database:
        other = public_app(replace(town.runtime, database=database))
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(other), base_url=ISSUER) as second,
            town.client() as first,
        ):
            calls = (
                (first, second)[number % 2].post("/oauth2/token", data=SYSTEM, auth=AUTH, headers=sent)
                for number in range(50)
            )
            answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 49
