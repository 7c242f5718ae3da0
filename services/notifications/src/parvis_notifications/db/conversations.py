# SPDX-License-Identifier: EUPL-1.2
"""The conversations that people answer to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_kit.ids import uuid7
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.inbound_tables import Conversation, ReplyAddress
from parvis_notifications.db.tables import MergedAccount, Message
from parvis_notifications.domain.topic import Channel

# Somebody changes their address now and then; this many are looked at.
_MOST_ADDRESSES = 100
# Of a conversation: whoever revokes its addresses all day long fills no table.
_MOST_REVOKED = 20


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


async def named(session: AsyncSession, address: UUID) -> tuple[Conversation | None, bool]:
    """The conversation that a reply address names, however old, and whether that address was revoked."""
    known = await session.get(ReplyAddress, address)
    found = await session.get(Conversation, known.conversation if known else address)
    return found, known is not None and known.revoked_at is not None


async def about(
    session: AsyncSession, collectivity: str, request_id: UUID, person: UUID | None
) -> Sequence[Conversation]:
    """Those about a request, locked; with a person theirs alone, those of accounts that became theirs included."""
    wanted = select(Conversation).where(
        Conversation.collectivity == collectivity, Conversation.request_id == request_id
    )
    if person is not None:
        before = select(MergedAccount.person).where(MergedAccount.into_person == person)
        wanted = wanted.where(or_(Conversation.person == person, Conversation.person.in_(before)))
    return (await session.scalars(wanted.order_by(Conversation.id).with_for_update())).all()


async def readdress(session: AsyncSession, row: Conversation, address: UUID, *, by: UUID, now: datetime) -> None:
    """Revoke the address that a conversation has, and give it another."""
    former = {"id": row.address or row.id, "conversation": row.id, "collectivity": row.collectivity}
    ended = {"revoked_at": now, "revoked_by": by}
    revoked = insert(ReplyAddress).values(**former, **ended)
    await session.execute(revoked.on_conflict_do_update(index_elements=["id"], set_=ended))
    session.add(ReplyAddress(id=address, conversation=row.id, collectivity=row.collectivity))
    row.address = address
    await session.flush()
    # What names no conversation is refused as well; the first address is the conversation's own name, and does.
    revoked_ones = (ReplyAddress.conversation == row.id, ReplyAddress.revoked_at.is_not(None))
    newest = select(ReplyAddress.id).where(*revoked_ones).order_by(ReplyAddress.revoked_at.desc(), ReplyAddress.id)
    forgotten = delete(ReplyAddress).where(*revoked_ones, ReplyAddress.id != row.id)
    forgotten = forgotten.where(ReplyAddress.id.not_in(newest.limit(_MOST_REVOKED)))
    await session.execute(forgotten.execution_options(synchronize_session=False))


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
