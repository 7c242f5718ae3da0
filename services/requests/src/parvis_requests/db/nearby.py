# SPDX-License-Identifier: EUPL-1.2
"""The open requests around a place: a few cells of a grid are looked at, whatever the number of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.public_rules import LATITUDE, LONGITUDE, RULE, TOLD, Rule, parameters, slack
from parvis_requests.db.tables import COLUMN, ROW
from parvis_requests.domain.position import METRES_A_DEGREE, Box, Position

# Words are compared as far as they are shown, as Publicity.words says: whoever asks could find out all others by
# guessing. One's own are known, with the address.
_WORDS: Final = """
    CASE WHEN author = :person THEN description || ' ' || coalesce(address, '')
        WHEN rule.content = 'never' THEN NULL
        WHEN publication.number IS NOT NULL THEN publication.words
        WHEN rule.content = 'at-once' THEN description END
"""
# Words quite alike outdo any distance within the radius.
_LIKENESS_COUNTS: Final = 2
_NEARBY: Final = f"""
WITH around AS (
    SELECT request.id, reference, request.type_id, type_code, type_version, request.status, {LONGITUDE} AS longitude,
        {LATITUDE} AS latitude, created_at, author, {_WORDS} AS words
    FROM request {RULE}
    LEFT JOIN publication ON publication.request_id = request.id AND publication.latest
    WHERE request.collectivity = :collectivity AND latitude IS NOT NULL
        AND {ROW} = ANY(CAST(:rows AS integer[])) AND {COLUMN} BETWEEN :west AND :east AND {TOLD}
), measured AS (
    SELECT around.*,
        111320 * sqrt((latitude - :latitude) ^ 2 + ((longitude - :longitude) * cosd(:latitude)) ^ 2) AS distance
    FROM around
), scored AS (
    SELECT measured.*,
        CASE WHEN CAST(:words AS text) = '' OR words IS NULL THEN 0
            ELSE word_similarity(unaccent(lower(:words)), unaccent(lower(words))) END AS likeness
    FROM measured WHERE distance <= :radius
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
    """Where to look and for what; ``rules`` say what anybody may see."""

    collectivity: str
    person: UUID
    place: Position
    radius: int
    words: str
    rules: Sequence[Rule]


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
    # Distances are those of the rounded positions, and so is what lies within: else they would give the true ones away.
    box = Box.around(around.place, around.radius + 2 * METRES_A_DEGREE * slack(around.rules))
    return text(_NEARBY).bindparams(
        collectivity=around.collectivity,
        person=around.person,
        latitude=around.place.latitude,
        longitude=around.place.longitude,
        rows=list(box.rows),
        west=box.west,
        east=box.east,
        **parameters(around.rules),
        words=around.words,
        radius=around.radius,
        limit=limit,
    )


async def nearby(session: AsyncSession, around: Around, limit: int) -> list[Near]:
    """The requests around a place."""
    rows = (await session.execute(nearby_statement(around, limit))).mappings()
    return [Near(**{name: row[name] for name in Near._fields}) for row in rows]
