# SPDX-License-Identifier: EUPL-1.2
"""The surveys' rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.only import only
from parvis_participation.db.survey_tables import Survey as Row
from parvis_participation.domain.survey import Release, Survey


async def one(session: AsyncSession, collectivity: str, survey_id: UUID, *, published: bool = False) -> Row:
    """A survey of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == survey_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted)


async def locked(session: AsyncSession, collectivity: str, survey_id: UUID) -> Row:
    """The same, which nobody else acts on or answers before this transaction ends."""
    wanted = select(Row).where(Row.id == survey_id, Row.collectivity == collectivity).with_for_update()
    return await only(session, wanted)


async def answerable(session: AsyncSession, collectivity: str, survey_id: UUID) -> Row:
    """A published one, which no agent acts on before this transaction ends; people do not wait for one another."""
    wanted = select(Row).where(Row.id == survey_id, Row.collectivity == collectivity, Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update(read=True, key_share=True))


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int, *, drafts: bool = False
) -> keyset.Slice[Row]:
    """One page of the surveys of a collectivity, newest first: the published ones, or with the drafts all."""
    wanted = select(Row).where(Row.collectivity == collectivity)
    if not drafts:
        wanted = wanted.where(Row.published_at.is_not(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def entity(row: Row) -> Survey:
    """The domain's view of a row; raises BadPeriodError."""
    return Survey(
        id=row.id,
        collectivity=row.collectivity,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        paper_closes_at=row.paper_closes_at,
        release=Release(row.release),
        published_at=row.published_at,
        released_at=row.released_at,
        version=row.version,
        open_link=row.link_token is not None,
    )


def keep(row: Row, after: Survey) -> None:
    """Write what an act changed into a locked row."""
    row.published_at, row.released_at = after.published_at, after.released_at
    row.closes_at, row.version = after.closes_at, after.version


async def due(session: AsyncSession, now: datetime, *, closing: bool) -> Row | None:
    """A published survey whose opening (or closing) has come and has not been told, locked; None if none."""
    told, at = (Row.closing_told_at, Row.closes_at) if closing else (Row.opening_told_at, Row.opens_at)
    wanted = select(Row).where(told.is_(None), at < now, Row.published_at.is_not(None))
    if closing:
        # Opening is told first, however late.
        wanted = wanted.where(Row.opening_told_at.is_not(None))
    wanted = wanted.order_by(at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def unparted(session: AsyncSession, now: datetime, without: Sequence[UUID]) -> Row | None:
    """A survey that takes no more answers, on paper either, and whose answers still stand where their sheets do.

    Not one of those; locked; None if there is none.
    """
    wanted = select(Row).where(
        Row.parted_at.is_(None),
        Row.id.not_in(without),
        Row.forgotten_at.is_(None),
        Row.paper_closes_at <= now,
        Row.closing_told_at.is_not(None),
    )
    wanted = wanted.order_by(Row.paper_closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def unfigured(session: AsyncSession, now: datetime, tried: Sequence[UUID]) -> Row | None:
    """A survey that takes no more answers and whose results are due, not one of those; locked; None if none."""
    wanted = select(Row).where(
        Row.figures.is_(None),
        Row.id.not_in(tried),
        Row.paper_closes_at <= now,
        Row.closing_told_at.is_not(None),
        or_(Row.release == Release.CLOSING, Row.released_at.is_not(None)),
    )
    wanted = wanted.order_by(Row.paper_closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()
