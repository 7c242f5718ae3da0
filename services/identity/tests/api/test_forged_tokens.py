# SPDX-License-Identifier: EUPL-1.2
"""Tokens that somebody made up, at each door that takes one; and a session that somebody else prepared."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from fake_provider import citizen
from identity_town import ISSUER, Attempt, Town
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from parvis_identity.domain.signing import SigningAlgorithm

Key = ECKey | RSAKey
IDENTITY = ("parvis-identity", "i" * 40)
Forgery = Callable[[dict[str, Any], dict[str, Any], Key], str]


def part(members: dict[str, Any] | bytes) -> str:
    raw = members if isinstance(members, bytes) else json.dumps(members).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def another(public: Key) -> Key:
    """A key of the same kind, which is not ours."""
    return RSAKey.generate_key(2_048) if isinstance(public, RSAKey) else ECKey.generate_key("P-256")


def signed_by(key: Key, header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", **header}, claims, key)


def unsigned(header: dict[str, Any], claims: dict[str, Any], _: Key) -> str:
    return f"{part(header | {'alg': 'none'})}.{part(claims)}."


def unsigned_in_capitals(header: dict[str, Any], claims: dict[str, Any], _: Key) -> str:
    return f"{part(header | {'alg': 'NoNe'})}.{part(claims)}."


def by_the_public_key_as_secret(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    text = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
    return f"{text}.{part(hmac.digest(public.as_pem(private=False), text.encode(), 'sha256'))}"


def with_nought_for_a_signature(header: dict[str, Any], claims: dict[str, Any], _: Key) -> str:
    return f"{part(header)}.{part(claims)}.{part(bytes(64))}"


def by_a_key_of_the_same_name(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    return signed_by(another(public), header, claims)


def by_a_key_that_it_brings(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    own = another(public)
    return signed_by(own, {"alg": header["alg"], "typ": header["typ"], "jwk": own.as_dict(private=False)}, claims)


def by_a_key_elsewhere(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    away = {"kid": "away", "jku": "https://parvis.example/keys", "x5u": "https://parvis.example/keys"}
    return signed_by(another(public), header | away, claims)


def by_a_path(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    return signed_by(another(public), header | {"kid": "../../../../dev/null"}, claims)


def by_a_query(header: dict[str, Any], claims: dict[str, Any], public: Key) -> str:
    return signed_by(another(public), header | {"kid": "x' UNION SELECT 'key' --"}, claims)


FORGERIES = [
    unsigned, unsigned_in_capitals, by_the_public_key_as_secret, with_nought_for_a_signature,
    by_a_key_of_the_same_name, by_a_key_that_it_brings, by_a_key_elsewhere, by_a_path, by_a_query,
]  # fmt: skip


async def forged(town: Town, forge: Forgery) -> str:
    """An access token as ours would be, of an administrator of everything, that we did not sign."""
    good = (await town.tokens())["access_token"]
    keys = await town.parts.ring.published()
    decoded = jwt.decode(good, keys, algorithms=["ES256"])
    claims = dict(decoded.claims) | {"exp": int(time.time()) + 3_600, "scope": "openid identity.profile.read"}
    assert (await town.get("/v1/me", good)).status_code == 200
    (public,) = [key for key in keys.keys if key.kid == decoded.header["kid"]]
    assert isinstance(public, ECKey)
    return forge(dict(decoded.header), claims, public)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_token_that_we_did_not_sign_opens_nothing(town: Town, forge: Forgery) -> None:
    token = await forged(town, forge)
    for path in ("/v1/me", "/oauth2/userinfo", "/v1/me/sessions"):
        answer = await town.get(path, token)
        assert answer.status_code == 401, path
        assert "www-authenticate" in answer.headers


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_token_that_we_did_not_sign_is_active_nowhere(town: Town, forge: Forgery) -> None:
    answer = await town.post("/oauth2/introspect", {"token": await forged(town, forge)}, auth=IDENTITY)
    assert answer.json() == {"active": False}


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_hint_that_we_did_not_sign_signs_nobody_out(town: Town, forge: Forgery) -> None:
    browser, attempt = town.browser(), Attempt()
    town.citizens.person = citizen()
    body = (await town.exchange(attempt, await browser.code(attempt))).json()
    keys = await town.parts.ring.published()
    decoded = jwt.decode(body["id_token"], keys, algorithms=["RS256"])
    (public,) = [key for key in keys.keys if key.kid == decoded.header["kid"]]
    assert isinstance(public, RSAKey)
    hint = forge(dict(decoded.header), dict(decoded.claims), public)
    await browser.get(f"/logout?id_token_hint={hint}")
    assert (await browser.get("/account/sessions")).status_code == 200


async def test_an_access_token_by_the_key_of_id_tokens_opens_nothing(town: Town) -> None:
    good = (await town.tokens())["access_token"]
    decoded = jwt.decode(good, await town.parts.ring.published(), algorithms=["ES256"])
    key = await town.parts.ring.signing(SigningAlgorithm.RS256)
    header = dict(decoded.header) | {"alg": "RS256", "kid": key.kid}
    token = jwt.encode(header, decoded.claims, key)
    assert (await town.get("/v1/me", good)).status_code == 200
    assert (await town.get("/v1/me", token)).status_code == 401
    assert (await town.post("/oauth2/introspect", {"token": token}, auth=IDENTITY)).json() == {"active": False}


async def test_an_access_token_of_another_issuer_is_none_of_ours(town: Town) -> None:
    ours, _ = await town.parts.ring.signing(), await town.tokens()
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": "https://parvis.example",
        "aud": ["parvis-identity"],
        "sub": "x",
        "kind": "citizen",
    }
    claims |= {"iat": now, "exp": now + 60, "jti": "x", "client_id": "x", "scope": "identity.profile.read"}
    token = signed_by(ours, {"kid": ours.kid}, claims | {"collectivity": "paris"})
    assert (await town.get("/v1/me", token)).status_code == 401


async def test_cookies_that_somebody_planted_are_worth_nothing_after_the_sign_in(town: Town) -> None:
    thief, victim = town.browser(), town.browser()
    town.citizens.person = citizen()
    await thief.code(Attempt())
    planted = dict(thief.http.cookies)
    for cookie in thief.http.cookies.jar:
        victim.http.cookies.jar.set_cookie(cookie)
    town.citizens.person = citizen(sub="victim", family_name="VICTIME")
    login = await victim.follow(await victim.authorize(Attempt(extra={"prompt": "login"})))
    consent = await victim.click(login, "S’identifier avec FranceConnect")
    assert "VICTIME" in consent.text
    assert victim.http.cookies["parvis-citizen"] != planted["parvis-citizen"]
    # Neither what was planted nor what the thief still holds leads to the victim's session.
    assert (await thief.get("/account/sessions")).status_code == 401
    again = await thief.follow(await thief.authorize(Attempt()))
    assert again.url.path == "/login"


@pytest.mark.parametrize(
    "where", ["https://parvis.example/", "//parvis.example/", "/\\parvis.example", "javascript:alert(1)", "%2f%2fevil"]
)
@pytest.mark.parametrize(
    "page",
    [
        "/login?continue={}",
        "/login?continue=x&redirect_uri={}",
        "/login/local?continue={}",
        "/login/passkey?continue={}",
        "/consent?continue={}",
        "/device?user_code={}",
        "/device?redirect_uri={}&error=x",
        "/logout?post_logout_redirect_uri={}",
        "/account/recovery?continue={}",
    ],
)
async def test_no_page_leads_where_a_link_says(town: Town, page: str, where: str) -> None:
    answer = await town.browser().get(page.format(where))
    assert "location" not in answer.headers
    assert 'href="https://parvis.example' not in answer.text
    assert 'href="//' not in answer.text
    assert "javascript:" not in answer.text.replace('value="javascript:', "")
    assert answer.url.host == ISSUER.split("//")[1].split(":")[0]
