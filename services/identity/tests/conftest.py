# SPDX-License-Identifier: EUPL-1.2
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache

import httpx
import pytest
import respx
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fake_provider import FakeProvider
from identity_town import ISSUER, Town
from joserfc._rfc7517 import pem
from joserfc.jwk import ECKey
from produced_events import misfits, produced
from town_seed import demo_seed

from parvis_identity.assembly import assemble
from parvis_identity.main import internal_app, public_app
from parvis_identity.settings import MIGRATIONS, Settings
from parvis_testing import Harness, migrated_settings, open_harness

SEEDED = ("collectivity", "client", "membership", "signing_key", "rsa_signing_key")
FRANCECONNECT = "https://franceconnect.example/api/v2"
FRANCECONNECT_PLUS = "https://franceconnect-plus.example/api/v2"
PIVOT = ("identite_pivot", "email")
PROCONNECT = "https://proconnect.example/api/v2"


@pytest.fixture(scope="session", autouse=True)
def _proven_once() -> Iterator[None]:
    """To read an RSA key proves it, which takes 40 ms; each test reads the ring's, which stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pem, "load_pem_private_key", cache(load_pem_private_key))
        yield


@pytest.fixture(scope="session")
def citizens() -> FakeProvider:
    return FakeProvider("franceconnect", FRANCECONNECT, scopes=PIVOT)


@pytest.fixture(scope="session")
def plus() -> FakeProvider:
    """FranceConnect+, which knows us by a key and encrypts to another one."""
    signing, encryption = (ECKey.generate_key("P-256") for _ in range(2))
    return FakeProvider(
        "franceconnect-plus", FRANCECONNECT_PLUS, client_key=signing, encrypt_to=encryption, scopes=PIVOT
    )


@pytest.fixture(scope="session")
def agents() -> FakeProvider:
    return FakeProvider("proconnect", PROCONNECT)


@pytest.fixture(scope="session")
async def identity_settings(citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider) -> Settings:
    providers = [provider.configuration() for provider in (citizens, plus, agents)]
    return await migrated_settings(
        "identity",
        Settings,
        MIGRATIONS,
        providers=json.loads(json.dumps(providers)),
        password_memory_kib=12_288,
        text_messages=True,
        client_networks="127.0.0.0/8",
    )


@pytest.fixture(scope="session")
async def service(identity_settings: Settings) -> AsyncIterator[Harness]:
    async with open_harness(
        "identity",
        identity_settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes="openid profile email identity.profile.read identity.people.read",
        whole=("signing_key", "rsa_signing_key"),
    ) as harness:
        yield harness


@pytest.fixture
def providers(citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider) -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        for provider in (citizens, plus, agents):
            provider.reset()
            provider.mount(router)
        yield router


@pytest.fixture
async def town(
    service: Harness, citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider, providers: respx.MockRouter
) -> AsyncIterator[Town]:
    assert providers is not None
    parts = assemble(service.runtime)
    runtime = replace(service.runtime, tokens=parts.verifier())
    app = public_app(runtime, parts)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(internal_app(runtime, parts)), base_url=ISSUER
    ) as internal:
        made = Town(service, app, internal, parts, citizens, plus, agents, demo_seed())
        await made.seed_again()
        yield made
        for http in made.browsers:
            await http.aclose()
    events = await produced(service)
    await service.clean("signing_key", "rsa_signing_key")
    assert misfits(events) == []
