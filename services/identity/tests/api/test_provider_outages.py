# SPDX-License-Identifier: EUPL-1.2
"""What we ask of a provider, and what people are told while it is down or answers badly."""

import time
from typing import Any

import httpx
import pytest
import respx
from fake_provider import citizen
from identity_refusals import refused, sign_in
from identity_town import Attempt, Town, answered


async def test_the_request_to_franceconnect_is_the_one_it_takes(town: Town) -> None:
    assert (await sign_in(town)).status_code == 200
    asked, sent = town.citizens.asked[0], town.citizens.sent[0]
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "acr_values", "state", "nonce",
    }  # fmt: skip
    assert asked["redirect_uri"] == "http://localhost:8080/login/franceconnect/callback"
    assert set(sent) == {"grant_type", "code", "redirect_uri", "client_id", "client_secret"}


@pytest.mark.parametrize("fresh", [{"prompt": "login"}, {"max_age": "600"}])
async def test_who_wants_a_fresh_sign_in_gets_one_from_the_provider(town: Town, fresh: dict[str, str | None]) -> None:
    await town.tokens(Attempt(extra=fresh))
    await town.tokens()
    assert [asked.get("prompt") for asked in town.citizens.asked] == ["login", None]


async def test_a_session_of_the_provider_that_is_older_than_allowed_opens_nothing(town: Town) -> None:
    def long_ago(claims: dict[str, Any]) -> dict[str, Any]:
        return claims | {"auth_time": int(time.time()) - 3_600}

    town.citizens.person, town.citizens.id_token_claims = citizen(), long_ago
    back = await town.browser().to_consent(Attempt(extra={"max_age": "600"}))
    assert answered(back)["error"] == "unmet_authentication_requirements"


async def test_a_provider_that_cannot_be_discovered_is_a_page(town: Town) -> None:
    answer = await sign_in(town, lambda p: p.down.add("/.well-known/openid-configuration"))
    await refused(town, answer, 503, "Le fournisseur d’identité ne répond pas")
    town.citizens.down.clear()
    assert (await sign_in(town)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "x"},
        {"access_token": "x", "id_token": 5, "token_type": "Bearer"},
        {"access_token": "x", "id_token": "a.b.c", "token_type": "DPoP"},
        ["no", "object"],
        {"id_token": "x" * 300_000},
    ],
)
async def test_a_wrong_token_answer_is_a_page(town: Town, providers: respx.MockRouter, body: Any) -> None:
    providers.route(url=f"{town.citizens.issuer}/token").mock(return_value=httpx.Response(200, json=body))
    await refused(town, await sign_in(town), 502, "La connexion n’a pas abouti")


async def test_a_discovery_document_of_somebody_else_is_not_used(town: Town, providers: respx.MockRouter) -> None:
    document = {"issuer": "https://evil.example", "token_endpoint": "https://evil.example/token"}
    url = f"{town.citizens.issuer}/.well-known/openid-configuration"
    providers.route(url=url).mock(return_value=httpx.Response(200, json=document))
    await refused(town, await sign_in(town), 502, "Réponse refusée")


async def test_a_step_down_from_https_is_not_taken(town: Town, providers: respx.MockRouter) -> None:
    issuer = town.citizens.issuer
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    document = {"issuer": issuer, **{name: f"http://franceconnect.example/{name}" for name in names}}
    url = f"{issuer}/.well-known/openid-configuration"
    providers.route(url=url).mock(return_value=httpx.Response(200, json=document))
    await refused(town, await sign_in(town), 502, "Réponse refusée")


async def test_after_a_refusal_another_try_succeeds(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    town.citizens.down.add("/token")
    page = await browser.to_consent(Attempt())
    assert page.status_code == 503
    town.citizens.down.clear()
    login = await browser.click(page, "Réessayer")
    consent = await browser.click(login, "S’identifier avec FranceConnect")
    assert answered(await browser.submit(consent, decision="allow"))["code"]
