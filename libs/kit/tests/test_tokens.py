# SPDX-License-Identifier: EUPL-1.2
import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import pytest
import respx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from joserfc.jws import serialize_compact

from parvis_kit.problems import Problem
from parvis_kit.security import tokens
from parvis_kit.security.tokens import Keys, TokenVerifier
from parvis_testing import ISSUER, TokenIssuer

AUDIENCE = "parvis-things"


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
def verifier(issuer: TokenIssuer) -> TokenVerifier:
    return TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer.keys())


def token(issuer: TokenIssuer, **claims: Any) -> str:
    return issuer.token(audience=AUDIENCE, scope="a.b.read c.d.write", **claims)


async def refused(verifier: TokenVerifier, text: str) -> None:
    with pytest.raises(Problem) as caught:
        await verifier.verify(text)
    assert caught.value.kind.code == "invalid-token"


async def test_a_good_token_says_who_calls(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    text = token(issuer, kind="agent", teams=["voirie"], roles=["agent"], sid="s1")
    principal = await verifier.verify(text)
    assert principal.is_agent
    assert principal.scopes == {"a.b.read", "c.d.write"}
    assert (principal.teams, principal.collectivity, principal.session) == (("voirie",), "paris", "s1")
    assert await verifier.verify(text) is principal


@pytest.mark.parametrize("ended", ["s1", "g1", "m1", "o1"])
async def test_a_token_ends_with_its_session_its_grant_and_what_it_rests_on(issuer: TokenIssuer, ended: str) -> None:
    over: set[str | None] = set()
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer.keys(), ended=over)
    text = token(issuer, sid="s1", grant_id="g1", rests_on=["m1", "o1"])
    assert (await verifier.verify(text)).rests_on == ("m1", "o1")
    over.add(ended)
    await refused(verifier, text)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": ["parvis-other"]},
        {"aud": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"exp": "never"},
        {"iat": int(time.time()) + 86_400},
        {"kind": "god"},
        {"collectivity": None, "kind": None},
    ],
)
async def test_a_wrong_claim_is_refused(issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any]) -> None:
    await refused(verifier, token(issuer, **claims))


async def test_an_id_token_is_no_access_token(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    claims = jwt.decode(token(issuer), issuer.key).claims
    for header in ({"alg": "ES256", "kid": "test"}, {"alg": "ES256", "kid": "test", "typ": "JWT"}):
        await refused(verifier, jwt.encode(header, claims, issuer.key))


async def test_other_algorithms_and_keys_are_refused(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    claims = jwt.decode(token(issuer), issuer.key).claims
    header = {"kid": "test", "typ": "at+jwt"}
    await refused(verifier, hs256(header | {"alg": "HS256"}, claims, issuer.key.as_pem(private=False)))
    foreign = ECKey.generate_key("P-256", {"kid": "test"})
    await refused(verifier, jwt.encode(header | {"alg": "ES256"}, claims, foreign))
    unsigned = token(issuer).rsplit(".", 1)[0] + "."
    await refused(verifier, unsigned)


def hs256(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """The classic confusion: the public key taken as an HMAC secret. By hand, since libraries refuse to make one."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    tag = urlsafe_b64encode(hmac.digest(secret, b".".join(parts), "sha256")).rstrip(b"=")
    return b".".join([*parts, tag]).decode()


async def test_a_token_that_names_no_key_is_refused(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    claims = jwt.decode(token(issuer), issuer.key).claims
    await refused(verifier, jwt.encode({"alg": "ES256", "typ": "at+jwt"}, claims, issuer.key))


@pytest.mark.parametrize("payload", [b"[]", b"null", b"{", b"\xff"])
async def test_a_signed_text_that_holds_no_claims_is_refused(
    issuer: TokenIssuer, verifier: TokenVerifier, payload: bytes
) -> None:
    header = {"alg": "ES256", "kid": "test", "typ": "at+jwt"}
    await refused(verifier, serialize_compact(header, payload, issuer.key))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "." * 10, "a" * 10_000])
async def test_nonsense_is_refused(verifier: TokenVerifier, text: str) -> None:
    await refused(verifier, text)


async def test_a_token_from_the_cache_still_ends(
    issuer: TokenIssuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = token(issuer, exp=int(time.time()) + 10)
    await verifier.verify(text)
    later = time.time() + 30
    monkeypatch.setattr(time, "time", lambda: later)
    await refused(verifier, text)


@respx.mock
async def test_keys_are_fetched_again_for_an_unknown_one_but_not_in_a_storm(issuer: TokenIssuer) -> None:
    route = respx.get("http://issuer.example/jwks").mock(
        return_value=httpx.Response(200, json=KeySet([issuer.key]).as_dict(private=False))
    )
    keys = Keys("http://issuer.example/jwks")
    await keys.holding("test")
    for _ in range(20):
        await keys.holding("unknown")
    assert route.call_count <= 2


@respx.mock
async def test_keys_come_and_go_while_a_verifier_runs(issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    published = [issuer.key]
    respx.get("http://issuer.example/jwks").mock(
        side_effect=lambda _: httpx.Response(200, json=KeySet([*published]).as_dict(private=False))
    )
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=Keys("http://issuer.example/jwks"))
    await verifier.verify(token(issuer))
    monkeypatch.setattr(tokens, "_COOL_DOWN_SECONDS", 0)
    renewed = TokenIssuer("renewed")
    published.append(renewed.key)
    await verifier.verify(token(renewed))
    await verifier.verify(token(issuer))
    published.remove(issuer.key)
    monkeypatch.setattr(tokens, "_REFRESH_SECONDS", 0)
    await verifier.verify(token(renewed))
    await refused(verifier, token(issuer))


@respx.mock
async def test_while_the_issuer_is_down_the_last_keys_serve_and_without_any_it_is_a_503(issuer: TokenIssuer) -> None:
    route = respx.get("http://issuer.example/jwks").mock(side_effect=httpx.ConnectError("down"))
    keys = Keys("http://issuer.example/jwks")
    with pytest.raises(Problem) as caught:
        await keys.holding("test")
    assert caught.value.status_code == 503
    assert caught.value.headers == {"Retry-After": "5"}
    route.mock(return_value=httpx.Response(200, json=KeySet([issuer.key]).as_dict(private=False)))
    assert (await keys.holding("test")).keys
    route.mock(side_effect=httpx.ConnectError("down"))
    assert (await keys.holding("unknown")).keys
