# SPDX-License-Identifier: EUPL-1.2
"""What people wrote over SMPP: known again while our answer may be lost, and its parts until they are joined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

_ADD: Final = """
INSERT INTO heard_text (id, collectivity, mark, connection, whole, number, total, content, heard_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
ON CONFLICT (collectivity, mark) WHERE NOT sure DO NOTHING RETURNING id
"""
_SAME: Final = "SELECT id, connection FROM heard_text WHERE collectivity = $1 AND mark = $2 AND NOT sure"
# What waits for its other parts stays until they are joined.
_SURE: Final = """
WITH gone AS (DELETE FROM heard_text WHERE id = $1 AND content IS NULL)
UPDATE heard_text SET sure = true WHERE id = $1 AND content IS NOT NULL
"""
_PARTS: Final = """
SELECT id, number, total, content FROM heard_text WHERE collectivity = $1 AND whole = $2 AND content IS NOT NULL
ORDER BY heard_at, id
"""
_JOINED: Final = """
WITH gone AS (DELETE FROM heard_text WHERE id = ANY($1) AND sure)
UPDATE heard_text SET content = NULL WHERE id = ANY($1) AND NOT sure
"""
_WAITING: Final = """
SELECT count(*) FROM (
    SELECT FROM heard_text WHERE collectivity = $1 AND whole IS NOT NULL AND content IS NOT NULL LIMIT $2) w
"""
_TORN: Final = """
SELECT DISTINCT collectivity, whole FROM (SELECT collectivity, whole FROM heard_text
    WHERE content IS NOT NULL AND heard_at < now() - $1::interval ORDER BY heard_at LIMIT $2) w
"""
_FORGET: Final = "DELETE FROM heard_text WHERE heard_at < now() - $1::interval AND content IS NULL"


@dataclass(frozen=True, slots=True)
class Part:
    """One of a longer text, which its own key has sealed."""

    id: UUID
    number: int
    total: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is kept of a text that came: of a part of a longer one also where it belongs, and its words."""

    id: UUID
    mark: bytes
    whole: bytes | None = None
    number: int | None = None
    total: int | None = None
    content: bytes | None = None


class HeardTexts:
    """Those of all towns."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def add(self, collectivity: str, connection: UUID, fresh: Fresh) -> bool:
        """Keep it; False where it may be one that came before."""
        rest = (fresh.whole, fresh.number, fresh.total, fresh.content)
        return bool(await self._pool.fetchval(_ADD, fresh.id, collectivity, fresh.mark, connection, *rest))

    async def same(self, collectivity: str, mark: bytes) -> tuple[UUID, UUID] | None:
        """The one that it may be, and over which connection that came."""
        row = await self._pool.fetchrow(_SAME, collectivity, mark)
        return (row["id"], row["connection"]) if row else None

    async def sure(self, text_id: UUID) -> None:
        """The operator has the answer to it, and brings it no more."""
        await self._pool.execute(_SURE, text_id)

    async def parts(self, collectivity: str, whole: bytes) -> Sequence[Part]:
        """Those of a longer text that are here and were not joined, the first that came first."""
        return [Part(**row) for row in await self._pool.fetch(_PARTS, collectivity, whole)]

    async def joined(self, ids: Sequence[UUID]) -> None:
        """Their words are kept elsewhere."""
        await self._pool.execute(_JOINED, ids)

    async def waiting(self, collectivity: str, most: int) -> int:
        """How many parts wait for others; counted up to ``most``."""
        return int(await self._pool.fetchval(_WAITING, collectivity, most))

    async def torn(self, after: timedelta, limit: int) -> Sequence[tuple[str, bytes]]:
        """Texts of which a part has waited for so long."""
        rows = await self._pool.fetch(_TORN, after, limit)
        return [(row["collectivity"], row["whole"]) for row in rows]

    async def forget(self, after: timedelta) -> None:
        """What no operator brings again after so long."""
        await self._pool.execute(_FORGET, after)
