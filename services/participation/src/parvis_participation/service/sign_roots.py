# SPDX-License-Identifier: EUPL-1.2
"""Sign, while a poll is open, what its urn holds: a ballot under a published root cannot vanish unseen."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import polls, urn
from parvis_participation.db.tables import PollRoot
from parvis_participation.domain.merkle import root_of
from parvis_participation.service.seals import Seals

LEAST: Final = 50
"""Ballots that hide one another: no root tells of fewer, but the one after the close."""
_MOST: Final = 5_000


async def sign_roots(database: Database, seals: Seals, now: datetime) -> int:
    """Sign a root for each poll that has ballots enough; returns how many were signed."""
    async with database.reading() as session:
        pending = await urn.pending(session, LEAST, now)
    for collectivity, poll_id in pending:
        async with database.unit_of_work() as uow:
            await sign_root(uow.session, collectivity, poll_id, seals)
            await uow.commit()
    return len(pending)


async def sign_root(session: AsyncSession, collectivity: str, poll_id: UUID, seals: Seals) -> bool:
    """Sign one root over the next batch, in the caller's transaction; False when there was no new ballot."""
    await urn.lock_roots(session, poll_id)
    if not await urn.renew_fresh(session, poll_id, _MOST):
        return False
    latest = await polls.latest_root(session, poll_id)
    leaves = await urn.commitments(session, poll_id)
    root = root_of(leaves)
    session.add(
        PollRoot(
            poll_id=poll_id,
            collectivity=collectivity,
            batch=(latest.batch if latest else 0) + 1,
            size=len(leaves),
            root=root,
            signature=seals.root(poll_id, len(leaves), root),
        )
    )
    await session.flush()
    return True
