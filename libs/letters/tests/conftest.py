# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator

import pytest
from messaging_things import Things, open_things


@pytest.fixture
async def things(bootstrap: str) -> AsyncIterator[Things]:
    async with open_things(bootstrap) as opened:
        yield opened
