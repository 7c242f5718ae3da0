# SPDX-License-Identifier: EUPL-1.2
"""What an operator does on the command line: keys of Open311 clients."""

from datetime import UTC, datetime
from uuid import UUID

from parvis_kit.runtime import open_runtime
from parvis_requests.db import catalogue, open311
from parvis_requests.service.open311_keys import make_key
from parvis_requests.settings import MIGRATIONS, Settings


async def make_open311_key(collectivity: str, name: str) -> None:
    """Make a key for a client of that name and print it: it cannot be shown again."""
    async with (
        open_runtime("requests", "open311", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        if await catalogue.version(uow.session, collectivity) is None:
            raise SystemExit(f"no such collectivity: {collectivity}")
        key_id, key = await make_key(uow.session, collectivity, name, datetime.now(UTC))
        await uow.commit()
    print(f"id {key_id}\napi_key {key}")  # noqa: T201 - the operator asked for it


async def revoke_open311_key(key_id: UUID) -> None:
    """Revoke a key: from now on it is refused."""
    async with (
        open_runtime("requests", "open311", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        if not await open311.revoke(uow.session, key_id, datetime.now(UTC)):
            raise SystemExit("no such key, or revoked before")
        await uow.commit()
