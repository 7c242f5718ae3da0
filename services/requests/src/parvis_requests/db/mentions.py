# SPDX-License-Identifier: EUPL-1.2
"""Who is an agent, and whom notes name."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import KnownAgent, Mention, Message


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
    wanted = select(Mention).where(Mention.message_id.in_(ids), Mention.withdrawn_at.is_(None))
    wanted = wanted.order_by(Mention.agent)
    for mention in await session.scalars(wanted):
        found.setdefault(mention.message_id, []).append(mention.agent)
    return found


async def withdraw(session: AsyncSession, request_id: UUID, agent: UUID, by: UUID | None, now: datetime) -> list[UUID]:
    """Take back what names an agent in a request's notes, or in those that ``by`` has written; returns these notes."""
    wanted = [Mention.request_id == request_id, Mention.agent == agent, Mention.withdrawn_at.is_(None)]
    if by is not None:
        theirs = select(Message.id).where(Message.request_id == request_id, Message.actor == by)
        wanted.append(Mention.message_id.in_(theirs))
    taken = update(Mention).where(*wanted).values(withdrawn_at=now).returning(Mention.message_id)
    return sorted(await session.scalars(taken.execution_options(synchronize_session=False)))


async def outlived(session: AsyncSession, request_id: UUID, agent: UUID, last: Collection[UUID]) -> list[UUID]:
    """The notes whose mention of the agent others outlived, of which ``last`` were the last; the latest first."""
    spans = select(Mention.message_id, Message.created_at, Mention.withdrawn_at).join(
        Message, Message.id == Mention.message_id
    )
    spans = spans.where(Mention.request_id == request_id, Mention.agent == agent, Mention.withdrawn_at.is_not(None))
    rows = (await session.execute(spans.order_by(Mention.withdrawn_at.desc(), Mention.message_id))).tuples().all()
    since, found = min(made for id_, made, _ in rows if id_ in last), []
    for id_, made, withdrawn in rows:
        if id_ not in last and withdrawn is not None and withdrawn >= since:
            found.append(id_)
            since = min(since, made)
    return found


async def in_force(session: AsyncSession, request_id: UUID, agent: UUID) -> bool:
    """Whether a note of the request names the agent."""
    wanted = (Mention.request_id == request_id, Mention.agent == agent, Mention.withdrawn_at.is_(None))
    return bool(await session.scalar(select(exists().where(*wanted))))
