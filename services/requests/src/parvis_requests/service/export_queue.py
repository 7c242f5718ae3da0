# SPDX-License-Identifier: EUPL-1.2
"""A queue whole, in pieces: memory does not grow with it, and no connection waits for a slow reader."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position
from parvis_requests.db.queue_filters import Asked
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import Sort
from parvis_requests.service.work_queue import read_queue

MOST_ROWS: Final = 10_000
"""How many requests are exported at once."""
_PIECE: Final = 500


async def export_queue(database: Database, actor: Actor, asked: Asked, sort: Sort) -> AsyncIterator[Sequence[Any]]:
    """Its requests in its order, ``MOST_ROWS`` at most; raises NotAllowedError for anybody but an agent."""
    place: Position | None = None
    for _ in range(MOST_ROWS // _PIECE):
        async with database.reading() as session:
            page = await read_queue(session, actor, asked, sort, place, _PIECE)
        yield page.rows
        place = page.next
        if place is None:
            return
