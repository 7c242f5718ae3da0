# SPDX-License-Identifier: EUPL-1.2
"""Counts how often a request type or an area was told; the row's lock keeps the numbers in the order of commits."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.domain.catalogue_state import AreaState, TypeState

_TYPES: Final = text("""
    UPDATE request_type AS type SET told = type.told + 1
    FROM (
        SELECT type_id, max(number) AS version FROM request_type_version
        WHERE type_id = ANY(:ids) AND state IN ('published', 'retired') GROUP BY type_id
    ) AS last
    WHERE type.id = last.type_id
    RETURNING type.id, type.collectivity, type.code, type.group_code AS group, last.version, type.active AS offered,
        type.told
""")
_AREAS: Final = text("""
    UPDATE area SET told = told + 1 WHERE id = ANY(:ids)
    RETURNING id, collectivity, code, level, parent, retired_at IS NOT NULL AS retired, told
""")
# What another process is about to tell is left to it.
_UNTOLD_TYPES: Final = text("""
    SELECT id FROM request_type AS type
    WHERE told = 0 AND EXISTS (
        SELECT FROM request_type_version WHERE type_id = type.id AND state IN ('published', 'retired')
    ) FOR UPDATE SKIP LOCKED
""")
_UNTOLD_AREAS: Final = text("SELECT id FROM area WHERE told = 0 FOR UPDATE SKIP LOCKED")
_TYPES_OF: Final = text("SELECT id FROM request_type WHERE collectivity = :collectivity ORDER BY id FOR UPDATE")
_AREAS_OF: Final = text("SELECT id FROM area WHERE collectivity = :collectivity ORDER BY id FOR UPDATE")


async def next_types(session: AsyncSession, ids: Sequence[UUID]) -> list[TypeState]:
    """What is to be told of these types; nothing of one that was never offered."""
    return [TypeState(**row) for row in (await session.execute(_TYPES, {"ids": ids})).mappings()]


async def next_areas(session: AsyncSession, ids: Sequence[UUID]) -> list[AreaState]:
    """What is to be told of these areas."""
    return [AreaState(**row) for row in (await session.execute(_AREAS, {"ids": ids})).mappings()]


async def untold_types(session: AsyncSession) -> list[UUID]:
    """The types of all collectivities that were offered before states were told, locked."""
    return await _ids(session, _UNTOLD_TYPES)


async def untold_areas(session: AsyncSession) -> list[UUID]:
    """The areas of all collectivities that were there before states were told, locked."""
    return await _ids(session, _UNTOLD_AREAS)


async def types_of(session: AsyncSession, collectivity: str) -> list[UUID]:
    """All types of a collectivity, locked."""
    return await _ids(session, _TYPES_OF, collectivity=collectivity)


async def areas_of(session: AsyncSession, collectivity: str) -> list[UUID]:
    """All areas of a collectivity, locked."""
    return await _ids(session, _AREAS_OF, collectivity=collectivity)


async def _ids(session: AsyncSession, wanted: Any, **values: Any) -> list[UUID]:
    return list((await session.scalars(wanted, values)).all())
