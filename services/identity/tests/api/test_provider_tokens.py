# SPDX-License-Identifier: EUPL-1.2
"""What is not believed of the tokens that a provider signs: nobody gets a session from it."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import respx
from fake_provider import Claims, FakeProvider, citizen
from identity_refusals import refused, sign_in
from identity_town import Town
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from parvis_kit.security import tokens

NOW = int(time.time())


def claims(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda given: {name: value for name, value in {**given, **changed}.items() if value is not None}


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
        claims(iat=NOW + 86_400),
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
    await refused(town, await sign_in(town), 502, "La connexion n’a pas abouti")


@pytest.mark.parametrize("acr", ["eidas0", None, "urn:other", 1])
async def test_a_level_below_the_one_asked_is_refused(town: Town, acr: Any) -> None:
    answer = await sign_in(town, lambda p: setattr(p, "acr", acr))
    await refused(town, answer, 403, "Niveau de garantie insuffisant")


async def test_a_key_that_the_provider_took_meanwhile_is_fetched(
    town: Town, citizens: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.tokens()
    monkeypatch.setattr(tokens, "_COOL_DOWN_SECONDS", 0)
    usual = citizens.key
    for key in (ECKey.generate_key("P-256", {"kid": str(uuid4()), "use": "sig", "alg": "ES256"}), usual):
        citizens.key = key
        assert "access_token" in await town.tokens()
