# SPDX-License-Identifier: EUPL-1.2
"""What is not believed of a provider's answer: nobody gets a session from it."""

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from fake_provider import Claims, FakeProvider, citizen
from identity_town import Attempt, Browser, Town, answered
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Change = Callable[[FakeProvider], Any]


async def sign_in(town: Town, change: Change | None = None) -> httpx.Response:
    town.citizens.person = citizen()
    if change:
        change(town.citizens)
    return await town.browser().to_consent(Attempt())


async def refused(town: Town, answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert "Réessayer" in answer.text
    assert "Revenir au service" in answer.text
    for table in ("session", "person", "token_grant"):
        assert await town.rows(f"SELECT 1 FROM {table}") == []


def claims(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda given: {name: value for name, value in {**given, **changed}.items() if value is not None}


async def test_the_request_to_franceconnect_is_the_one_it_takes(town: Town) -> None:
    assert (await sign_in(town)).status_code == 200
    asked, sent = town.citizens.asked[0], town.citizens.sent[0]
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "acr_values", "state", "nonce",
    }  # fmt: skip
    assert asked["redirect_uri"] == "http://localhost:8080/login/franceconnect/callback"
    assert set(sent) == {"grant_type", "code", "redirect_uri", "client_id", "client_secret"}


NOW = int(time.time())


@pytest.mark.parametrize(
    "change",
    [
        claims(iss="https://evil.example"),
        claims(iss=None),
        claims(aud="another-client"),
        claims(aud=["parvis", "another-client"]),
        claims(aud=None),
        claims(exp=NOW - 60),
        claims(exp=None),
        claims(exp=True),
        claims(iat=NOW + 3_600),
        claims(nonce="another-nonce-of-at-least-32-characters"),
        claims(nonce=None),
        claims(sub=None),
        claims(sub=""),
        claims(sub="x" * 256),
        claims(azp="another-client"),
        claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        claims(auth_time="yesterday"),
    ],
)
async def test_an_id_token_that_is_not_for_us_and_now(town: Town, change: Callable[[Claims], Claims]) -> None:
    answer = await sign_in(town, lambda p: setattr(p, "id_token_claims", change))
    await refused(town, answer, 502, "Réponse refusée")


@pytest.mark.parametrize(
    "change",
    [
        claims(iss="https://evil.example"),
        claims(iss=None),
        claims(aud="another-client"),
        claims(aud=None),
        claims(exp=NOW - 60),
        claims(exp=None),
        claims(sub="b" * 64 + "v1"),
        claims(sub=None),
    ],
)
async def test_a_userinfo_that_is_not_about_the_same_person(town: Town, change: Callable[[Claims], Claims]) -> None:
    answer = await sign_in(town, lambda p: setattr(p, "userinfo_claims", change))
    await refused(town, answer, 502, "Réponse refusée")


def by_hand(header: Claims, body: Claims, key: bytes | None) -> str:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, body)]
    signature = hmac.digest(key, b".".join(parts), "sha256") if key else b""
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def hs256_with_public_key(provider: FakeProvider) -> Callable[[Claims], str]:
    key = provider.key.as_pem(private=False)
    return lambda body: by_hand({"alg": "HS256", "kid": "p1"}, body, key)


def hs256_with_client_secret(provider: FakeProvider) -> Callable[[Claims], str]:
    key = provider.client_secret.encode()
    return lambda body: by_hand({"alg": "HS256", "kid": "p1"}, body, key)


def rs256(_provider: FakeProvider) -> Callable[[Claims], str]:
    key = RSAKey.generate_key(2048, {"kid": "p1"})
    return lambda body: jwt.encode({"alg": "RS256", "kid": "p1"}, body, key)


def unsigned(_provider: FakeProvider) -> Callable[[Claims], str]:
    return lambda body: by_hand({"alg": "none", "kid": "p1"}, body, None)


def other_key(_provider: FakeProvider) -> Callable[[Claims], str]:
    key = ECKey.generate_key("P-256", {"kid": "p1"})
    return lambda body: jwt.encode({"alg": "ES256", "kid": "p1"}, body, key)


