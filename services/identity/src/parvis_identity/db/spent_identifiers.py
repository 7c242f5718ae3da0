# SPDX-License-Identifier: EUPL-1.2
"""Identifiers that work once, whichever process meets them first."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import SpentIdentifierRow


async def spend(session: AsyncSession, identifier_hash: bytes, expires_at: datetime) -> bool:
    """Remember it until it would be refused for its age; False when it was spent before."""
    spent = await session.scalar(
        insert(SpentIdentifierRow)
        .values(identifier_hash=identifier_hash, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(SpentIdentifierRow.identifier_hash)
    )
    return spent is not None
