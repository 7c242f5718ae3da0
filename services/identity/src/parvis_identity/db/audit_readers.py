# SPDX-License-Identifier: EUPL-1.2
"""How far those outside have been given the audit trail, and who gives it to them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.audit_tables import AuditReaderRow


async def hold(session: AsyncSession, name: str, holder: UUID, now: datetime, lease: timedelta) -> int | None:
    """The last place that the reader has, for whoever gives to it until the lease is over; None while another does."""
    await session.execute(insert(AuditReaderRow).values(name=name, sequence=0).on_conflict_do_nothing())
    sequence: int | None = await session.scalar(
        update(AuditReaderRow)
        .where(
            AuditReaderRow.name == name,
            or_(AuditReaderRow.holder.is_(None), AuditReaderRow.holder == holder, AuditReaderRow.held_until < now),
        )
        .values(holder=holder, held_until=now + lease)
        .returning(AuditReaderRow.sequence)
    )
    return sequence


async def advance(session: AsyncSession, name: str, holder: UUID, sequence: int) -> None:
    """The reader has everything up to that place; ignored from who does not hold it any more."""
    await session.execute(
        update(AuditReaderRow)
        .where(AuditReaderRow.name == name, AuditReaderRow.holder == holder)
        .values(sequence=sequence)
    )
