# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Iterator

import pytest
from real_sign_in import Place, running_place
from signing_desk import DESK
from town_seed import demo_seed

from parvis_identity.service import seed
from parvis_identity.settings import Settings
from parvis_testing import Harness


@pytest.fixture(autouse=True)
async def _seeded(service: Harness) -> AsyncIterator[None]:
    desk = seed.Seed.model_validate({"clients": [DESK]})
    for one in (demo_seed(), desk):
        await seed.apply(one, service.runtime.database, service.runtime.blind_index)
    yield
    await service.clean("signing_key", "rsa_signing_key")


@pytest.fixture(scope="module")
def place(identity_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_place(identity_settings, tmp_path_factory.mktemp("place")) as running:
        yield running
