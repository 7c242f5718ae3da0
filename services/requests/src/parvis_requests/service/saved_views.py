# SPDX-License-Identifier: EUPL-1.2
"""Agents keep filters of the work queue under a name, for themselves or for all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import saved_views
from parvis_requests.db.tables import SavedView
from parvis_requests.domain.errors import NotAllowedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents


@dataclass(frozen=True, slots=True)
class ViewContent:
    """What an agent says of a view; ``filters`` as the API takes them, checked by it."""

    name: str
    shared: bool
    filters: dict[str, Any]


async def save_view(session: AsyncSession, actor: Actor, content: ViewContent, now: datetime) -> SavedView:
    """Keep a new view, in the caller's transaction."""
    agent = for_agents(actor)
    row = SavedView(
        id=uuid7(),
        collectivity=agent.collectivity,
        owner=agent.person,
        name=content.name,
        shared=content.shared,
        filters=content.filters,
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def replace_view(
    session: AsyncSession, actor: Actor, view_id: UUID, content: ViewContent, *, version: int, now: datetime
) -> SavedView:
    """Say it anew. Raises NotFoundError, StaleVersionError, or NotAllowedError for a view that another agent shares."""
    row = await _own(session, actor, view_id, version)
    row.name, row.shared, row.filters = content.name, content.shared, content.filters
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    return row


async def drop_view(session: AsyncSession, actor: Actor, view_id: UUID, *, version: int) -> None:
    """Forget it. Raises what :func:`replace_view` raises."""
    await session.delete(await _own(session, actor, view_id, version))


async def _own(session: AsyncSession, actor: Actor, view_id: UUID, version: int) -> SavedView:
    row = await saved_views.one(session, for_agents(actor), view_id, lock=True)
    if row.owner != actor.person:
        raise NotAllowedError
    if row.version != version:
        raise StaleVersionError
    return row
