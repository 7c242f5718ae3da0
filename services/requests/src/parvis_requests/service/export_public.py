# SPDX-License-Identifier: EUPL-1.2
"""All that the public may know of a collectivity's requests, in pieces: memory does not grow with their number."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position as Place
from parvis_requests.db import public_requests
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_public import Asked, Shown, shown, wanted_of

_PIECE: Final = 500
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_ALL: Final = timedelta(days=366 * 200)


async def export_public(
    database: Database, catalogue: Catalogue, collectivity: str, asked: Asked, now: datetime
) -> AsyncIterator[Sequence[Shown]]:
    """The requests in the order of their filing; between two pieces no connection waits for a slow reader."""
    since = max(asked.since or _EARLIEST, _EARLIEST)
    until = max(min(asked.until or now, now), _EARLIEST)
    wanted = wanted_of(catalogue, collectivity, replace(asked, since=since, until=until), now, _ALL)
    place: Place | None = None
    while True:
        async with database.reading() as session:
            found, more = await public_requests.find(session, wanted, _PIECE, place, newest_first=False)
            piece = await shown(session, catalogue, found)
        yield piece
        if not more:
            return
        place = Place(found[-1].created_at, found[-1].id)
