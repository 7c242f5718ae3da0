# SPDX-License-Identifier: EUPL-1.2
"""Have requests repeat who reads them, once their type says another thing: batch by batch, each a transaction.

Until it is over, requests are kept from whoever either the type or they themselves keep them from
(parvis_requests.db.access): the change closes at once, and opens by and by.
"""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_requests.db import access_changes

_BATCH: Final = 1_000
_SECONDS: Final = 5
_log = logger(__name__)


async def restrict_regularly(database: Database) -> None:
    """Do so until cancelled; a killed worker's rest goes on here."""
    while True:
        try:
            done = await restrict_requests(database)
            if done:
                _log.info("requests_restricted", count=done)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("restriction_failed", error=type(error).__name__)
        await asyncio.sleep(_SECONDS)


async def restrict_requests(
    database: Database, batch: int = _BATCH, pause_at: Callable[[str], None] = lambda _: None
) -> int:
    """Go on with each type whose access has changed; returns how many requests were told. Several workers share them.

    What somebody holds meanwhile is done at the next round, and so is what fails.

    Args:
        database: where requests lie.
        batch: how many requests a transaction changes.
        pause_at: called at ``repeated``, after the commit of each batch; tests kill the worker there.
    """
    async with database.reading() as session:
        types = await access_changes.pending(session)
    total = 0
    for type_id in types:
        try:
            total += await _restrict(database, type_id, batch, pause_at)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("requests_not_restricted", type=str(type_id), error=type(error).__name__)
    return total


async def _restrict(database: Database, type_id: UUID, batch: int, pause_at: Callable[[str], None]) -> int:
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            done = await access_changes.repeat(uow.session, type_id, batch)
            await uow.commit()
        if not done:
            break
        total += done
        pause_at("repeated")
    async with database.unit_of_work() as uow:
        await access_changes.end(uow.session, type_id)
        await uow.commit()
    return total
