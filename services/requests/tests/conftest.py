# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from certifiers import Certified, Certifiers, certifiers
from fastapi import FastAPI
from open311_endpoint import Open311Endpoint, open311_endpoint
from payfip import Paying, Provider, payfip
from produced_events import misfits, produced
from requests_town import CATALOGUE_TABLES, STUDIED, Town
from workflows import DECISION, definition

from parvis_kit.runtime import Runtime
from parvis_requests.main import SCOPES, internal_app, public_app
from parvis_requests.service.seed_catalogue import read_seed, seed_catalogue
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import Harness, migrated_settings, open_harness

DEMO = Path(__file__).parents[3] / "deploy/local/src/parvis_local/demo/requests.yaml"


@pytest.fixture(scope="session")
async def requests_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return await migrated_settings(
        "requests", Settings, MIGRATIONS, attachments_directory=tmp_path_factory.mktemp("attachments")
    )


@pytest.fixture(scope="session")
async def service(requests_settings: Settings) -> AsyncIterator[Harness]:
    async with open_harness(
        "requests",
        requests_settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=" ".join(code for code, _ in SCOPES) + " requests.messages.read requests.contacts.read",
        whole=("area",),
    ) as harness:
        async with harness.runtime.database.unit_of_work() as uow:
            for rows in read_seed(DEMO):
                studied = rows.types["cartons"].model_copy(update={"workflow": definition(DECISION), "reopening": None})
                await seed_catalogue(
                    uow.session, replace(rows, types={**rows.types, STUDIED: studied}), datetime.now(UTC)
                )
            await uow.commit()
        # The seed tells of each type and area: the first test finds as little in the outbox as all that follow it.
        await harness.clean(*CATALOGUE_TABLES)
        yield harness


@pytest.fixture
async def town(service: Harness) -> AsyncIterator[Town]:
    yield Town(service)
    events = await produced(service)
    await service.clean(*CATALOGUE_TABLES)
    assert misfits(events) == []


@pytest.fixture
def endpoint() -> Iterator[Open311Endpoint]:
    """Of another body."""
    with open311_endpoint() as running:
        yield running


@pytest.fixture
def provider() -> Iterator[Provider]:
    with payfip() as running:
        yield running


@pytest.fixture
async def paying(service: Harness, requests_settings: Settings, provider: Provider) -> AsyncIterator[Paying]:
    del service  # has filled the catalogue
    settings = requests_settings.model_copy(update={"payfip_url": provider.url, "payfip_timeout_seconds": 60.0})
    async with open_harness(
        "requests",
        settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=" ".join(code for code, _ in SCOPES),
    ) as harness:
        yield Paying(Town(harness), provider)
        await harness.clean(*CATALOGUE_TABLES)


@pytest.fixture(scope="session")
async def certifying(service: Harness, requests_settings: Settings) -> AsyncIterator[Certified]:
    del service  # has filled the catalogue
    with certifiers() as asked:
        settings, apps = requests_settings.model_copy(update=asked.settings()), list[FastAPI]()

        def remembered(runtime: Runtime[Settings]) -> FastAPI:
            apps.append(public_app(runtime))
            return apps[-1]

        async with open_harness(
            "requests",
            settings,
            MIGRATIONS,
            public_app=remembered,
            internal_app=internal_app,
            scopes=" ".join(code for code, _ in SCOPES),
        ) as harness:
            yield Certified(Town(harness), asked, apps[0].state.parts.certifier)


@pytest.fixture
async def certified(certifying: Certified) -> AsyncIterator[Certified]:
    """A town that has an access to API Particulier."""
    certifying.asked.begin_anew()
    certifying.rested()
    yield certifying
    await certifying.town.service.clean(*CATALOGUE_TABLES)


@pytest.fixture
def asked(certified: Certified) -> Certifiers:
    """Whom that town asks."""
    return certified.asked
