# SPDX-License-Identifier: EUPL-1.2
"""Who is an agent, and whom notes name."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import KnownAgent, Mention


async def know(session: AsyncSession, collectivity: str, person: UUID) -> None:
    """Remember that somebody is an agent there; safe to repeat."""
    values = {"collectivity": collectivity, "person": person}
    await session.execute(insert(KnownAgent).values(**values).on_conflict_do_nothing())


async def known(session: AsyncSession, collectivity: str, persons: Collection[UUID]) -> frozenset[UUID]:
    """Those of them who are agents of the collectivity."""
    wanted = select(KnownAgent.person).where(KnownAgent.collectivity == collectivity, KnownAgent.person.in_(persons))
    return frozenset(await session.scalars(wanted))


async def of_messages(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Whom each of these notes names, in one look-up."""
    found: dict[UUID, list[UUID]] = {}
    wanted = select(Mention).where(Mention.message_id.in_(ids)).order_by(Mention.agent)
    for mention in await session.scalars(wanted):
        found.setdefault(mention.message_id, []).append(mention.agent)
    return found
