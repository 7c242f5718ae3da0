# SPDX-License-Identifier: EUPL-1.2
"""The teams of a collectivity, as directories provision them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.managed_tables import TeamRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team; agents carry its ``code``, which stays when its name changes."""

    id: UUID
    collectivity: str
    code: str
    name: str
    external_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime


async def find(session: AsyncSession, collectivity: str, team: UUID, *, lock: bool = False) -> Team | None:
    """The team of that collectivity."""
    statement = select(TeamRow).where(TeamRow.collectivity == collectivity, TeamRow.id == team)
    row = await session.scalar(statement.with_for_update() if lock else statement)
    return _team(row) if row else None


async def found(
    session: AsyncSession, collectivity: str, wanted: Mapping[str, Any], offset: int, limit: int
) -> tuple[int, list[Team]]:
    """How many have all of ``wanted`` (``id``, ``name``, ``external_id``), and some of them, the oldest first."""
    conditions = [TeamRow.collectivity == collectivity]
    conditions += [getattr(TeamRow, name) == value for name, value in wanted.items()]
    total = await session.scalar(select(func.count()).select_from(TeamRow).where(*conditions))
    rows = await session.scalars(
        select(TeamRow).where(*conditions).order_by(TeamRow.created_at, TeamRow.id).offset(offset).limit(limit)
    )
    return total or 0, [_team(row) for row in rows]


async def add(session: AsyncSession, team: Team) -> None:
    """One team more; IntegrityError where its code is another's."""
    session.add(
        TeamRow(
            id=team.id, collectivity=team.collectivity, code=team.code, name=team.name, external_id=team.external_id,
            version=team.version, created_at=team.created_at, updated_at=team.updated_at,
        )
    )  # fmt: skip
    await session.flush()


async def put(session: AsyncSession, team: Team) -> None:
    """The team as it is now."""
    await session.execute(
        update(TeamRow)
        .where(TeamRow.id == team.id, TeamRow.collectivity == team.collectivity)
        .values(name=team.name, external_id=team.external_id, version=team.version, updated_at=team.updated_at)
        .execution_options(synchronize_session=False)
    )


async def remove(session: AsyncSession, team: Team) -> None:
    """The team is no more."""
    await session.execute(delete(TeamRow).where(TeamRow.id == team.id, TeamRow.collectivity == team.collectivity))


def _team(row: TeamRow) -> Team:
    return Team(
        id=row.id,
        collectivity=row.collectivity,
        code=row.code,
        name=row.name,
        external_id=row.external_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
