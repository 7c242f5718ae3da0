# SPDX-License-Identifier: EUPL-1.2
"""Reads and seeds what a collectivity offers: request types, areas, routing."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Area, Collectivity, RequestType, RoutingRule


async def version(session: AsyncSession, collectivity: str) -> int | None:
    """The version of a collectivity's catalogue, or None where the service does not know the collectivity."""
    wanted = select(Collectivity.catalogue_version).where(Collectivity.collectivity == collectivity)
    return (await session.execute(wanted)).scalar_one_or_none()


async def collectivity(session: AsyncSession, slug: str) -> Collectivity:
    """What this service knows of a collectivity that exists."""
    return (await session.execute(select(Collectivity).where(Collectivity.collectivity == slug))).scalar_one()


async def request_types(session: AsyncSession, collectivity: str) -> Sequence[RequestType]:
    """The types on offer, in their order."""
    wanted = select(RequestType).where(RequestType.collectivity == collectivity, RequestType.active)
    return (await session.scalars(wanted.order_by(RequestType.rank, RequestType.code))).all()


async def versions(session: AsyncSession, ids: Collection[UUID]) -> Sequence[RequestType]:
    """These types, whether still on offer or not."""
    return (await session.scalars(select(RequestType).where(RequestType.id.in_(ids)))).all()


async def areas(session: AsyncSession, collectivity: str) -> Sequence[Area]:
    """All areas, small and large."""
    return (await session.scalars(select(Area).where(Area.collectivity == collectivity).order_by(Area.code))).all()


async def routing_rules(session: AsyncSession, collectivity: str) -> Sequence[RoutingRule]:
    """All routing rules."""
    return (await session.scalars(select(RoutingRule).where(RoutingRule.collectivity == collectivity))).all()


async def replace(
    session: AsyncSession,
    collectivity: str,
    team: str,
    holidays: str,
    *,
    types: Sequence[dict[str, Any]],
    areas: Sequence[dict[str, Any]],
    rules: Sequence[dict[str, Any]],
) -> None:
    """Make the catalogue what is given: types that are gone become inactive, since requests refer to them."""
    await session.execute(
        insert(Collectivity)
        .values(collectivity=collectivity, default_team=team, holidays=holidays)
        .on_conflict_do_update(
            index_elements=[Collectivity.collectivity],
            set_={
                "default_team": team,
                "holidays": holidays,
                "catalogue_version": Collectivity.catalogue_version + 1,
            },
        )
    )
    await session.execute(update(RequestType).where(RequestType.collectivity == collectivity).values(active=False))
    for table, rows in ((RequestType, types), (Area, areas)):
        for row in rows:
            fresh = insert(table).values(id=uuid7(), collectivity=collectivity, **row)
            same = {name: fresh.excluded[name] for name in row}
            if table is RequestType:
                same["active"] = fresh.excluded.active
            await session.execute(
                fresh.on_conflict_do_update(index_elements=[table.collectivity, table.code], set_=same)
            )
    await session.execute(delete(RoutingRule).where(RoutingRule.collectivity == collectivity))
    session.add_all([RoutingRule(id=uuid7(), collectivity=collectivity, **row) for row in rules])
