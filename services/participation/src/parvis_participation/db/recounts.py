# SPDX-License-Identifier: EUPL-1.2
"""The numbers by which lists are ordered: counted where they have changed, never by who changes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text
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


@dataclass(frozen=True, slots=True)
class Counted:
    """How many support and discuss a proposal, or sign a petition, and whether its row says otherwise."""

    id: UUID
    numbers: tuple[int, ...]
    stale: bool


_ALONE: Final = select(func.pg_try_advisory_xact_lock(func.hashtextextended("recount", 0)))
_DUE: Final = text("""
SELECT id, kind, subject_id FROM recount WHERE id > :after AND kind = ANY(CAST(:kinds AS varchar[]))
ORDER BY id LIMIT :most
""")
_COUNT: Final[Mapping[Kind, TextClause]] = {
    Kind.PROPOSAL: text("""
WITH counted AS MATERIALIZED (
    SELECT id, ranked_supports, ranked_comments,
        coalesce(supports_kept, (SELECT count(*) FROM proposal_support s WHERE s.proposal_id = p.id)) AS supports,
        (SELECT count(*) FROM comment c WHERE c.proposal_id = p.id AND c.state = 'published') AS comments
    FROM proposal p WHERE id = ANY(CAST(:ids AS uuid[]))
)
SELECT id, ranked_supports <> supports OR ranked_comments <> comments AS stale, supports, comments FROM counted
"""),
    Kind.PETITION: text("""
WITH counted AS MATERIALIZED (
    SELECT id, ranked_signatures,
        coalesce(signed, (SELECT count(*) FROM petition_signature s WHERE s.petition_id = p.id)) AS signatures
    FROM petition p WHERE id = ANY(CAST(:ids AS uuid[]))
)
SELECT id, ranked_signatures <> signatures AS stale, signatures FROM counted
"""),
}
# Whoever comments or amends waits while a row is locked: these are, once all is counted, until the commit.
_WRITE: Final[Mapping[Kind, TextClause]] = {
    Kind.PROPOSAL: text("""
WITH counted AS MATERIALIZED (
    SELECT p.id, supports, comments FROM proposal p
    JOIN unnest(CAST(:ids AS uuid[]), CAST(:first AS integer[]), CAST(:second AS integer[]))
        AS told (id, supports, comments) ON told.id = p.id
    FOR NO KEY UPDATE OF p SKIP LOCKED
)
UPDATE proposal SET ranked_supports = supports, ranked_comments = comments FROM counted
WHERE proposal.id = counted.id RETURNING proposal.id
"""),
    Kind.PETITION: text("""
WITH counted AS MATERIALIZED (
    SELECT p.id, signatures FROM petition p
    JOIN unnest(CAST(:ids AS uuid[]), CAST(:first AS integer[])) AS told (id, signatures) ON told.id = p.id
    FOR NO KEY UPDATE OF p SKIP LOCKED
)
UPDATE petition SET ranked_signatures = signatures FROM counted WHERE petition.id = counted.id RETURNING petition.id
"""),
}


async def alone(session: AsyncSession) -> bool:
    """Whether this transaction is the one that counts now: of two, the older count might follow the newer one."""
    return bool(await session.scalar(_ALONE))


async def due(session: AsyncSession, after: int, most: int) -> Sequence[Due]:
    """The next that are due."""
    rows = await session.execute(_DUE, {"after": after, "most": most, "kinds": list(Kind)})
    return [Due(row.id, Kind(row.kind), row.subject_id) for row in rows]


def subjects(kind: Kind) -> Select[tuple[UUID]]:
    """Those of which the written number may be an older one; all of the table, small but for the time of an upgrade."""
    return select(Recount.subject_id).where(Recount.id > 0, Recount.kind == kind)


async def counted(session: AsyncSession, kind: Kind, ids: Collection[UUID]) -> list[Counted]:
    """How many support, discuss or sign each of those that are there; nobody waits for it."""
    rows = await session.execute(_COUNT[kind], {"ids": list(ids)})
    return [Counted(row[0], tuple(row[2:]), row[1]) for row in rows]


async def write(session: AsyncSession, kind: Kind, found: Sequence[Counted]) -> set[UUID]:
    """Write what was counted; returns of which: what somebody is changing at this moment is left out."""
    numbers = zip(("first", "second"), zip(*(each.numbers for each in found), strict=True), strict=False)
    told = {name: list(column) for name, column in numbers}
    return set((await session.scalars(_WRITE[kind], {"ids": [each.id for each in found]} | told)).all())


async def done(session: AsyncSession, of: Sequence[int]) -> None:
    """They are due no more."""
    await session.execute(delete(Recount).where(Recount.id.in_(of)))
