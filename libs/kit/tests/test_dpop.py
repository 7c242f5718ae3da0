# SPDX-License-Identifier: EUPL-1.2
"""Proofs of possession: which hold, and what a bound token is worth without one."""

import hmac
import json
import os
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey
from pydantic import SecretStr
from starlette.requests import Request

from parvis_kit.db.database import Database, open_database
from parvis_kit.problems import Catalogue
from parvis_kit.security.dpop import TABLE, Proof, ProofError, Proofs, read_proof
from parvis_kit.security.tokens import TokenVerifier
from parvis_kit.settings import ServiceSettings
from parvis_kit.web.app import create_app
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_testing import ISSUER, KeyHolder, TokenIssuer, create_databases

URL = f"{ISSUER}/v1/things"


def test_a_proof_holds_for_its_request() -> None:
    holder = KeyHolder()
    proof = read_proof(holder.proof("GET", URL, jti="j1", nonce="n1"), method="GET", url=URL)
    assert proof == (holder.thumbprint, "j1", "n1")


def test_query_fragment_and_case_of_the_host_do_not_matter() -> None:
    named = URL.replace("localhost", "LOCALHOST") + "?page=2#top"
    assert read_proof(KeyHolder().proof("GET", named), method="GET", url=URL)


@pytest.mark.parametrize(
    "changed",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htm": None},
        {"htu": f"{ISSUER}/v1/others"},
        {"htu": "https://evil.example/v1/things"},
        {"htu": "http://localhost:8080@evil.example/v1/things"},
        {"htu": URL + "/"},
        {"htu": None},
        {"htu": 7},
        {"htu": "http://[/v1/things"},
        {"iat": 0},
        {"iat": None},
        {"iat": "now"},
        {"jti": None},
        {"ath": None},
        {"ath": "x" * 43},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": None}},
        {"header": {"jwk": None}},
        {"header": {"jwk": ECKey.generate_key("P-256").as_dict(private=False)}},
        {"header": {"jwk": {"kty": "EC"}}},
    ],
)
def test_any_other_holds_for_nothing(changed: dict[str, Any]) -> None:
    text = KeyHolder().proof("GET", URL, token="the-token", **changed)
    with pytest.raises(ProofError):
        read_proof(text, method="GET", url=URL, token="the-token")


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_stale_proof_and_one_made_ahead_hold_for_nothing(seconds: int) -> None:
    with pytest.raises(ProofError):
        read_proof(KeyHolder().proof("GET", URL, iat=int(time.time()) + seconds), method="GET", url=URL)


def test_a_private_key_is_nobody_s_proof() -> None:
    holder = KeyHolder()
    text = holder.proof("GET", URL, header={"jwk": holder.key.as_dict(private=True)})
    with pytest.raises(ProofError):
        read_proof(text, method="GET", url=URL)


def _part(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_no_other_algorithm_is_taken() -> None:
    holder, claims = KeyHolder(), {"htm": "GET", "htu": URL, "iat": int(time.time()), "jti": "j"}
    for algorithm in ("none", "HS256"):
        head = {"alg": algorithm, "typ": "dpop+jwt", "jwk": holder.key.as_dict(private=False)}
        signed = f"{_part(head)}.{_part(claims)}"
        mac = hmac.digest(holder.key.as_pem(private=False), signed.encode(), "sha256")
        for signature in ("", urlsafe_b64encode(mac).rstrip(b"=").decode()):
            with pytest.raises(ProofError):
                read_proof(f"{signed}.{signature}", method="GET", url=URL)


@pytest.mark.parametrize("text", ["", "a.b.c", "é", "x" * 10_000])
def test_nonsense_is_no_proof(text: str) -> None:
    with pytest.raises(ProofError):
        read_proof(text, method="GET", url=URL)


@pytest.fixture(scope="module")
async def settings() -> ServiceSettings:
    name = f"test_dpop_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    owner = await asyncpg.connect(urls["owner_database_url"])
    for statement in TABLE.split("\n\n"):
        await owner.execute(statement)
    await owner.close()
    return ServiceSettings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode()})


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    async with open_database(settings, "test-dpop") as opened:
        yield opened


