# SPDX-License-Identifier: EUPL-1.2
"""The saved views' rows."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db.tables import SavedView
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor


def readable(actor: Actor) -> Select[tuple[SavedView]]:
    """An agent's own views and those that others share."""
    mine = (SavedView.owner == actor.person) | SavedView.shared
    return select(SavedView).where(SavedView.collectivity == actor.collectivity, mine)


async def one(session: AsyncSession, actor: Actor, view_id: UUID, *, lock: bool = False) -> SavedView:
    """A view that the agent may use; raises NotFoundError."""
    wanted = readable(actor).where(SavedView.id == view_id)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, actor: Actor, position: keyset.Position | None, limit: int
) -> keyset.Slice[SavedView]:
    """One page of the views that the agent may use, newest first."""
    rows = await session.scalars(keyset.at(readable(actor), SavedView.created_at, SavedView.id, position, limit))
    return keyset.cut(rows.all(), position, limit)
