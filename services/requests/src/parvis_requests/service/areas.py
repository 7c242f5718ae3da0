# SPDX-License-Identifier: EUPL-1.2
"""Administrators draw the areas of their collectivity's territory, draw them anew and retire them."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position, Slice
from parvis_requests.db import areas, catalogue
from parvis_requests.db.tables import Area
from parvis_requests.domain.area import DrawnArea, lies_in_itself
from parvis_requests.domain.area_errors import (
    AreaExistsError,
    AreaInUseError,
    AreaRetiredError,
    InvalidAreaError,
    TooManyAreasError,
)
from parvis_requests.domain.errors import Fault, NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.area_geometry import geometry_fault
from parvis_requests.service.publish_type import allow_administration
from parvis_requests.service.put_areas import put_areas, retire_areas

MAX_AREAS: Final = 2_000


async def draw_area(session: AsyncSession, actor: Actor, drawn: DrawnArea, now: datetime) -> Area:
    """Add one; raises NotAllowedError, NotFoundError, AreaExistsError, TooManyAreasError or InvalidAreaError."""
    await _administer(session, actor)
    if drawn.code in {row.code for row in await areas.all_of(session, actor.collectivity)}:
        raise AreaExistsError
    if await areas.count(session, actor.collectivity) >= MAX_AREAS:
        raise TooManyAreasError
    return await _stored(session, actor, drawn, now)


async def replace_area(session: AsyncSession, actor: Actor, drawn: DrawnArea, *, version: int, now: datetime) -> Area:
    """Draw it anew; one that was retired comes back.

    Raises NotAllowedError, NotFoundError, StaleVersionError or InvalidAreaError.
    """
    await _administer(session, actor)
    await _seen(session, actor, drawn.code, version)
    return await _stored(session, actor, drawn, now)


async def retire_area(session: AsyncSession, actor: Actor, code: str, *, version: int, now: datetime) -> None:
    """Take it out of the territory.

    Raises NotAllowedError, NotFoundError, StaleVersionError, AreaRetiredError, or AreaInUseError while one lies in it.
    """
    await _administer(session, actor)
    row = await _seen(session, actor, code, version)
    if row.retired_at:
        raise AreaRetiredError
    if code in (await areas.parents(session, actor.collectivity)).values():
        raise AreaInUseError
    await retire_areas(session, actor.collectivity, [code], now)


async def list_areas(
    session: AsyncSession, actor: Actor, position: Position | None, limit: int, *, retired: bool | None
) -> Slice[Area]:
    """One page of the collectivity's, the latest first; raises NotAllowedError for whoever is no agent."""
    collectivity = for_agents(actor).collectivity
    return await areas.page(session, collectivity, retired=retired, position=position, limit=limit)


async def read_area(session: AsyncSession, actor: Actor, code: str) -> Area:
    """One of them; raises NotAllowedError or NotFoundError."""
    return await areas.one(session, for_agents(actor).collectivity, code)


async def _administer(session: AsyncSession, actor: Actor) -> None:
    allow_administration(actor)
    # One at a time in a collectivity: no two areas may come to lie in one another.
    if not await catalogue.lock(session, actor.collectivity):
        raise NotFoundError


async def _seen(session: AsyncSession, actor: Actor, code: str, version: int) -> Area:
    row = await areas.one(session, actor.collectivity, code)
    if row.version != version:
        raise StaleVersionError
    return row


async def _stored(session: AsyncSession, actor: Actor, drawn: DrawnArea, now: datetime) -> Area:
    if fault := geometry_fault(drawn.geometry):
        raise InvalidAreaError([Fault(("geometry", *fault.path), fault.code)], fault.said)
    parents = await areas.parents(session, actor.collectivity)
    if drawn.parent is not None and (
        drawn.parent not in parents or lies_in_itself(drawn.code, parents | {drawn.code: drawn.parent})
    ):
        raise InvalidAreaError([Fault(("parent",), "no-such-parent")])
    await put_areas(session, actor.collectivity, [drawn], now)
    row = await areas.one(session, actor.collectivity, drawn.code)
    await session.refresh(row)
    return row
