# SPDX-License-Identifier: EUPL-1.2
"""The numbers by which lists are ordered: counted where they have changed, never by who changes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import TextClause

from parvis_participation.db.recount_tables import Recount


class Kind(StrEnum):
    """What is counted; each is the name of its table."""

    PROPOSAL = "proposal"
    PETITION = "petition"


@dataclass(frozen=True, slots=True)
class Due:
    """That something is to be counted."""

    id: int
    kind: Kind
    subject_id: UUID


_DUE: Final = text("""
SELECT id, kind, subject_id FROM recount WHERE id > :after ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED
""")
# Whoever supports, comments or signs holds the key of the row alone, which this leaves free.
_HOLD: Final = {
    kind: text(f"SELECT id FROM {kind} WHERE id = ANY(CAST(:ids AS uuid[])) FOR NO KEY UPDATE SKIP LOCKED")
    for kind in Kind
}
_COUNT: Final[Mapping[Kind, TextClause]] = {
    Kind.PROPOSAL: text("""
WITH counted AS MATERIALIZED (
    SELECT id,
        coalesce(supports_kept, (SELECT count(*) FROM proposal_support s WHERE s.proposal_id = p.id)) AS supports,
        (SELECT count(*) FROM comment c WHERE c.proposal_id = p.id AND c.state = 'published') AS comments
    FROM proposal p WHERE id = ANY(CAST(:ids AS uuid[]))
)
UPDATE proposal SET ranked_supports = supports, ranked_comments = comments FROM counted
WHERE proposal.id = counted.id AND (ranked_supports <> supports OR ranked_comments <> comments)
"""),
    Kind.PETITION: text("""
WITH counted AS MATERIALIZED (
    SELECT id,
        coalesce(signed, (SELECT count(*) FROM petition_signature s WHERE s.petition_id = p.id)) AS signatures
    FROM petition p WHERE id = ANY(CAST(:ids AS uuid[]))
)
UPDATE petition SET ranked_signatures = signatures FROM counted
WHERE petition.id = counted.id AND ranked_signatures <> signatures
"""),
}


async def due(session: AsyncSession, after: int, most: int) -> Sequence[Due]:
    """The next that are due, locked; those that another worker has are its own."""
    rows = await session.execute(_DUE, {"after": after, "most": most})
    return [Due(row.id, Kind(row.kind), row.subject_id) for row in rows]


async def held(session: AsyncSession, kind: Kind, ids: Collection[UUID]) -> set[UUID]:
    """Those of them that nobody is changing, locked; neither supports nor signatures wait."""
    return set((await session.scalars(_HOLD[kind], {"ids": list(ids)})).all())


async def count(session: AsyncSession, kind: Kind, ids: Collection[UUID]) -> None:
    """Write how many support, discuss or sign each. They are :func:`held` already, so that no older count follows."""
    await session.execute(_COUNT[kind], {"ids": list(ids)})


async def done(session: AsyncSession, of: Sequence[Due]) -> None:
    """They are due no more."""
    await session.execute(delete(Recount).where(Recount.id.in_([each.id for each in of])))
