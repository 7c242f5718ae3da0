# SPDX-License-Identifier: EUPL-1.2
"""Has the requests of a type repeat who reads them, once that has changed: some at a time.

Whoever files a request, or gives it another type, holds the row of its type as a batch does: what the type says cannot
change meanwhile, and nothing is under way when it is looked whether any request is left.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import RequestType
from parvis_requests.domain.access import Access

# By a join with rows that are locked already: a subquery with a limit may be run once for each row.
_REPEAT: Final = text("""
    WITH others AS (
        SELECT id FROM request WHERE type_id = :type AND restricted = NOT :restricted
        LIMIT :number FOR UPDATE SKIP LOCKED
    )
    UPDATE request SET restricted = :restricted FROM others WHERE request.id = others.id RETURNING request.id
""")
_END: Final = text("""
    UPDATE request_type SET access_pending = false WHERE id = :type AND access_pending AND NOT EXISTS (
        SELECT FROM request WHERE type_id = :type AND restricted = NOT :restricted
    ) RETURNING id
""")


async def pending(session: AsyncSession) -> Sequence[UUID]:
    """The types, of all collectivities, some requests of which may not repeat what they say."""
    return (await session.scalars(select(RequestType.id).where(RequestType.access_pending))).all()


async def repeat(session: AsyncSession, type_id: UUID, number: int) -> int:
    """Have at most so many requests of a type repeat what it says; passes over locked ones. Returns how many."""
    wanted = select(RequestType.access).where(RequestType.id == type_id).with_for_update(read=True)
    access = await session.scalar(wanted)
    values = {"type": type_id, "restricted": access == Access.TEAM, "number": number}
    return len((await session.execute(_REPEAT, values)).all())


async def end(session: AsyncSession, type_id: UUID) -> bool:
    """Say that all requests of a type repeat what it says, where that is so; returns whether."""
    wanted = select(RequestType.access).where(RequestType.id == type_id).with_for_update(key_share=True)
    access = await session.scalar(wanted)
    values = {"type": type_id, "restricted": access == Access.TEAM}
    return bool((await session.execute(_END, values)).all())
