# SPDX-License-Identifier: EUPL-1.2
"""Somebody says whether they agree with a statement, and otherwise as long as the conversation lasts.

Each person takes part once: who was verified under the key that identity makes of them for this conversation, whatever
the account, which is asked for at the first opinion alone; whoever was not, by their account. Nobody waits for anybody,
and nothing that several people share is written.
"""

from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_participation.db import conversations, merged_accounts, opinions, residences, statements
from parvis_participation.db.conversation_tables import Conversation, ConversationParticipant, ConversationStatement
from parvis_participation.domain.conversation import (
    NAMES,
    VALUES,
    ConversationNotOpenError,
    Opinion,
    StatementState,
    check_given,
)
from parvis_participation.domain.errors import NotFoundError, NotVerifiedError
from parvis_participation.domain.opinions.routing import drawn
from parvis_participation.domain.poll import VERIFIED
from parvis_participation.domain.process import Act
from parvis_participation.domain.town_day import day_of
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.check_audience import check_audience
from parvis_participation.service.follow_process import check_phase
from parvis_participation.service.support_proposal import Supporter

_CHANCE: Final = SystemRandom()


async def give_opinion(
    giver: Supporter, statement_id: UUID, opinion: Opinion, *, database: Database, roll_keys: RollKeys, now: datetime
) -> UUID:
    """The conversation in which they now say that, in the place of what they said before.

    Raises NotFoundError, ConversationNotOpenError, StatementGoneError, NotVerifiedError, NotResidentError,
    ProcessPhaseError or AlreadyTakingPartError, as :func:`check_audience`, or the 503 problem while identity cannot
    say who the person is, and nothing is stored.
    """
    async with database.reading() as session:
        statement = await _public(session, giver.collectivity, statement_id)
        row = await conversations.one(session, giver.collectivity, statement.conversation_id, published=True)
        await check_may_take_part(session, giver, row, now)
        check_given(statement.state)
        known = await opinions.participant(session, row.id, await merged_accounts.standing(session, giver.person))
    await check_audience(giver, row.id, database=database, roll_keys=roll_keys, now=now)
    key = await _key(giver, row, known, roll_keys)
    async with database.unit_of_work() as uow:
        await hold_open(uow.session, row, now)
        person = await merged_accounts.standing(uow.session, giver.person)
        whose = {"id": uuid4(), "conversation": row.id, "collectivity": row.collectivity, "at": now}
        found = await opinions.join(uow.session, whose | {"person": person, "person_key": key})
        await opinions.give(uow.session, found, statement, VALUES[opinion])
        await uow.commit()
    return row.id


async def next_statements(
    session: AsyncSession, giver: Supporter, conversation_id: UUID, most: int, now: datetime
) -> tuple[Sequence[ConversationStatement], int]:
    """At most that many statements that they have said nothing of, by chance and weight, and how many there are.

    Raises NotFoundError or ConversationNotOpenError.
    """
    row = await conversations.one(session, giver.collectivity, conversation_id, published=True)
    conversations.entity(row).check_open(now)
    person = await merged_accounts.standing(session, giver.person)
    known = await opinions.participant(session, row.id, person)
    left = await statements.unseen(session, row.id, person, known.id if known else None)
    return await statements.these(session, drawn(left, most, _CHANCE)), len(left)


async def own_opinions(
    session: AsyncSession, giver: Supporter, conversation_id: UUID
) -> Sequence[tuple[UUID, Opinion]]:
    """What they have said, by statement; raises NotFoundError."""
    row = await conversations.one(session, giver.collectivity, conversation_id, published=True)
    known = await opinions.participant(session, row.id, await merged_accounts.standing(session, giver.person))
    if known is None:
        return []
    return [(statement, NAMES[value]) for statement, value in await opinions.of_participant(session, known.id)]


async def check_may_take_part(session: AsyncSession, giver: Supporter, row: Conversation, now: datetime) -> None:
    """Raise ConversationNotOpenError, NotVerifiedError, NotResidentError or ProcessPhaseError."""
    conversation = conversations.entity(row)
    conversation.check_open(now)
    conversation.check_level(giver.acr)
    await check_phase(session, row.id, Act.GIVE_OPINION, now)
    if row.residence:
        areas = await residences.areas(session, row.collectivity, giver.person, day_of(now, clock_of(row.collectivity)))
        conversation.eligibility.check_residence(areas)


async def hold_open(session: AsyncSession, row: Conversation, now: datetime) -> None:
    """Keep it open until this transaction ends; raises ConversationNotOpenError where it was closed meanwhile."""
    held = await conversations.held(session, row.collectivity, row.id)
    conversations.entity(held).check_open(now)
    if held.closing_told_at is not None:  # while this call waited for the row: the last figures are on their way
        raise ConversationNotOpenError


async def key_of(giver: Supporter, conversation_id: UUID, *, database: Database, roll_keys: RollKeys) -> bytes | None:
    """Under which key somebody takes part, asked for where nobody knows it yet; None where nobody verified them.

    Raises NotFoundError, NotVerifiedError where that matters, or the 503 problem as above.
    """
    async with database.reading() as session:
        row = await conversations.one(session, giver.collectivity, conversation_id, published=True)
        known = await opinions.participant(session, row.id, await merged_accounts.standing(session, giver.person))
    return await _key(giver, row, known, roll_keys)


async def _public(session: AsyncSession, collectivity: str, statement_id: UUID) -> ConversationStatement:
    found = await statements.one(session, collectivity, statement_id)
    if found.state in {StatementState.PROPOSED, StatementState.REFUSED}:
        raise NotFoundError
    return found


async def _key(
    giver: Supporter, row: Conversation, known: ConversationParticipant | None, roll_keys: RollKeys
) -> bytes | None:
    """The person's key; None for somebody whom nobody verified, where that does not matter."""
    if known is not None and (known.person_key is not None or giver.acr not in VERIFIED):
        return known.person_key
    try:
        return (await roll_keys.of(row.id, giver.person, kind=Scrutiny.CONVERSATION)).key
    except NotVerifiedError:
        if row.verified:
            raise
        return None