def own_key_in_the_header(_provider: FakeProvider) -> Callable[[Claims], str]:
    key = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "kid": "p1", "jwk": key.as_dict(private=False)}
    return lambda body: jwt.encode(header, body, key)


def unknown_kid(_provider: FakeProvider) -> Callable[[Claims], str]:
    key = ECKey.generate_key("P-256", {"kid": "elsewhere"})
    return lambda body: jwt.encode({"alg": "ES256", "kid": "elsewhere"}, body, key)


def garbage(_provider: FakeProvider) -> Callable[[Claims], str]:
    return lambda _body: "a.b.c"


FORGERIES = [
    hs256_with_public_key, hs256_with_client_secret, rs256, unsigned, other_key, own_key_in_the_header, unknown_kid,
    garbage,
]  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("where", ["sign", "sign_userinfo"])
async def test_another_algorithm_or_key_is_not_believed(
    town: Town, forgery: Callable[[FakeProvider], Callable[[Claims], str]], where: str
) -> None:
    answer = await sign_in(town, lambda p: setattr(p, where, forgery(p)))
    await refused(town, answer, 502, "Réponse refusée")


async def test_a_userinfo_without_signature_is_not_believed(town: Town, providers: respx.MockRouter) -> None:
    providers.route(url=f"{town.citizens.issuer}/userinfo").mock(return_value=httpx.Response(200, json=citizen()))
    await refused(town, await sign_in(town), 502, "La connexion n&#39;a pas abouti")


@pytest.mark.parametrize("iss", ["https://evil.example/api/v2", "", None])
async def test_an_answer_of_another_provider_is_a_mix_up(town: Town, iss: str | None) -> None:
    def change(answer: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in {**answer, "iss": iss}.items() if value is not None}

    town.citizens.person = citizen()
    town.citizens.callback = change
    answer = await town.browser().to_consent(Attempt())
    assert answer.status_code == 502
    assert town.citizens.sent == [], "the code is not sent to anybody"
    assert await town.rows("SELECT 1 FROM session") == []


async def callback_of(town: Town, browser: Browser) -> str:
    town.citizens.person = citizen()
    login = await browser.follow(await browser.authorize(Attempt()))
    start = login.text.split('href="/login/franceconnect/start')[1].split('"')[0]
    away = await browser.get(f"/login/franceconnect/start{start}")
    return town.citizens.authorize(away.headers["location"])


async def test_a_callback_works_once_also_when_it_comes_twenty_times(town: Town) -> None:
    browser = town.browser()
    url = await callback_of(town, browser)
    answers = await asyncio.gather(*(browser.get(url) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [303] + [400] * 19
    assert len(await town.rows("SELECT 1 FROM session")) == 1


async def test_a_callback_belongs_to_the_browser_that_left(town: Town) -> None:
    url = await callback_of(town, town.browser())
    answer = await town.browser().get(url)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert await town.rows("SELECT 1 FROM session") == []


async def test_a_callback_belongs_to_its_provider(town: Town) -> None:
    browser = town.browser()
    url = (await callback_of(town, browser)).replace("/franceconnect/", "/proconnect/")
    assert (await browser.get(url)).status_code == 400


@pytest.mark.parametrize("url", ["", "?state=x&code=y", "?code=y", "?state=%00", "?state=" + "x" * 5_000])
async def test_a_callback_out_of_nowhere_is_a_page(town: Town, url: str) -> None:
    answer = await town.browser().get(f"/login/franceconnect/callback{url}")
    assert answer.status_code == 400
    assert "Cette page n&#39;est plus valable" in answer.text


async def test_a_late_callback_is_a_page(town: Town) -> None:
    browser = town.browser()
    url = await callback_of(town, browser)
    await town.rows("UPDATE sign_in SET expires_at = now() - interval '1 second'")
    assert (await browser.get(url)).status_code == 400


async def test_who_cancels_may_start_again_or_go_back(town: Town) -> None:
    town.citizens.callback = lambda answer: {
        "error": "access_denied", "error_description": "User auth aborted", "state": answer["state"],
        "iss": answer["iss"],
    }  # fmt: skip
    browser = town.browser()
    page = await browser.to_consent(Attempt())
    assert page.status_code == 200
    assert "Vous avez interrompu la connexion" in page.text
    assert "Revenir à Portail de démonstration" in page.text
    assert "http://localhost:8080/developers/callback?error=access_denied&amp;state=state-of-the-client" in page.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("server_error", "La connexion n&#39;a pas abouti"),
        ("temporarily_unavailable", "La connexion n&#39;a pas abouti"),
        ("invalid_scope", "La connexion est mal réglée"),
        ("invalid_request", "La connexion est mal réglée"),
        ("<script>alert(1)</script>", "La connexion n&#39;a pas abouti"),
    ],
)
async def test_each_error_of_the_provider_is_a_page(town: Town, error: str, words: str) -> None:
    town.citizens.callback = lambda answer: {
        "error": error, "error_description": "<b>Y000000</b>", "state": answer["state"], "iss": answer["iss"],
    }  # fmt: skip
    answer = await sign_in(town)
    await refused(town, answer, 502, words)
    assert "<script>" not in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("acr", ["eidas0", None, "urn:other", 1])
