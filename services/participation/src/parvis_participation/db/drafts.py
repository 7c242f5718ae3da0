# SPDX-License-Identifier: EUPL-1.2
"""Consultations, polls and budgets as the agents who prepare them find, hold and throw them away."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import entitled
from parvis_participation.db.only import only
from parvis_participation.db.process_tables import ProcessPart
from parvis_participation.db.tables import Budget, Consultation, Poll
from parvis_participation.domain.draft import Preparation, check_draft

Prepared = TypeVar("Prepared", Consultation, Poll, Budget)


async def page(
    session: AsyncSession,
    kind: type[Prepared],
    collectivity: str,
    state: Preparation | None,
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Prepared]:
    """One page of all that a collectivity has of a kind, newest first; with ``state`` drafts or the others alone."""
    wanted = select(kind).where(kind.collectivity == collectivity)
    if state is not None:
        unpublished = kind.published_at.is_(None)
        wanted = wanted.where(unpublished if state is Preparation.DRAFT else ~unpublished)
    rows = await session.scalars(keyset.at(wanted, kind.created_at, kind.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def seen(
    session: AsyncSession, kind: type[Prepared], collectivity: str, draft_id: UUID, version: int
) -> Prepared:
    """A draft, locked, in the version that the agent saw; raises NotFoundError, StaleVersionError or NotDraftError."""
    wanted = select(kind).where(kind.id == draft_id, kind.collectivity == collectivity)
    row: Prepared = await only(session, wanted.with_for_update())
    check_draft(row.published_at, row.version, version)
    return row


async def discard(session: AsyncSession, row: Consultation | Poll | Budget) -> None:
    """Delete a draft, and that it is part of a process."""
    part = delete(ProcessPart).where(ProcessPart.part == row.id)
    await session.execute(part.execution_options(synchronize_session=False))
    await session.delete(row)
    await session.flush()


async def discard_poll(session: AsyncSession, row: Poll) -> None:
    """Delete the draft of a poll, with its list; the acts on it stay."""
    await entitled.forget(session, row.id)
    await discard(session, row)
