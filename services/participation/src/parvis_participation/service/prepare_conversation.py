# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares an opinion conversation, changes it while it is a draft, publishes it and closes it early."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import conversation_events
from parvis_participation.db import conversations
from parvis_participation.db.conversation_tables import Conversation as Row
from parvis_participation.domain.conversation import ConversationAction, Writers
from parvis_participation.domain.errors import StaleVersionError


@dataclass(frozen=True, slots=True)
class ConversationDraft:
    """What is talked about, by whom, and when; texts by language.

    ``reviewed`` is whether statements of people wait for an agent, ``open_votes`` whether all opinions are published
    without names in the end.
    """

    title: dict[str, str]
    description: dict[str, str]
    writers: Writers
    reviewed: bool
    verified: bool
    residence: bool
    areas: list[str]
    open_votes: bool
    opens_at: datetime
    closes_at: datetime


async def create_conversation(
    session: AsyncSession, collectivity: str, draft: ConversationDraft, *, now: datetime
) -> Row:
    """A draft, in the caller's transaction; raises BadPeriodError or AreaNeedsResidenceError."""
    row = Row(id=uuid7(), collectivity=collectivity, **asdict(draft), version=1, created_at=now)
    conversations.entity(row)
    session.add(row)
    await session.flush()
    return row


async def change_conversation(
    session: AsyncSession, collectivity: str, conversation_id: UUID, draft: ConversationDraft, *, version: int
) -> Row:
    """The same conversation otherwise, while it is a draft.

    Raises NotFoundError, StaleVersionError, ConversationFrozenError, BadPeriodError or AreaNeedsResidenceError.
    """
    row = await _seen(session, collectivity, conversation_id, version)
    conversations.entity(row).check_changeable()
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    conversations.entity(row)
    row.version += 1
    await session.flush()
    return row


async def act_on_conversation(
    session: AsyncSession,
    collectivity: str,
    conversation_id: UUID,
    action: ConversationAction,
    *,
    version: int,
    now: datetime,
) -> Row:
    """Publish it, told in the caller's transaction, or close it, which the worker tells.

    Raises NotFoundError, TransitionError, or StaleVersionError when somebody acted meanwhile.
    """
    row = await _seen(session, collectivity, conversation_id, version)
    conversations.keep(row, conversations.entity(row).after(action, now))
    await session.flush()
    if action is ConversationAction.PUBLISH:
        await outbox.add(session, conversation_events.conversation_published(row, now))
    return row


async def _seen(session: AsyncSession, collectivity: str, conversation_id: UUID, version: int) -> Row:
    row = await conversations.locked(session, collectivity, conversation_id)
    if row.version != version:
        raise StaleVersionError
    return row
