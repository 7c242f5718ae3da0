# SPDX-License-Identifier: EUPL-1.2
"""Free-text search of a catalogue: French and English stems without accents, and likeness of words for typos."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# What is indexed of a version when it is published; A, B and C are the weights of ts_rank. The French stop words of
# PostgreSQL lack "les", which it stems to "le".
_INDEX: Final = text("""
UPDATE request_type_version SET
    lexemes = ts_delete(
        setweight(to_tsvector('french', unaccent(:name_fr)), 'A')
        || setweight(to_tsvector('english', unaccent(:name_en)), 'A')
        || setweight(to_tsvector('french', unaccent(:keywords)), 'B')
        || setweight(to_tsvector('french', unaccent(:more)), 'C'),
        'le'
    ),
    words = lower(unaccent(:name_fr || ' ' || :keywords || ' ' || :name_en))
WHERE id = :id
""")
# Any word may match; a word that matches nothing as a stem counts by its likeness to the nearest one. A catalogue has
# some hundred types, all found by (collectivity, state): no index over the words would be used.
_FIND: Final = text("""
WITH said AS (
    SELECT regexp_replace(unaccent(:asked), '\\mles\\M', ' ', 'gi') AS plain
), asked AS (
    SELECT plain,
        replace(plainto_tsquery('french', plain)::text, '&', '|')::tsquery
        || replace(plainto_tsquery('english', plain)::text, '&', '|')::tsquery AS stems
    FROM said
), scored AS (
    SELECT v.type_id, t.code, (v.definition ->> 'rank')::int AS rank,
        ts_rank('{0, 0.1, 0.5, 1}', v.lexemes, asked.stems) AS stemmed,
        (
            SELECT avg(CASE WHEN likeness > :least THEN likeness ELSE 0 END)
            FROM (
                SELECT word_similarity(word, v.words) AS likeness
                FROM unnest(string_to_array(lower(asked.plain), ' ')) AS word
                WHERE length(word) > 2 AND numnode(plainto_tsquery('french', word)) > 0
            ) AS compared
        ) AS alike
    FROM request_type_version AS v JOIN request_type AS t ON t.id = v.type_id CROSS JOIN asked
    WHERE v.collectivity = :collectivity AND v.state = 'published' AND v.lexemes IS NOT NULL
)
SELECT code FROM scored
WHERE stemmed > 0 OR alike > 0
ORDER BY stemmed + 2 * coalesce(alike, 0) DESC, rank, code
LIMIT :limit
""")
_LEAST_LIKENESS: Final = 0.55


async def index(
    session: AsyncSession, version_id: UUID, *, name_fr: str, name_en: str, keywords: str, more: str
) -> None:
    """Make a version findable by its name, its keywords and, less so, by more words."""
    words = {"name_fr": name_fr, "name_en": name_en, "keywords": keywords, "more": more}
    await session.execute(_INDEX, {"id": version_id, **words})


async def find(session: AsyncSession, collectivity: str, asked: str, limit: int) -> Sequence[str]:
    """The codes of the types on offer that answer a few words, the best first."""
    wanted = {"collectivity": collectivity, "asked": asked, "limit": limit, "least": _LEAST_LIKENESS}
    return (await session.scalars(_FIND, wanted)).all()
