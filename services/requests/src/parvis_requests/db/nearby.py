# SPDX-License-Identifier: EUPL-1.2
"""The open requests around a place: a few cells of a grid are looked at, whatever the number of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import COLUMN, ROW
from parvis_requests.domain.position import Box, Position

# Words quite alike outdo any distance within the radius.
_LIKENESS_COUNTS: Final = 2
_NEARBY: Final = f"""
WITH around AS (
    SELECT id, reference, type_id, type_code, type_version, status, longitude, latitude, created_at, author,
        description || ' ' || coalesce(address, '') AS words,
        111320 * sqrt((latitude - :latitude) ^ 2 + ((longitude - :longitude) * cosd(:latitude)) ^ 2) AS distance
    FROM request
    WHERE collectivity = :collectivity AND latitude IS NOT NULL
        AND {ROW} = ANY(CAST(:rows AS integer[])) AND {COLUMN} BETWEEN :west AND :east
        AND NOT EXISTS (SELECT FROM merge WHERE merge.child_id = request.id)
        AND (type_code, status) IN (SELECT * FROM unnest(CAST(:types AS text[]), CAST(:statuses AS text[])))
), scored AS (
    SELECT around.*,
        CASE WHEN CAST(:words AS text) = '' THEN 0
            ELSE word_similarity(unaccent(lower(:words)), unaccent(lower(words))) END AS likeness
    FROM around WHERE distance <= :radius
)
SELECT scored.*, author = :person AS own,
    (SELECT count(*) FROM follow WHERE follow.request_id = scored.id) AS followers,
    EXISTS (SELECT FROM follow WHERE follow.request_id = scored.id AND follow.person = :person) AS followed
FROM scored
ORDER BY distance / :radius - {_LIKENESS_COUNTS} * likeness, id
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Around:
    """Where to look and for what; ``open`` are the pairs of type and state that anybody may see and that are no end."""

    collectivity: str
    person: UUID
    place: Position
    radius: int
    words: str
    open: Sequence[tuple[str, str]]


class Near(NamedTuple):
    """A request nearby: how far in metres, and how alike its words are, 0 to 1."""

    id: UUID
    reference: str
    type_id: UUID
    type_code: str
    type_version: int
    status: str
    longitude: float
    latitude: float
    created_at: datetime
    distance: float
    likeness: float
    followers: int
    own: bool
    followed: bool


def nearby_statement(around: Around, limit: int) -> TextClause:
    """The nearest and most alike first."""
    box = Box.around(around.place, around.radius)
    return text(_NEARBY).bindparams(
        collectivity=around.collectivity,
        person=around.person,
        latitude=around.place.latitude,
        longitude=around.place.longitude,
        rows=list(box.rows),
        west=box.west,
        east=box.east,
        types=[code for code, _ in around.open],
        statuses=[status for _, status in around.open],
        words=around.words,
        radius=around.radius,
        limit=limit,
    )


async def nearby(session: AsyncSession, around: Around, limit: int) -> list[Near]:
    """The requests around a place."""
    rows = (await session.execute(nearby_statement(around, limit))).mappings()
    return [Near(**{name: row[name] for name in Near._fields}) for row in rows]
