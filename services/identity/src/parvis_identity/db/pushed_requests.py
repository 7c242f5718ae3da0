# SPDX-License-Identifier: EUPL-1.2
"""Authorization requests that clients pushed, until a browser brings them in."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import PushedRequestRow


async def add(session: AsyncSession, uri_hash: bytes, client_id: str, details: bytes, expires_at: datetime) -> None:
    """Keep it; ``details`` are sealed."""
    session.add(PushedRequestRow(uri_hash=uri_hash, client_id=client_id, details=details, expires_at=expires_at))
    await session.flush()


async def take(session: AsyncSession, uri_hash: bytes, client_id: str, now: datetime) -> bytes | None:
    """Its details, once; None for one that is unknown, taken, expired or another client's."""
    return await session.scalar(
        delete(PushedRequestRow)
        .where(
            PushedRequestRow.uri_hash == uri_hash,
            PushedRequestRow.client_id == client_id,
            PushedRequestRow.expires_at > now,
        )
        .returning(PushedRequestRow.details)
    )
