# SPDX-License-Identifier: EUPL-1.2
"""What is kept for people beside their messages: by whose key it is sealed, and how it goes with that key."""

from collections.abc import Collection
from enum import Enum
from typing import Any, Final
from uuid import UUID

import asyncpg


class Kept(Enum):
    """A table of it, and its column that names whose key; places, topics and consents go with their subscriber."""

    SUBSCRIBERS = ("subscriber", "key_person")
    BROWSERS = ("push_subscription", "person")
    CHATS = ("chat_address", "person")
    DIGESTS = ("digest", "person")


_OWNERS: Final = "SELECT DISTINCT {owner} FROM {table} WHERE {owner} > $1 ORDER BY {owner} LIMIT $2"
_FORGET: Final = "DELETE FROM {table} WHERE {owner} = ANY($1)"


async def owners(pool: "asyncpg.Pool[Any]", kept: Kept, after: UUID, limit: int) -> list[UUID]:
    """The next so many people, by their ids, for whom something is kept there."""
    table, owner = kept.value
    return [row[0] for row in await pool.fetch(_OWNERS.format(table=table, owner=owner), after, limit)]


async def forget(pool: "asyncpg.Pool[Any]", kept: Kept, people: Collection[UUID]) -> int:
    """Delete all that is kept there for these; returns how many rows that was."""
    table, owner = kept.value
    done = await pool.execute(_FORGET.format(table=table, owner=owner), list(people))
    return int(done.rpartition(" ")[2])
