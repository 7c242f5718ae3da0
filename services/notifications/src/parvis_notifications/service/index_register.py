# SPDX-License-Identifier: EUPL-1.2
"""By what an entry of the register is listed and found, read of what is sealed whenever that changes."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import register_pages
from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.domain.street_order import plain_words, walk_of

_BATCH: Final = 200
_NOWHERE: Final = ""
_log = logger(__name__)


def name_mark(index: BlindIndex, family_name: str) -> bytes:
    """Of a name, whatever its case, accents and signs."""
    # Of a name in another script nothing is left: it is itself.
    return index.of("register_entry.family_name", plain_words(family_name) or family_name.casefold())


def read_entry(row: RegisterEntry, content: Mapping[str, Any], index: BlindIndex) -> None:
    """Keep by what an entry with this content, of its present version, is found."""
    row.walk, row.name_mark = walk_of(content["address"]), name_mark(index, content["family_name"])
    row.has_needs, row.read_version = bool(content.get("needs")), row.version


async def index_register(database: Database, persons: PersonKeys, index: BlindIndex, *, batch: int = _BATCH) -> int:
    """Read what was not read in its present version, some in each transaction; returns how many.

    What cannot be read keeps no other from being; it is tried again at the next call.
    """
    done, after = 0, None
    while True:
        async with database.unit_of_work() as uow:
            rows = await register_pages.unread(uow.session, after, batch)
            keys = await persons.of_many({row.id for row in rows})
            done += sum([_read(row, keys.get(row.id), index) for row in rows])
            after = rows[-1].id if rows else after
            await uow.commit()
        if len(rows) < batch:
            return done


def _read(row: RegisterEntry, key: PersonKey | None, index: BlindIndex) -> bool:
    if key is None:  # taken out: nobody reads it again
        row.walk, row.read_version = _NOWHERE, row.version
        return True
    try:
        read_entry(row, json.loads(key.open("register_entry.content", row.content)), index)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are read
        _log.warning("register_entry_unreadable", entry=str(row.id), error=type(error).__name__)
        return False
    return True


async def index_register_regularly(
    database: Database, persons: PersonKeys, index: BlindIndex, every_seconds: float = 30
) -> None:
    """Until cancelled; what is entered and changed is read at once, and waits for no round."""
    while True:
        try:
            await index_register(database, persons, index)
        except Exception as error:  # noqa: BLE001 - the database or the key store is away: it is the next round's
            _log.warning("index_register_failed", error=type(error).__name__)
        await asyncio.sleep(every_seconds)