@dataclass
class Api:
    """An API with one route, and whoever calls it."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: TokenIssuer
    holder: KeyHolder

    def token(self, bound_to: str | None) -> str:
        claims = {"cnf": {"jkt": bound_to}} if bound_to else {}
        return self.issuer.token(audience="parvis-a", scope="a.things.read", **claims)

    async def get(self, text: str, proof: str | None, scheme: str = "DPoP") -> httpx.Response:
        headers = {"authorization": f"{scheme} {text}"} | ({"dpop": proof} if proof is not None else {})
        return await self.client.get("/v1/things?page=2", headers=headers)


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    made, issuer = router(), TokenIssuer()

    @made.get("/v1/things", **token("a.things.read"), responses=problems(401, 403))
    async def read(request: Request) -> dict[str, str | None]:
        return {"bound_to": principal_of(request).bound_to}

    app = create_app(
        title="Things",
        version="1.0.0",
        public_url=ISSUER,
        routers=[made],
        catalogue=Catalogue(),
        state={
            "tokens": TokenVerifier(issuer=ISSUER, audience="parvis-a", keys=issuer.keys()),
            "proofs": Proofs(database.hot),
        },
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER) as http:
        yield Api(app, http, issuer, KeyHolder())


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid-token"
    assert answer.headers["www-authenticate"] == (
        'DPoP error="invalid_dpop_proof", algs="ES256", '
        f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource"'
    )


async def test_a_bound_token_opens_the_api_with_its_key_each_proof_once(api: Api) -> None:
    text = api.token(api.holder.thumbprint)
    proof = api.holder.proof("GET", URL, token=text)
    first = await api.get(text, proof)
    assert first.json() == {"bound_to": api.holder.thumbprint}
    refused(await api.get(text, proof))
    assert (await api.get(text, api.holder.proof("GET", URL, token=text))).status_code == 200


async def test_who_has_the_token_alone_has_nothing(api: Api) -> None:
    text, thief = api.token(api.holder.thumbprint), KeyHolder()
    refused(await api.get(text, None, "Bearer"))
    refused(await api.get(text, None))
    refused(await api.get(text, ""))
    refused(await api.get(text, thief.proof("GET", URL, token=text)))
    refused(await api.get(text, api.holder.proof("GET", URL, token=text), "Bearer"))
    refused(await api.get(text, api.holder.proof("GET", URL, token=api.token(api.holder.thumbprint) + "x")))
    refused(await api.get(text, api.holder.proof("POST", URL, token=text)))


async def test_a_bearer_token_is_not_made_a_bound_one_by_a_proof(api: Api) -> None:
    text = api.token(None)
    refused(await api.get(text, api.holder.proof("GET", URL, token=text)))
    assert (await api.get(text, None, "Bearer")).json() == {"bound_to": None}


async def test_two_proofs_are_none(api: Api) -> None:
    text = api.token(api.holder.thumbprint)
    proofs = [("dpop", api.holder.proof("GET", URL, token=text)) for _ in range(2)]
    refused(await api.client.get("/v1/things", headers=[("authorization", f"DPoP {text}"), *proofs]))


async def test_a_replica_that_has_just_started_takes_no_proof_again(database: Database) -> None:
    proof = Proof("thumbprint", "once\ud800", None)
    await Proofs(database.hot).take_once(proof)
    for again in (proof, proof):
        with pytest.raises(ProofError):
            await Proofs(database.hot).take_once(again)
    await Proofs(database.hot).take_once(proof._replace(thumbprint="another"))


async def test_proofs_that_have_had_their_time_go_as_others_come(database: Database) -> None:
    await database.pool.execute("DELETE FROM dpop_proof")
    old = (
        "INSERT INTO dpop_proof SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 9) n"
    )
    await database.pool.execute(old)
    memory = Proofs(database.hot)
    for number in range(6):
        await memory.take_once(Proof("thumbprint", str(number), None))
    rows = await database.pool.fetch("SELECT expires_at - now() AS left FROM dpop_proof")
    assert len(rows) == 6
    assert all(60 < row["left"].total_seconds() <= 120 for row in rows)


async def test_while_the_database_is_down_no_bound_token_opens_anything(api: Api, settings: ServiceSettings) -> None:
    down = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:1/nothing")})
    text = api.token(api.holder.thumbprint)
    async with open_database(down, "test-dpop") as database:
        api.app.state.proofs = Proofs(database.hot)
        answer = await api.get(text, api.holder.proof("GET", URL, token=text))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (await api.get(api.token(None), None, "Bearer")).status_code == 200
