# SPDX-License-Identifier: EUPL-1.2
"""Clients that prove who they are by signing (RFC 7523): what is believed, and what is not."""

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from client_keys import TYPE, SigningClient
from identity_town import ISSUER, SYSTEM_SECRET, Town
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

GRANT = {"grant_type": "client_credentials"}
SYSTEM = {
    "audience": "system",
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
    "scopes": ["notifications.webhooks.read", "requests.requests.read"],
}


@pytest.fixture
async def desk(town: Town) -> SigningClient:
    client = SigningClient("signing-desk")
    await town.register("signing-desk", jwks=client.jwks, **SYSTEM)
    return client


def refused(answer: Any, code: str = "invalid_client") -> None:
    assert answer.status_code == (401 if code == "invalid_client" else 400), answer.text
    assert answer.json()["error"] == code
    assert "access_token" not in answer.text


async def test_a_client_that_signs_needs_no_secret(town: Town, desk: SigningClient) -> None:
    answer = await town.token(GRANT | desk.proof())
    assert answer.status_code == 200, answer.text
    claims = jwt.decode(answer.json()["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (claims["sub"], claims["kind"]) == ("signing-desk", "system")
    named = await town.token(GRANT | desk.proof() | {"client_id": "signing-desk"})
    assert named.status_code == 200


async def test_an_rsa_key_signs_with_ps256_and_not_with_rs256(town: Town) -> None:
    key = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
    client = SigningClient("rsa-desk")
    await town.register("rsa-desk", jwks={"keys": [key.as_dict(private=False)]}, **SYSTEM)
    for algorithm, status in (("PS256", 200), ("RS256", 401)):
        signed = jwt.encode({"alg": algorithm, "kid": "own"}, client.claims(), key, algorithms=[algorithm])
        assert (await town.token(GRANT | client.proof(signed))).status_code == status


async def test_an_assertion_works_once_also_when_it_comes_fifty_times(town: Town, desk: SigningClient) -> None:
    proof = desk.proof()
    answers = await asyncio.gather(*(town.token(GRANT | proof) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49
    refused(await town.token(GRANT | proof))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": f"{ISSUER}/oauth2/token"},
        {"aud": [ISSUER]},
        {"aud": [ISSUER, "https://evil.example"]},
        {"aud": "https://evil.example"},
        {"aud": None},
        {"iss": "demo-roadworks"},
        {"sub": "demo-roadworks"},
        {"iss": None},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 256},
        {"jti": 7},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": timedelta(seconds=-60)},
        {"exp": timedelta(hours=1)},
        {"nbf": timedelta(minutes=2)},
        {"iat": timedelta(minutes=2)},
    ],
)
async def test_an_assertion_is_for_us_from_the_client_and_of_now(
    town: Town, desk: SigningClient, changed: dict[str, Any]
) -> None:
    said = {
        name: int(time.time() + value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in changed.items()
    }
    answer = await town.token(GRANT | desk.proof(desk.assertion(**said)) | {"client_id": "signing-desk"})
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] in {"invalid_client", "invalid_request"}


def _part(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(client: SigningClient) -> str:
    return f"{_part({'alg': 'none'})}.{_part(client.claims())}."


def by_public_key_as_secret(client: SigningClient) -> str:
    signed = f"{_part({'alg': 'HS256', 'kid': 'own'})}.{_part(client.claims())}"
    mac = hmac.digest(client.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_a_key_in_the_header(client: SigningClient) -> str:
    other = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "jwk": other.as_dict(private=False)}
    return jwt.encode(header, client.claims(), other)


def by_another_key_of_that_name(client: SigningClient) -> str:
    return jwt.encode({"alg": "ES256", "kid": "own"}, client.claims(), ECKey.generate_key("P-256"))


def by_a_key_of_no_such_name(client: SigningClient) -> str:
    return jwt.encode({"alg": "ES256", "kid": "../../dev/null"}, client.claims(), client.key)


def altered(client: SigningClient) -> str:
    header, _, signature = client.assertion().split(".")
    return f"{header}.{_part(client.claims())}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        by_public_key_as_secret,
        by_a_key_in_the_header,
        by_another_key_of_that_name,
        by_a_key_of_no_such_name,
        altered,
        lambda client: client.assertion() + "x" * 9_000,
        lambda _: "a.b.c",
        lambda _: "nonsense",
    ],
)
async def test_a_forged_assertion_is_not_believed(
    town: Town, desk: SigningClient, forge: Callable[[SigningClient], str]
) -> None:
    refused(await town.token(GRANT | desk.proof(forge(desk))))


async def test_a_client_proves_itself_by_the_means_that_it_registered(town: Town, desk: SigningClient) -> None:
    refused(await town.token(GRANT | {"client_id": "signing-desk"}))
    refused(await town.token(GRANT, auth=("signing-desk", SYSTEM_SECRET)))
    with_secret = SigningClient("demo-roadworks", desk.key)
    refused(await town.token(GRANT | with_secret.proof()))
    public = SigningClient("demo-portal", desk.key)
    refused(await town.token({"grant_type": "refresh_token", "refresh_token": "x"} | public.proof()))


async def test_one_proof_at_a_time(town: Town, desk: SigningClient) -> None:
    refused(await town.token(GRANT | desk.proof(), auth=("demo-roadworks", SYSTEM_SECRET)), "invalid_request")
    refused(await town.token(GRANT | desk.proof() | {"client_secret": "x" * 40}), "invalid_request")
    refused(await town.token(GRANT | desk.proof() | {"client_id": "demo-roadworks"}), "invalid_request")
    refused(await town.token(GRANT | desk.proof() | {"client_assertion_type": "other"}), "invalid_request")
    refused(await town.token(GRANT | {"client_assertion_type": TYPE}))


async def test_an_access_token_of_ours_is_no_assertion(town: Town, desk: SigningClient) -> None:
    token = (await town.token(GRANT | desk.proof())).json()["access_token"]
    refused(await town.token(GRANT | desk.proof(token)))
