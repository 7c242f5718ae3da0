# SPDX-License-Identifier: EUPL-1.2
"""The conversations that people answer to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_kit.ids import uuid7
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.inbound_tables import Conversation
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.topic import Channel

# Somebody changes their address now and then; this many are looked at.
_MOST_ADDRESSES = 100


async def told(session: AsyncSession, collectivity: str, request_id: UUID, person: UUID, now: datetime) -> UUID:
    """The conversation of that person about that request, which goes on; returns its id."""
    fresh = insert(Conversation).values(
        id=uuid7(), collectivity=collectivity, request_id=request_id, person=person, told_at=now
    )
    goes_on = fresh.on_conflict_do_update(
        index_elements=["collectivity", "request_id", "person"],
        set_={"told_at": func.greatest(Conversation.told_at, fresh.excluded.told_at)},
    )
    return (await session.execute(goes_on.returning(Conversation.id))).scalar_one()


async def one(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
    """A conversation, however old."""
    return await session.get(Conversation, conversation_id)


async def recipients(session: AsyncSession, conversation_id: UUID) -> Sequence[Any]:
    """To whom its mails went, the newest first: the person, and the address sealed with their key."""
    wanted = (
        select(Message.person, Delivery.address)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Message.conversation == conversation_id, Delivery.channel == Channel.EMAIL.value)
        .order_by(Delivery.created_at.desc())
        .limit(_MOST_ADDRESSES)
    )
    return (await session.execute(wanted)).all()


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """To the account that took another's place; where both speak about one request, the other's address stays good."""
    same = aliased(Conversation)
    both = exists().where(
        same.person == kept, same.collectivity == Conversation.collectivity, same.request_id == Conversation.request_id
    )
    moved = update(Conversation).where(Conversation.person == absorbed, ~both).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove those in which nobody was told anything since then; returns how many went."""
    old = select(Conversation.id).where(Conversation.told_at < before).order_by(Conversation.told_at).limit(limit)
    gone = delete(Conversation).where(Conversation.id.in_(old.with_for_update(skip_locked=True)))
    return len((await session.execute(gone.returning(Conversation.id))).all())
