# SPDX-License-Identifier: EUPL-1.2
"""Agents and people write the statements of a conversation; an agent looks at those that wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import comments, conversations, merged_accounts, opinions, statements
from parvis_participation.db.conversation_tables import Conversation
from parvis_participation.db.conversation_tables import ConversationStatement as Row
from parvis_participation.domain.conversation import (
    VALUES,
    AgentsAloneError,
    ConversationFullError,
    ConversationNotOpenError,
    ConversationState,
    Opinion,
    Review,
    StatementState,
    Writers,
    check_given,
    check_review,
)
from parvis_participation.domain.errors import NotAllowedError, StaleVersionError, TooManyError
from parvis_participation.domain.opinions.routing import NEW_PRIORITY
from parvis_participation.domain.opinions.votes import MOST_STATEMENTS
from parvis_participation.service.support_proposal import Supporter
from parvis_participation.service.take_part import check_may_take_part, hold_open

DAILY: Final = 20
"""How many statements one person may write within a day."""
TOWNS_OWN: Final = 100
"""How many places people leave to the town, however much they write."""


async def seed_statement(
    session: AsyncSession, collectivity: str, conversation_id: UUID, words: dict[str, str], *, now: datetime
) -> Row:
    """A statement of the town, by language, until the conversation closes; in the caller's transaction.

    Raises NotFoundError, ConversationNotOpenError or ConversationFullError.
    """
    row = await conversations.held(session, collectivity, conversation_id)
    if conversations.entity(row).state(now) is ConversationState.CLOSED:
        raise ConversationNotOpenError
    return await _added(session, row, None, words["fr"], words, StatementState.PUBLISHED, now)


async def write_statement(
    session: AsyncSession, author: Supporter, conversation_id: UUID, words: str, *, key: bytes | None, now: datetime
) -> Row:
    """A statement of somebody who may take part, which waits where an agent looks first; in the caller's transaction.

    They agree with it, as with Polis, until they say otherwise: were it the one on which somebody said nothing, the
    file of all opinions would tell whose it is. ``key`` is identity's of the person, as :func:`key_of` gives it.
    Raises NotFoundError, AgentsAloneError, TooManyError, ConversationFullError, AlreadyTakingPartError, or as
    :func:`check_may_take_part`.
    """
    row = await conversations.one(session, author.collectivity, conversation_id, published=True)
    await check_may_take_part(session, author, row, now)
    if row.writers == Writers.AGENTS:
        raise AgentsAloneError
    await hold_open(session, row, now)
    person = await merged_accounts.standing(session, author.person)
    await comments.one_at_a_time(session, person)
    if await statements.written_since(session, person, now - timedelta(days=1)) >= DAILY:
        raise TooManyError
    state = StatementState.PROPOSED if row.reviewed else StatementState.PUBLISHED
    made = await _added(session, row, person, words, None, state, now)
    whose = {"id": uuid4(), "conversation": row.id, "collectivity": row.collectivity, "at": now}
    participant = await opinions.join(session, whose | {"person": person, "person_key": key})
    await opinions.give(session, participant, made, VALUES[Opinion.AGREE])
    return made


async def review_statement(
    session: AsyncSession,
    collectivity: str,
    statement_id: UUID,
    review: Review,
    reasons: Mapping[str, str] | None,
    *,
    version: int,
    now: datetime,
) -> Row:
    """Let people have opinions on a statement that waits, or refuse it with reasons; take back the town's, or nobody's.

    Raises NotFoundError, StaleVersionError, StatementStateError or ReasonsError.
    """
    row = await _seen(session, collectivity, statement_id, version)
    row.state = check_review(row.state, review, reasons, own=row.translations is not None or row.person is None)
    row.reasons = None if reasons is None else dict(reasons)
    if row.state == StatementState.WITHDRAWN:
        row.text, row.translations = None, None if row.translations is None else {}
    return await _changed(session, row, now)


async def withdraw_statement(
    session: AsyncSession, author: Supporter, statement_id: UUID, *, version: int, now: datetime
) -> None:
    """Take its words away for good; what others said of it counts no more.

    Raises NotFoundError, NotAllowedError for anybody else, StatementGoneError or StaleVersionError.
    """
    row = await _seen(session, author.collectivity, statement_id, version, by=author.person)
    if row.state != StatementState.PROPOSED:
        check_given(row.state)
    row.text, row.state = None, StatementState.WITHDRAWN
    await _changed(session, row, now)


async def _seen(
    session: AsyncSession, collectivity: str, statement_id: UUID, version: int, by: UUID | None = None
) -> Row:
    row = await statements.one(session, collectivity, statement_id, lock=True)
    if by is not None and row.person != by:
        raise NotAllowedError
    if row.version != version:
        raise StaleVersionError
    return row


async def _changed(session: AsyncSession, row: Row, now: datetime) -> Row:
    row.changed_at = now
    row.version += 1
    await session.flush()
    return row


async def _added(
    session: AsyncSession,
    conversation: Conversation,
    person: UUID | None,
    words: str,
    translations: dict[str, str] | None,
    state: StatementState,
    now: datetime,
) -> Row:
    number = await statements.next_number(session, conversation.id)
    most = MOST_STATEMENTS if person is None else MOST_STATEMENTS - TOWNS_OWN
    if await statements.places_taken(session, conversation.id) >= most:
        raise ConversationFullError
    row = Row(
        id=uuid7(),
        collectivity=conversation.collectivity,
        conversation_id=conversation.id,
        number=number,
        person=person,
        text=words,
        translations=translations,
        state=state,
        priority=NEW_PRIORITY,
        version=1,
        changed_at=now,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row
