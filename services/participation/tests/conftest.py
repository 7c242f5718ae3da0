# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from budget_town import BudgetTown
from identity_rolls import SECRET, Identity, identity_server
from moderation_town import ModerationTown
from participation_town import Town
from poll_town import PollTown
from produced_events import misfits, produced

from parvis_participation.main import SCOPES, internal_app, public_app
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.settings import MIGRATIONS, Settings
from parvis_testing import Harness, migrated_settings, open_harness


@pytest.fixture(scope="session")
async def identity_running() -> AsyncIterator[Identity]:
    async with identity_server() as identity:
        yield identity


@pytest.fixture
def identity(identity_running: Identity) -> Iterator[Identity]:
    identity_running.reset()
    yield identity_running
    identity_running.reset()


@pytest.fixture(scope="session")
async def participation_settings(identity_running: Identity) -> Settings:
    return await migrated_settings(
        "participation",
        Settings,
        MIGRATIONS,
        PARVIS_IDENTITY_INTERNAL_URL=identity_running.url,
        machine_client_secret=SECRET,
    )


@pytest.fixture(scope="session")
async def service(participation_settings: Settings) -> AsyncIterator[Harness]:
    async with (
        RollKeys(participation_settings) as roll_keys,
        open_harness(
            "participation",
            participation_settings,
            MIGRATIONS,
            public_app=partial(public_app, roll_keys=roll_keys),
            internal_app=internal_app,
            scopes=" ".join(code for code, _ in SCOPES),
        ) as harness,
    ):
        yield harness


@pytest.fixture
async def town(service: Harness) -> AsyncIterator[Town]:
    yield Town(service)
    events = await produced(service)
    await service.clean()
    assert misfits(events) == []


@pytest.fixture
async def polling(service: Harness, town: Town, monkeypatch: pytest.MonkeyPatch) -> PollTown:
    del town  # empties the tables afterwards, and looks at the events
    return PollTown(service, monkeypatch)


@pytest.fixture
async def budgeting(service: Harness, town: Town, monkeypatch: pytest.MonkeyPatch) -> BudgetTown:
    del town  # empties the tables afterwards, and looks at the events
    return BudgetTown(service, monkeypatch)


@pytest.fixture
async def moderating(service: Harness, town: Town, monkeypatch: pytest.MonkeyPatch) -> ModerationTown:
    del town  # empties the tables afterwards, and looks at the events
    return ModerationTown(service, monkeypatch)
