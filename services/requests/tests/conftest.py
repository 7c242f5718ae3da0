# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from certifiers import Certified, Certifiers, certifiers
from fastapi import FastAPI
from open311_endpoint import Open311Endpoint, open311_endpoint
from payfip import Paying, Provider, payfip
from produced_events import misfits, produced
from requests_town import CATALOGUE_TABLES, DEMO, STUDIED, Town, clean
from workflows import DECISION, definition

from parvis_kit.runtime import Runtime
from parvis_requests.main import SCOPES, internal_app, public_app
from parvis_requests.outgoing import civil_status
from parvis_requests.service.seed_catalogue import read_seed, seed_catalogue
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import Growth, Harness, migrated_settings, open_harness

# What a town writes once, or keeps for a while alone; the kit measures its outbox by itself.
SMALL = (
    *("collectivity", "request_type", "request_type_version", "area", "routing_rule", "team", "team_member"),
    *("team_absence", "agenda", "agenda_exception", "appointment_kind", "appointment_kind_agenda", "known_agent"),
    *("open311_key", "open311_body", "open311_service", "reply_template", "calendar_feed", "bulk_operation"),
    # One row of each collectivity.
    "counted_months",
    *("outbox", "relay_broker", "dead_letter"),
)
GROWTH = Growth(
    SMALL,
    {
        "request.status": "(ARRAY['submitted', 'taken', 'resolved', 'resolved', 'resolved', 'resolved'])[1 + n % 6]",
        "request.team": "'team-' || n % 20",
        "request.clock_paused_on": "CASE WHEN n % 300 = 0 THEN current_date END",
        "request.priority": "CASE WHEN n % 99 = 0 THEN 3 WHEN n % 97 = 0 THEN 1 ELSE 2 END",
        "request.due_at": "CASE WHEN n % 10 = 0 THEN now() - n * interval '1 minute' + interval '5 days' END",
        "reporter.checked": "n % 100 > 0",
        "imported_request.source": "'dansmarue'",
        "request.legal_end_at": "CASE WHEN n % 4 = 0 THEN now() - n * interval '1 minute' + interval '60 days' END",
    },
    dear=(
        # The planner takes the leaps over an index for ten times as many: test_queue_plans.py counts what they read.
        "WITH RECURSIVE branches",
        # Figures of the months that are asked for, 36 at most: as many answers as there are in these.
        "SELECT CAST(to_char(timezone($1::VARCHAR, satisfaction.created_at)",
        "SELECT CAST(request.team AS TEXT) AS code, satisfaction.score",
        "SELECT CAST(request.type_code AS TEXT) AS code, satisfaction.score",
        # What was counted of those months: a row for each type and team, some thousands a month at the very most.
        "SELECT satisfaction_count.collectivity, satisfaction_count.month",
        # How many were asked in these months and have answered, likewise.
        "SELECT CAST(to_char(timezone($1::VARCHAR, survey.asked_at)",
        "AS code, count(*) AS asked, count(satisfaction.request_id) AS answered",
        # Open311 reads an index of time up to its limit: it looks dear because no row here is of a type that it lists.
        "OR request.client_id = $",
    ),
)


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
        growth=GROWTH,
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
    await clean(service)
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
    settings = requests_settings.model_copy(update={"payfip_url": provider.url, "payfip_timeout_seconds": 60.0})
    async with open_harness(
        "requests",
        settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=" ".join(code for code, _ in SCOPES),
        beside=service,
    ) as harness:
        yield Paying(Town(harness), provider)
        await clean(harness)


@pytest.fixture(scope="session")
async def certifying(service: Harness, requests_settings: Settings) -> AsyncIterator[Certified]:
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
            beside=service,
        ) as harness:
            yield Certified(Town(harness), asked, apps[0].state.parts)


@pytest.fixture
async def certified(certifying: Certified, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Certified]:
    """A town that has an access to API Particulier."""
    monkeypatch.setattr(civil_status, "_SECONDS", 60.0)
    certifying.asked.begin_anew()
    certifying.rested()
    yield certifying
    await clean(certifying.town.service)


@pytest.fixture
def asked(certified: Certified) -> Certifiers:
    """Whom that town asks."""
    return certified.asked
