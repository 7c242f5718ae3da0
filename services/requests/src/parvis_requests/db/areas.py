# SPDX-License-Identifier: EUPL-1.2
"""The areas of a territory, those that are retired among them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Area
from parvis_requests.domain.area import DrawnArea
from parvis_requests.domain.errors import NotFoundError

_DRAWN: Final = ("level", "name", "parent", "geometry")


async def all_of(session: AsyncSession, collectivity: str) -> Sequence[Area]:
    """All of a collectivity, small and large, by their codes."""
    return (await session.scalars(select(Area).where(Area.collectivity == collectivity).order_by(Area.code))).all()


async def page(
    session: AsyncSession, collectivity: str, *, retired: bool | None, position: keyset.Position | None, limit: int
) -> keyset.Slice[Area]:
    """One page, the latest first; only those that are retired, or are not, where ``retired`` says so."""
    wanted = select(Area).where(Area.collectivity == collectivity)
    if retired is not None:
        wanted = wanted.where(Area.retired_at.is_not(None) if retired else Area.retired_at.is_(None))
    rows = await session.scalars(keyset.at(wanted, Area.created_at, Area.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def one(session: AsyncSession, collectivity: str, code: str) -> Area:
    """One of a collectivity; raises NotFoundError."""
    row = await session.scalar(select(Area).where(Area.collectivity == collectivity, Area.code == code))
    if row is None:
        raise NotFoundError
    return row


async def parents(session: AsyncSession, collectivity: str) -> dict[str, str | None]:
    """The parent of each area that is not retired."""
    known = select(Area.code, Area.parent).where(Area.collectivity == collectivity, Area.retired_at.is_(None))
    return {row.code: row.parent for row in (await session.execute(known)).all()}


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many there are, and were."""
    return await session.scalar(select(func.count()).where(Area.collectivity == collectivity)) or 0


async def put(session: AsyncSession, collectivity: str, drawn: Sequence[DrawnArea], now: datetime) -> list[UUID]:
    """Add or change these; returns which are new or other than before."""
    changed: list[UUID] = []
    for area in drawn:
        said = {name: getattr(area, name) for name in _DRAWN}
        fresh = insert(Area).values(
            id=uuid7(), collectivity=collectivity, code=area.code, **said, version=1, created_at=now, updated_at=now
        )
        new = {name: fresh.excluded[name] for name in _DRAWN}
        differs = Area.retired_at.is_not(None)
        for name, value in new.items():
            differs |= getattr(Area, name).is_distinct_from(value)
        put_ = fresh.on_conflict_do_update(
            index_elements=[Area.collectivity, Area.code],
            set_=new | {"version": Area.version + 1, "updated_at": now, "retired_at": None},
            where=differs,
        )
        changed += await session.scalars(put_.returning(Area.id))
    return changed


async def retire(session: AsyncSession, collectivity: str, codes: Sequence[str], now: datetime) -> list[UUID]:
    """Retire these; returns which were not so before."""
    gone = (
        update(Area)
        .where(Area.collectivity == collectivity, Area.code.in_(codes), Area.retired_at.is_(None))
        .values(retired_at=now, updated_at=now, version=Area.version + 1)
        .execution_options(synchronize_session=False)
    )
    return list(await session.scalars(gone.returning(Area.id)))
