# SPDX-License-Identifier: EUPL-1.2
"""What is kept for people beside their messages: by whose key it is sealed, and how it goes with that key."""

from collections.abc import Collection
from enum import Enum
from typing import Any, Final
from uuid import UUID

import asyncpg

_GONE: Final = "DELETE FROM {table}"


class Kept(Enum):
    """A table of it, its column that names whose key, and how that is forgotten.

    Places, topics and consents go with their subscriber. Who is in the register stays there without their account:
    to leave the one is not to leave the other.
    """

    SUBSCRIBERS = ("subscriber", "key_person", _GONE)
    BROWSERS = ("push_subscription", "person", _GONE)
    CHATS = ("chat_address", "person", _GONE)
    DIGESTS = ("digest", "person", _GONE)
    REGISTER_REQUESTS = ("register_request", "person", _GONE)
    REGISTER_ENTRIES = ("register_entry", "person", "UPDATE register_entry SET person = NULL")


_OWNERS: Final = "SELECT DISTINCT {owner} FROM {table} WHERE {owner} > $1 ORDER BY {owner} LIMIT $2"
_FORGET: Final = "{forget} WHERE {owner} = ANY($1)"


async def owners(pool: "asyncpg.Pool[Any]", kept: Kept, after: UUID, limit: int) -> list[UUID]:
    """The next so many people, by their ids, for whom something is kept there."""
    table, owner, _ = kept.value
    return [row[0] for row in await pool.fetch(_OWNERS.format(table=table, owner=owner), after, limit)]


async def forget(pool: "asyncpg.Pool[Any]", kept: Kept, people: Collection[UUID]) -> int:
    """Forget all that is kept there for these; returns how many rows that was."""
    table, owner, how = kept.value
    done = await pool.execute(_FORGET.format(forget=how.format(table=table), owner=owner), list(people))
    return int(done.rpartition(" ")[2])
