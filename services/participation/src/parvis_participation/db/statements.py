# SPDX-License-Identifier: EUPL-1.2
"""The statements of conversations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.conversation_tables import ConversationOpinion as Opinion
from parvis_participation.db.conversation_tables import ConversationStatement as Row
from parvis_participation.db.only import only
from parvis_participation.domain.conversation import StatementState

_PRIORITIES: Final = text("""
UPDATE conversation_statement SET priority = computed.priority
FROM unnest(CAST(:ids AS uuid[]), CAST(:priorities AS float8[])) AS computed (id, priority)
WHERE conversation_statement.id = computed.id
""")


async def one(session: AsyncSession, collectivity: str, statement_id: UUID, *, lock: bool = False) -> Row:
    """A statement of that collectivity; raises NotFoundError."""
    wanted = select(Row).where(Row.id == statement_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def next_number(session: AsyncSession, conversation_id: UUID) -> int:
    """The number of the next statement, from 0; whoever else adds one waits until this transaction ends."""
    name = f"statements of {conversation_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    greatest = await session.scalar(select(func.max(Row.number)).where(Row.conversation_id == conversation_id))
    return 0 if greatest is None else greatest + 1


async def places_taken(session: AsyncSession, conversation_id: UUID) -> int:
    """How many statements people have opinions on, or might have once a decision on them is taken or undone."""
    counted = StatementState.PROPOSED, StatementState.PUBLISHED, StatementState.REMOVED
    wanted = select(func.count()).where(Row.conversation_id == conversation_id, Row.state.in_(counted))
    return await session.scalar(wanted) or 0


async def written_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many statements somebody has written since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def page(
    session: AsyncSession, conversation_id: UUID, state: StatementState, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the statements of a conversation in that state, newest first."""
    wanted = select(Row).where(Row.conversation_id == conversation_id, Row.state == state)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def page_of(
    session: AsyncSession, conversation_id: UUID, person: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of what somebody has written in a conversation, newest first."""
    wanted = select(Row).where(Row.conversation_id == conversation_id, Row.person == person)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def published(session: AsyncSession, conversation_id: UUID) -> Sequence[Row]:
    """Those that people have opinions on, by their numbers."""
    wanted = select(Row).where(Row.conversation_id == conversation_id, Row.state == StatementState.PUBLISHED)
    return (await session.scalars(wanted.order_by(Row.number))).all()


async def unseen(
    session: AsyncSession, conversation_id: UUID, person: UUID, participant: UUID | None
) -> Sequence[tuple[UUID, float]]:
    """Those that somebody has given no opinion on, but for their own: the id and weight of each, not its words."""
    wanted = select(Row.id, Row.priority).where(
        Row.conversation_id == conversation_id,
        Row.state == StatementState.PUBLISHED,
        Row.person.is_distinct_from(person),
    )
    if participant is not None:
        given = select(Opinion.value).where(Opinion.participant_id == participant, Opinion.statement_id == Row.id)
        wanted = wanted.where(~given.exists())
    return [(statement, weight) for statement, weight in await session.execute(wanted)]


async def these(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Row]:
    """Those of these statements that people have opinions on, in that order."""
    wanted = select(Row).where(Row.id.in_(ids), Row.state == StatementState.PUBLISHED)
    found = {each.id: each for each in await session.scalars(wanted)}
    return [found[each] for each in ids if each in found]


async def prioritise(session: AsyncSession, priorities: Mapping[UUID, float]) -> None:
    """Write the computed weights; the version of a statement, which is its words', stays."""
    values = {"ids": list(priorities), "priorities": list(priorities.values())}
    await session.execute(_PRIORITIES, values)


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the statements of an account that is no more be the kept one's."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