async def test_a_level_below_the_one_asked_is_refused(town: Town, acr: Any) -> None:
    answer = await sign_in(town, lambda p: setattr(p, "acr", acr))
    await refused(town, answer, 403, "Niveau de garantie insuffisant")


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
async def test_a_provider_that_does_not_answer_is_a_page(town: Town, path: str) -> None:
    answer = await sign_in(town, lambda p: p.down.add(path))
    await refused(town, answer, 503, "Le fournisseur d&#39;identité ne répond pas")


async def test_a_provider_that_cannot_be_discovered_is_a_page(town: Town) -> None:
    answer = await sign_in(town, lambda p: p.down.add("/.well-known/openid-configuration"))
    await refused(town, answer, 503, "Le fournisseur d&#39;identité ne répond pas")
    town.citizens.down.clear()
    assert (await sign_in(town)).status_code == 200


@pytest.mark.parametrize(
    ("status", "body", "words", "expected"),
    [
        (400, {"error": "invalid_grant"}, "Cette page n&#39;est plus valable", 400),
        (401, {"error": "invalid_client"}, "La connexion est mal réglée", 502),
        (500, {"error": "server_error"}, "La connexion n&#39;a pas abouti", 502),
        (200, {"access_token": "x"}, "La connexion n&#39;a pas abouti", 502),
        (200, {"access_token": "x", "id_token": 5, "token_type": "Bearer"}, "La connexion n&#39;a pas abouti", 502),
        (200, {"access_token": "x", "id_token": "a.b.c", "token_type": "DPoP"}, "La connexion n&#39;a pas abouti", 502),
        (200, ["no", "object"], "La connexion n&#39;a pas abouti", 502),
        (200, {"id_token": "x" * 300_000}, "La connexion n&#39;a pas abouti", 502),
    ],
)
async def test_a_wrong_token_answer_is_a_page(
    town: Town, providers: respx.MockRouter, status: int, body: Any, words: str, expected: int
) -> None:
    providers.route(url=f"{town.citizens.issuer}/token").mock(return_value=httpx.Response(status, json=body))
    await refused(town, await sign_in(town), expected, words)


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


async def test_a_person_of_two_browsers_at_once_gets_one_account(town: Town) -> None:
    browsers = [town.browser() for _ in range(8)]
    urls = [await callback_of(town, browser) for browser in browsers]
    answers = await asyncio.gather(*(b.get(u) for b, u in zip(browsers, urls, strict=True)))
    assert [a.status_code for a in answers] == [303] * 8
    assert len(await town.rows("SELECT 1 FROM person")) == 1
    assert len(await town.rows("SELECT 1 FROM session")) == 8
    assert len(await town.rows("SELECT 1 FROM outbox")) == 1


async def test_after_a_refusal_another_try_succeeds(town: Town) -> None:
    browser = town.browser()
    town.citizens.person = citizen()
    town.citizens.down.add("/token")
    page = await browser.to_consent(Attempt())
    assert page.status_code == 503
    town.citizens.down.clear()
    login = await browser.click(page, "Réessayer")
    consent = await browser.click(login, "S&#39;identifier avec FranceConnect")
    assert answered(await browser.submit(consent, decision="allow"))["code"]
