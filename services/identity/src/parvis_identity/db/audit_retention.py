# SPDX-License-Identifier: EUPL-1.2
"""How long each collectivity keeps the audit trail, and the lines that have had their time.

The service's role can delete none of them: two functions of their owner do it, for lines of more than six months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.audit_chain import CHAIN, Link
from parvis_identity.db.audit_tables import AuditAnchorRow, AuditPurgedRow, AuditRetentionRow
from parvis_identity.db.collectivity_tables import CollectivityRow
from parvis_identity.domain.audit_retention import DEFAULT_MONTHS
from parvis_identity.domain.client import EVERYWHERE

_EXPIRED = text(
    "SELECT l.sequence, l.entry, l.hash FROM audit_entry e JOIN audit_link l ON l.entry = e.id"
    " WHERE e.collectivity = :collectivity"
    " AND e.occurred_at < CAST(:now AS timestamptz) - make_interval(months => :months)"
    " AND l.sequence <= :until ORDER BY e.occurred_at, e.id LIMIT :limit"
)
_PURGED_UP_TO = text(
    "SELECT l.sequence, l.hash FROM audit_link l WHERE l.sequence = ("
    " SELECT coalesce(min(l.sequence), (SELECT max(sequence) + 1 FROM audit_link)) - 1 FROM audit_link l"
    " WHERE NOT EXISTS (SELECT 1 FROM audit_purged p WHERE p.sequence = l.sequence))"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain begins: the last place that has no line any more, its hash, and the seal over both."""

    sequence: int
    hash: bytes
    seal: bytes


async def months(session: AsyncSession, collectivity: str, *, lock: bool = False) -> int:
    """How many months the collectivity keeps its lines; with ``lock``, until the transaction ends."""
    if lock:
        await session.execute(
            select(CollectivityRow.collectivity).where(CollectivityRow.collectivity == collectivity).with_for_update()
        )
    row = await session.get(AuditRetentionRow, collectivity)
    return row.months if row else DEFAULT_MONTHS


async def put_months(session: AsyncSession, collectivity: str, months_: int) -> None:
    """Keep them for so many months."""
    await session.execute(
        insert(AuditRetentionRow)
        .values(collectivity=collectivity, months=months_)
        .on_conflict_do_update(index_elements=["collectivity"], set_={"months": months_})
    )


async def periods(session: AsyncSession) -> dict[str, int]:
    """The period of each collectivity, and of what concerns the whole deployment."""
    rows = await session.execute(
        select(CollectivityRow.collectivity, func.coalesce(AuditRetentionRow.months, DEFAULT_MONTHS)).outerjoin(
            AuditRetentionRow, AuditRetentionRow.collectivity == CollectivityRow.collectivity
        )
    )
    return {EVERYWHERE: DEFAULT_MONTHS} | {row[0]: row[1] for row in rows}


async def expired(
    session: AsyncSession, collectivity: str, period: int, now: datetime, until: int, limit: int
) -> list[Link]:
    """Lines that have had their time, the oldest first, none after the place ``until``."""
    values = {"collectivity": collectivity, "now": now, "months": period, "until": until, "limit": limit}
    rows = await session.execute(_EXPIRED, values)
    return [Link(sequence=row.sequence, entry=row.entry, hash=row.hash) for row in rows]


async def purge(session: AsyncSession, links: Sequence[Link], seals: Sequence[bytes]) -> None:
    """These lines go; their seals stand for them."""
    places = [link.sequence for link in links]
    await session.execute(
        text("SELECT audit_purge(CAST(:places AS bigint[]), CAST(:seals AS bytea[]))"),
        {"places": places, "seals": list(seals)},
    )


async def purged_up_to(session: AsyncSession) -> tuple[int, bytes] | None:
    """The last place before the first line that stands, with its hash; None where the chain begins with a line."""
    row = (await session.execute(_PURGED_UP_TO)).one_or_none()
    return (row.sequence, row.hash) if row else None


async def move_anchor(session: AsyncSession, sequence: int, seal: bytes) -> None:
    """The chain begins after that place; what stood for the lines up to there goes."""
    await session.execute(text("SELECT audit_move_anchor(:place, :seal)"), {"place": sequence, "seal": seal})


async def anchor(session: AsyncSession) -> Anchor | None:
    """Where the chain begins, where that is not at its first line."""
    row = await session.get(AuditAnchorRow, CHAIN)
    return Anchor(row.sequence, row.hash, row.seal) if row else None


async def seals(session: AsyncSession, places: Sequence[int]) -> dict[int, bytes]:
    """What stands for the lines at these places."""
    rows = await session.scalars(select(AuditPurgedRow).where(AuditPurgedRow.sequence.in_(places)))
    return {row.sequence: row.seal for row in rows}


async def given_up_to(session: AsyncSession, reader: str) -> int:
    """How far somebody outside has the chain."""
    found = await session.scalar(text("SELECT sequence FROM audit_reader WHERE name = :name"), {"name": reader})
    return int(found or 0)
