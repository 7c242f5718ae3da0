# SPDX-License-Identifier: EUPL-1.2
"""Agents who assist people, for a short while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.behalf_tables import AssistanceRow
from parvis_identity.domain.behalf import DELEGABLE, Assistance, Behalf, Ground
from parvis_kit.crypto.persons import PersonKey


async def add(session: AsyncSession, begun: Assistance, key: PersonKey) -> None:
    """An agent begins to assist a person."""
    session.add(
        AssistanceRow(
            id=begun.id,
            collectivity=begun.collectivity,
            person=begun.person,
            agent=begun.agent,
            channel=begun.channel.value,
            reason=key.seal("assistance.reason", begun.reason),
            created_at=begun.created_at,
            expires_at=begun.expires_at,
        )
    )
    await session.flush()


async def end(session: AsyncSession, id_: UUID, agent: UUID, collectivity: str, now: datetime) -> bool:
    """The person has left; False for what is not that agent's, or over already."""
    ended = await session.scalar(
        update(AssistanceRow)
        .where(
            AssistanceRow.id == id_,
            AssistanceRow.agent == agent,
            AssistanceRow.collectivity == collectivity,
            AssistanceRow.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(AssistanceRow.id)
    )
    return ended is not None


async def ground(session: AsyncSession, id_: UUID, actor: UUID, collectivity: str, now: datetime) -> Behalf | None:
    """That the agent assists the person now; None where it is over, or another agent's."""
    row = await session.scalar(
        select(AssistanceRow).where(
            AssistanceRow.id == id_,
            AssistanceRow.agent == actor,
            AssistanceRow.collectivity == collectivity,
            AssistanceRow.ended_at.is_(None),
            AssistanceRow.expires_at > now,
        )
    )
    if row is None:
        return None
    return Behalf(
        ground=Ground.ASSISTED,
        id=row.id,
        collectivity=row.collectivity,
        person=row.person,
        actor=row.agent,
        scopes=DELEGABLE,
        ends_at=row.expires_at,
        rests_on=(row.id,),
    )


async def move(
    session: AsyncSession, source: UUID, key: PersonKey, target: UUID, target_key: PersonKey, now: datetime
) -> None:
    """End what goes on for one account, and keep it for another, sealed anew with that one's key."""
    mine = AssistanceRow.person == source
    rows = await session.execute(select(AssistanceRow.id, AssistanceRow.reason).where(mine))
    for id_, reason in rows.all():
        sealed = target_key.seal("assistance.reason", key.open("assistance.reason", reason))
        await session.execute(
            update(AssistanceRow)
            .where(AssistanceRow.id == id_)
            .values(person=target, reason=sealed, ended_at=func.coalesce(AssistanceRow.ended_at, now))
            .execution_options(synchronize_session=False)
        )


async def sealed_reasons(session: AsyncSession, ids: set[UUID]) -> dict[UUID, tuple[str, bytes]]:
    """Channel and sealed reason of these."""
    rows = await session.execute(
        select(AssistanceRow.id, AssistanceRow.channel, AssistanceRow.reason).where(AssistanceRow.id.in_(ids))
    )
    return {id_: (channel, reason) for id_, channel, reason in rows.all()}
