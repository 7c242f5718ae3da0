# SPDX-License-Identifier: EUPL-1.2
"""What is kept for people beside their messages: by whose key it is sealed, and how it goes with that key."""

from collections.abc import Collection
from enum import Enum
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_notifications.db.alert_tables import OWN

_GONE: Final = "DELETE FROM {table}"
_NOBODY: Final = f"UPDATE {{table}} SET agent = '{UUID(int=0)}'"


class Kept(Enum):
    """A table of it, which of its rows, its column that names whose key, and how that is forgotten.

    Places, topics and consents go with their subscriber. Who is in the register stays there without their account:
    to leave the one is not to leave the other; what they did there of themselves is nobody's then, by the nil UUID.
    """

    SUBSCRIBERS = ("subscriber", "true", "key_person", _GONE)
    BROWSERS = ("push_subscription", "true", "person", _GONE)
    CHATS = ("chat_address", "true", "person", _GONE)
    NUMBERS = ("texted_number", "true", "person", _GONE)
    DIGESTS = ("digest", "true", "person", _GONE)
    REGISTER_REQUESTS = ("register_request", "true", "person", _GONE)
    REGISTER_ENTRIES = ("register_entry", "true", "person", "UPDATE register_entry SET person = NULL")
    REGISTER_CHANGES = ("register_change", "own", "agent", _NOBODY)
    REGISTER_ACCESSES = ("register_access", OWN, "agent", _NOBODY)


_OWNERS: Final = "SELECT DISTINCT {owner} FROM {table} WHERE {which} AND {owner} > $1 ORDER BY {owner} LIMIT $2"
_FORGET: Final = "{forget} WHERE {which} AND {owner} = ANY($1)"


async def owners(pool: "asyncpg.Pool[Any]", kept: Kept, after: UUID, limit: int) -> list[UUID]:
    """The next so many people, by their ids, for whom something is kept there."""
    table, which, owner, _ = kept.value
    return [row[0] for row in await pool.fetch(_OWNERS.format(table=table, which=which, owner=owner), after, limit)]


async def forget(pool: "asyncpg.Pool[Any]", kept: Kept, people: Collection[UUID]) -> int:
    """Forget all that is kept there for these; returns how many rows that was."""
    table, which, owner, how = kept.value
    done = await pool.execute(_FORGET.format(forget=how.format(table=table), which=which, owner=owner), list(people))
    return int(done.rpartition(" ")[2])
