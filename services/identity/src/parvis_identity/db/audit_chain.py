# SPDX-License-Identifier: EUPL-1.2
"""The chain of the audit trail: the places of entries, its end, and what waits to be put in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.audit import entry_of
from parvis_identity.db.audit_tables import AuditEntryRow, AuditHeadRow, AuditLinkRow, AuditWaitingRow
from parvis_identity.domain.audit import START, Entry

CHAIN: Final = "identity"
"""The one chain that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry's place, with the hash over it and all before."""

    sequence: int
    entry: UUID
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last place that is taken, 0 where none is, and its hash."""

    sequence: int
    hash: bytes


async def lock_head(session: AsyncSession) -> Head | None:
    """Where the chain ends, kept from others until the transaction ends; None while another worker has it."""
    await session.execute(upsert(AuditHeadRow).values(chain=CHAIN, sequence=0, hash=START).on_conflict_do_nothing())
    row = await session.scalar(
        select(AuditHeadRow).where(AuditHeadRow.chain == CHAIN).with_for_update(skip_locked=True)
    )
    return Head(sequence=row.sequence, hash=row.hash) if row else None


async def take_waiting(session: AsyncSession, limit: int) -> list[Entry]:
    """The entries that have waited longest, which wait no more."""
    chosen = select(AuditWaitingRow.entry).order_by(AuditWaitingRow.entry).limit(limit)
    taken = (
        delete(AuditWaitingRow)
        .where(AuditWaitingRow.entry.in_(chosen))
        .returning(AuditWaitingRow.entry)
        .execution_options(synchronize_session=False)
    )
    ids = list(await session.scalars(taken))
    rows = await session.scalars(select(AuditEntryRow).where(AuditEntryRow.id.in_(ids)).order_by(AuditEntryRow.id))
    return [entry_of(row, None) for row in rows]


async def add(session: AsyncSession, links: Sequence[Link]) -> None:
    """The chain grows by these; its end is the last one."""
    rows = [{"sequence": link.sequence, "entry": link.entry, "hash": link.hash} for link in links]
    await session.execute(insert(AuditLinkRow), rows)
    await session.execute(
        update(AuditHeadRow)
        .where(AuditHeadRow.chain == CHAIN)
        .values(sequence=links[-1].sequence, hash=links[-1].hash)
        .execution_options(synchronize_session=False)
    )


async def in_one_snapshot(session: AsyncSession) -> None:
    """What is read from now on is of one moment, however long reading takes."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def after(session: AsyncSession, sequence: int, limit: int) -> list[tuple[Link, Entry | None]]:
    """The next places with their entries; None for an entry that is not there."""
    rows = await session.execute(
        select(AuditLinkRow, AuditEntryRow)
        .outerjoin(AuditEntryRow, AuditEntryRow.id == AuditLinkRow.entry)
        .where(AuditLinkRow.sequence > sequence)
        .order_by(AuditLinkRow.sequence)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [
        (
            Link(sequence=link.sequence, entry=link.entry, hash=link.hash),
            entry_of(entry, link.sequence) if entry else None,
        )
        for link, entry in rows
    ]


async def head(session: AsyncSession) -> Head:
    """Where the chain ends."""
    row = await session.get(AuditHeadRow, CHAIN)
    return Head(sequence=row.sequence, hash=row.hash) if row else Head(sequence=0, hash=START)


async def waiting(session: AsyncSession) -> int:
    """How many entries are not in the chain yet."""
    return await session.scalar(select(func.count()).select_from(AuditWaitingRow)) or 0


async def stray(session: AsyncSession) -> UUID | None:
    """The first entry that neither is in the chain nor waits for it: no act of ours leaves one."""
    found: UUID | None = await session.scalar(
        select(AuditEntryRow.id)
        .where(
            ~select(AuditLinkRow.entry).where(AuditLinkRow.entry == AuditEntryRow.id).exists(),
            ~select(AuditWaitingRow.entry).where(AuditWaitingRow.entry == AuditEntryRow.id).exists(),
        )
        .order_by(AuditEntryRow.id)
        .limit(1)
    )
    return found
