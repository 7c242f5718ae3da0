# SPDX-License-Identifier: EUPL-1.2
"""The messages in people's inboxes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.digest import DIGEST
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import WORK, Channel

_LAST_TOLD: Final = text("""
SELECT max(created_at) FROM message
WHERE collectivity = :collectivity AND created_at > :since AND template = ANY(:templates)
    AND person = coalesce((SELECT into_person FROM merged_account WHERE person = :person), :person)
""")


async def add(session: AsyncSession, **values: Any) -> bool:
    """Write a message; False when its event has one already."""
    fresh = insert(Message).values(version=1, sequence=0, **values).on_conflict_do_nothing().returning(Message.id)
    return (await session.execute(fresh)).first() is not None


async def last_told(
    session: AsyncSession, collectivity: str, person: UUID, templates: Collection[str], since: datetime
) -> datetime | None:
    """When a person, or the account that theirs went into, was last told something of these; None if not since then."""
    found = await session.execute(
        _LAST_TOLD, {"collectivity": collectivity, "person": person, "templates": sorted(templates), "since": since}
    )
    last: datetime | None = found.scalar_one()
    return last


def add_delivery(session: AsyncSession, **values: Any) -> None:
    """Let the message go by a channel as well, in the same transaction."""
    session.add(Delivery(state="pending", attempts=0, **values))


def of_work(*, work: bool) -> ColumnElement[bool]:
    """What agents are told as such, or all else but what only has a mail of news."""
    return Message.template.in_(WORK) if work else Message.template.not_in([*WORK, DIGEST])


def _of(reader: Reader, *, unread: bool) -> Select[tuple[Message]]:
    wanted = select(Message).where(
        Message.collectivity == reader.collectivity, Message.person == reader.person, of_work(work=reader.work)
    )
    return wanted.where(Message.read_at.is_(None)) if unread else wanted


async def page(
    session: AsyncSession,
    reader: Reader,
    *,
    unread: bool,
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Message]:
    """One page of a person's messages, newest first."""
    wanted = keyset.at(_of(reader, unread=unread), Message.created_at, Message.id, position=position, limit=limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)


async def after(session: AsyncSession, reader: Reader, position: int, limit: int) -> Sequence[Message]:
    """The messages that came after that position, oldest first."""
    wanted = _of(reader, unread=False).where(Message.position > position).order_by(Message.position).limit(limit)
    return (await session.scalars(wanted)).all()


async def count(session: AsyncSession, reader: Reader, *, unread: bool) -> int:
    """How many messages that list has in all."""
    inner = _of(reader, unread=unread).with_only_columns(Message.id).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


async def one(session: AsyncSession, reader: Reader, message_id: UUID) -> Message:
    """A message of that inbox; raises NotFoundError."""
    wanted = _of(reader, unread=False).where(Message.id == message_id)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def set_read_at(session: AsyncSession, row: Message, read_at: datetime | None) -> Message:
    """The next version of the message; raises StaleVersionError when another act came first."""
    changed = (
        update(Message)
        .where(Message.id == row.id, Message.version == row.version)
        .values(read_at=read_at, version=row.version + 1)
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(Message)
    )
    after = (await session.execute(changed)).scalar_one_or_none()
    if after is None:
        raise StaleVersionError
    return after


async def read_many(
    session: AsyncSession, reader: Reader, ids: Collection[UUID] | None, until: datetime, read_at: datetime | None
) -> None:
    """Say of all up to that instant, or of these of them, that they were read then, or with None that they were not."""
    mine = (Message.collectivity == reader.collectivity, Message.person == reader.person, of_work(work=reader.work))
    unread = Message.read_at.is_(None) if read_at is not None else Message.read_at.is_not(None)
    changed = update(Message).where(*mine, unread, Message.created_at <= until)
    if ids is not None:
        changed = changed.where(Message.id.in_(list(ids)))
    changed = changed.values(read_at=read_at, version=Message.version + 1)
    await session.execute(changed.execution_options(synchronize_session=False))


async def about_request(session: AsyncSession, collectivity: str, request_id: UUID, limit: int) -> Sequence[Message]:
    """What its author was told of a request, the newest first."""
    wanted = select(Message).where(Message.request_id == request_id, Message.collectivity == collectivity)
    return (await session.scalars(wanted.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit))).all()


async def of_email(session: AsyncSession, delivery_id: UUID) -> Message:
    """The message that a mail repeats; raises NotFoundError."""
    wanted = select(Message).join(Delivery, Delivery.message_id == Message.id)
    mail = (Delivery.id == delivery_id, Delivery.channel == Channel.EMAIL.value)
    row = (await session.execute(wanted.where(*mail))).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row
