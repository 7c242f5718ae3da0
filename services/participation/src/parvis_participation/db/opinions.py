# SPDX-License-Identifier: EUPL-1.2
"""Who takes part in conversations and what they say; counted by the worker, never beside an opinion."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.conversation_tables import ConversationOpinion as Row
from parvis_participation.db.conversation_tables import ConversationParticipant as Participant
from parvis_participation.db.conversation_tables import ConversationStatement as Statement
from parvis_participation.domain.conversation import AlreadyTakingPartError, StatementState

_JOIN: Final = text("""
INSERT INTO conversation_participant AS mine (id, conversation_id, collectivity, person, person_key, changed_at)
VALUES (:id, :conversation, :collectivity, :person, :person_key, :at)
ON CONFLICT (conversation_id, person) DO UPDATE
SET person_key = coalesce(mine.person_key, excluded.person_key), changed_at = excluded.changed_at
RETURNING id
""")
# Four bytes of the number and two of the opinion each: a person's opinions are one value, not sixty rows.
_GIVEN: Final = text("""
SELECT p.id, string_agg(int4send(s.number) || int2send(o.value), ''::bytea)
FROM conversation_participant p
JOIN conversation_opinion o ON o.participant_id = p.id
JOIN conversation_statement s ON s.id = o.statement_id AND s.state = 'published'
WHERE p.conversation_id = :conversation
GROUP BY p.id ORDER BY p.id
""")
_FORGET: Final = text("""
DELETE FROM conversation_opinion USING conversation_participant p
WHERE p.id = participant_id AND p.conversation_id = :conversation
""")
# Of two opinions on one statement that of the kept account stands.
_KEEP_MINE: Final = text("""
DELETE FROM conversation_opinion theirs USING conversation_opinion mine
WHERE theirs.participant_id = :gone AND mine.participant_id = :stays AND mine.statement_id = theirs.statement_id
""")
GIVEN_BYTES: Final = 6
"""Of one opinion in what :func:`given` streams: the number of the statement in four, the opinion in two, big-endian."""


async def join(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """The participant of an account, made if it is new.

    Raises AlreadyTakingPartError where the person takes part by another account, and nothing more can be done in this
    transaction.
    """
    try:
        found: UUID = (await session.execute(_JOIN, values)).scalar_one()
    except IntegrityError as error:
        raise AlreadyTakingPartError from error
    return found


async def participant(session: AsyncSession, conversation_id: UUID, person: UUID) -> Participant | None:
    """That of an account."""
    wanted = select(Participant).where(Participant.conversation_id == conversation_id, Participant.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def give(session: AsyncSession, participant_id: UUID, statement: Statement, value: int) -> None:
    """Have somebody say that, in the place of what they said before."""
    values = {"participant_id": participant_id, "statement_id": statement.id, "collectivity": statement.collectivity}
    given = insert(Row).values(values | {"value": value})
    await session.execute(
        given.on_conflict_do_update(index_elements=["participant_id", "statement_id"], set_={"value": value})
    )


async def of_participant(session: AsyncSession, participant_id: UUID) -> Sequence[tuple[UUID, int]]:
    """What somebody has said, by statement that is there, in the order of their numbers."""
    wanted = select(Row.statement_id, Row.value).join(Statement, Statement.id == Row.statement_id)
    wanted = wanted.where(Row.participant_id == participant_id, Statement.state == StatementState.PUBLISHED)
    found = await session.execute(wanted.order_by(Statement.number))
    return [(statement, value) for statement, value in found]


async def changed_since(session: AsyncSession, conversation_id: UUID, since: datetime | None) -> int:
    """How many people have said something since then."""
    wanted = select(func.count()).where(Participant.conversation_id == conversation_id)
    if since is not None:
        wanted = wanted.where(Participant.changed_at > since)
    return await session.scalar(wanted) or 0


async def given(session: AsyncSession, conversation_id: UUID) -> AsyncIterator[tuple[UUID, bytes]]:
    """Each participant with what they said of published statements, as bytes (:data:`GIVEN_BYTES`)."""
    async for found, said in await session.stream(_GIVEN, {"conversation": conversation_id}):
        yield found, said


async def forget(session: AsyncSession, conversation_id: UUID) -> None:
    """Delete what was said in a conversation and who took part in it, and whose its statements are."""
    of = {"conversation": conversation_id}
    await session.execute(_FORGET, of)
    gone = delete(Participant).where(Participant.conversation_id == conversation_id)
    await session.execute(gone.execution_options(synchronize_session=False))
    authors = update(Statement).where(Statement.conversation_id == conversation_id).values(person=None)
    await session.execute(authors.execution_options(synchronize_session=False))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let who took part by an account that is no more take part by the kept one, once."""
    wanted = select(Participant).where(Participant.person == absorbed).with_for_update()
    for theirs in (await session.scalars(wanted)).all():
        mine = await participant(session, theirs.conversation_id, kept)
        if mine is None:
            theirs.person = kept
            await session.flush()
            continue
        await session.execute(_KEEP_MINE, {"gone": theirs.id, "stays": mine.id})
        moved = update(Row).where(Row.participant_id == theirs.id).values(participant_id=mine.id)
        await session.execute(moved.execution_options(synchronize_session=False))
        key = theirs.person_key
        await session.delete(theirs)
        await session.flush()
        # The key of the one that goes is that of the one that stays, where nobody had verified them under it.
        mine.person_key = mine.person_key or key
        await session.flush()
