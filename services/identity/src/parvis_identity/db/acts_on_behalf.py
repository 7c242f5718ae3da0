# SPDX-License-Identifier: EUPL-1.2
"""What was done for a person by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.behalf_tables import ActOnBehalfRow
from parvis_kit.db import keyset
from parvis_kit.db.keyset import Position, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnBehalf:
    """A token was handed out with which ``actor`` acted for ``person``."""

    id: UUID
    collectivity: str
    person: UUID
    actor: UUID
    actor_kind: str
    ground: str
    ground_id: UUID
    organisation: UUID | None
    client_id: str
    scopes: tuple[str, ...]
    occurred_at: datetime


async def add(session: AsyncSession, act: ActOnBehalf) -> None:
    """Keep it, in the transaction that allows it."""
    session.add(
        ActOnBehalfRow(
            id=act.id,
            collectivity=act.collectivity,
            person=act.person,
            actor=act.actor,
            actor_kind=act.actor_kind,
            ground=act.ground,
            ground_id=act.ground_id,
            organisation=act.organisation,
            client_id=act.client_id,
            scopes=list(act.scopes),
            occurred_at=act.occurred_at,
        )
    )
    await session.flush()


async def move(session: AsyncSession, source: UUID, target: UUID) -> None:
    """Show what was done for the one account to the other from now on."""
    await session.execute(
        update(ActOnBehalfRow)
        .where(ActOnBehalfRow.person == source)
        .values(person=target)
        .execution_options(synchronize_session=False)
    )


async def page(
    session: AsyncSession, people: Mapping[UUID, datetime | None], position: Position | None, limit: int
) -> Slice[ActOnBehalfRow]:
    """A page of what was done for these people, for each until the given instant where there is one; latest first."""
    seen = [
        and_(ActOnBehalfRow.person == person, ActOnBehalfRow.occurred_at <= end if end else true())
        for person, end in people.items()
    ]
    wanted = select(ActOnBehalfRow).where(or_(*seen))
    rows = await session.scalars(keyset.at(wanted, ActOnBehalfRow.occurred_at, ActOnBehalfRow.id, position, limit))
    return keyset.cut(list(rows), position, limit, key="occurred_at")
