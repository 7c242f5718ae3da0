# SPDX-License-Identifier: EUPL-1.2
"""The rows of amendments."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.amendment_tables import ProposalAmendment as Row
from parvis_participation.db.only import only
from parvis_participation.domain.amendment import AmendmentState

NO_WORDS: Final[dict[str, Any]] = dict.fromkeys(
    ("base_title", "base_description", "title", "description", "reasons", "answer")
)
"""What an amendment loses as it is withdrawn."""


async def one(session: AsyncSession, collectivity: str, amendment_id: UUID, *, lock: bool = False) -> Row:
    """An amendment of that collectivity, as it is now; raises NotFoundError."""
    wanted = select(Row).where(Row.id == amendment_id, Row.collectivity == collectivity)
    wanted = wanted.execution_options(populate_existing=True)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession, proposal_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the amendments of a proposal that readers see, newest first."""
    wanted = select(Row).where(
        Row.proposal_id == proposal_id, Row.removed_at.is_(None), Row.state != AmendmentState.WITHDRAWN
    )
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def written_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many amendments somebody has made since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def forget(session: AsyncSession, proposal_id: UUID) -> None:
    """Take their words from the amendments of a proposal whose own are gone: most of them are its own."""
    gone = update(Row).where(Row.proposal_id == proposal_id)
    gone = gone.values(**NO_WORDS, state=AmendmentState.WITHDRAWN, version=Row.version + 1)
    await session.execute(gone.execution_options(synchronize_session=False))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the amendments of an account that is no more be the kept one's, and what it answered to others'."""
    own = update(Row).where(Row.person == absorbed).values(person=kept)
    answered = update(Row).where(Row.answered_by == absorbed).values(answered_by=kept)
    for moved in (own, answered):
        await session.execute(moved.execution_options(synchronize_session=False))
