# SPDX-License-Identifier: EUPL-1.2
"""The requests that are being written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Attachment, RequestDraft
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor


async def one(session: AsyncSession, actor: Actor, draft_id: UUID, *, lock: bool = False) -> RequestDraft:
    """A draft of the actor's own; raises NotFoundError."""
    wanted = select(RequestDraft).where(
        RequestDraft.id == draft_id,
        RequestDraft.collectivity == actor.collectivity,
        RequestDraft.author == actor.person,
    )
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def own(session: AsyncSession, actor: Actor, limit: int) -> Sequence[RequestDraft]:
    """The actor's drafts, the latest first."""
    wanted = select(RequestDraft).where(
        RequestDraft.collectivity == actor.collectivity, RequestDraft.author == actor.person
    )
    return (await session.scalars(wanted.order_by(RequestDraft.id.desc()).limit(limit))).all()


async def count(session: AsyncSession, actor: Actor) -> int:
    """How many drafts the actor has."""
    mine = (RequestDraft.collectivity == actor.collectivity, RequestDraft.author == actor.person)
    return await session.scalar(select(func.count()).where(*mine)) or 0


async def keep_files(session: AsyncSession, draft: RequestDraft, ids: Sequence[UUID]) -> None:
    """Let these uploads of the author wait as long as the draft, and no others."""
    await session.execute(
        update(Attachment)
        .where(Attachment.draft_id == draft.id, Attachment.id.not_in(ids))
        .values(draft_id=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Attachment)
        .where(
            Attachment.id.in_(ids),
            Attachment.collectivity == draft.collectivity,
            Attachment.owner == draft.author,
            Attachment.request_id.is_(None),
        )
        .values(draft_id=draft.id)
        .execution_options(synchronize_session=False)
    )


async def remove(session: AsyncSession, draft: RequestDraft) -> None:
    """Forget a draft; its files go as other uploads do that nothing joined."""
    await keep_files(session, draft, [])
    await session.delete(draft)


async def remove_old(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget drafts that nobody has changed since; returns how many."""
    old = (
        select(RequestDraft.id)
        .where(RequestDraft.updated_at < before)
        .order_by(RequestDraft.updated_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = (
        await session.scalars(delete(RequestDraft).where(RequestDraft.id.in_(old)).returning(RequestDraft.id))
    ).all()
    await session.execute(
        update(Attachment)
        .where(Attachment.draft_id.in_(gone))
        .values(draft_id=None)
        .execution_options(synchronize_session=False)
    )
    return len(gone)
