# SPDX-License-Identifier: EUPL-1.2
"""The answers of an account that went into another."""

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# What stays stands for the person as both did.
_SETTLE: Final = text("""
WITH gone AS (
DELETE FROM answer USING (
    SELECT CASE WHEN (mine.answered_at, mine.id) < (theirs.answered_at, theirs.id) THEN theirs.id ELSE mine.id END AS id
    FROM answer mine JOIN answer theirs USING (consultation_id) JOIN consultation c ON c.id = consultation_id
    WHERE mine.person = :kept AND theirs.person = :absorbed AND c.closes_at > now()
) AS later
WHERE answer.id = later.id RETURNING answer.id, answer.consultation_id, answer.person_key
)
UPDATE answer SET person_key = gone.person_key FROM gone
WHERE answer.consultation_id = gone.consultation_id AND answer.person IN (:kept, :absorbed) AND answer.id <> gone.id
    AND answer.person_key IS NULL AND gone.person_key IS NOT NULL
""")
_MOVE: Final = text("""
UPDATE answer SET person = :kept WHERE person = :absorbed AND NOT EXISTS (
    SELECT FROM answer mine WHERE mine.consultation_id = answer.consultation_id AND mine.person = :kept)
""")


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Of two answers the first one stands, while the consultation is open; every other answer moves."""
    people = {"absorbed": absorbed, "kept": kept}
    await session.execute(_SETTLE, people)
    await session.execute(_MOVE, people)
