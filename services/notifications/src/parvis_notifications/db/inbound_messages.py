# SPDX-License-Identifier: EUPL-1.2
"""What came in, until its owner has taken it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.inbound_tables import InboundFile, InboundMessage

_MOST_WAITING: Final = 50_000


async def add(session: AsyncSession, **values: Any) -> bool:
    """Keep a message; False where it has come before."""
    fresh = insert(InboundMessage).values(**values).on_conflict_do_nothing().returning(InboundMessage.id)
    return (await session.execute(fresh)).first() is not None


async def known(session: AsyncSession, collectivity: str, fingerprint: bytes) -> bool:
    """Whether it has come before."""
    same = select(InboundMessage.id).where(InboundMessage.collectivity == collectivity)
    return (await session.execute(same.where(InboundMessage.fingerprint == fingerprint))).first() is not None


async def known_as(session: AsyncSession, collectivity: str, fingerprints: Collection[bytes]) -> bool:
    """Whether it has come before by one of these."""
    same = select(InboundMessage.id).where(InboundMessage.collectivity == collectivity)
    return (await session.execute(same.where(InboundMessage.fingerprint.in_(fingerprints)))).first() is not None


def add_file(session: AsyncSession, **values: Any) -> None:
    """Keep a file of a message, in the same transaction."""
    session.add(InboundFile(**values))


async def count(session: AsyncSession, collectivity: str, conversation: UUID | None, since: datetime, most: int) -> int:
    """How many came since then in a conversation, or to the collectivity; counted up to ``most``.

    Not what was done as it came, such as a STOP or an answer to an alert: nobody has to take that.
    """
    some = select(InboundMessage.id).where(InboundMessage.received_at > since)
    some = some.where(or_(InboundMessage.taken_at.is_(None), InboundMessage.taken_at > InboundMessage.received_at))
    some = some.where(InboundMessage.conversation == conversation) if conversation else some
    some = some.where(InboundMessage.collectivity == collectivity).limit(most)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def bytes_of_strangers(session: AsyncSession, collectivity: str, since: datetime, most: int) -> int:
    """How large the files of ``most`` messages together are that came since then and belong to no conversation."""
    some = select(InboundMessage.size).where(
        InboundMessage.collectivity == collectivity,
        InboundMessage.received_at > since,
        InboundMessage.conversation.is_(None),
    )
    return int(await session.scalar(select(func.sum(some.limit(most).subquery().c.size))) or 0)


async def bytes_waiting(session: AsyncSession, collectivity: str) -> int:
    """How large the files together are of what belongs to no conversation and its owner has not taken."""
    waiting = select(InboundMessage.size).where(
        InboundMessage.collectivity == collectivity,
        InboundMessage.conversation.is_(None),
        InboundMessage.taken_at.is_(None),
        InboundMessage.size > 0,
    )
    return int(await session.scalar(select(func.sum(waiting.limit(_MOST_WAITING).subquery().c.size))) or 0)


async def one(session: AsyncSession, collectivity: str, message_id: UUID) -> InboundMessage | None:
    """A message that nobody has taken yet."""
    wanted = select(InboundMessage).where(
        InboundMessage.id == message_id,
        InboundMessage.collectivity == collectivity,
        InboundMessage.content.is_not(None),
    )
    return (await session.scalars(wanted)).one_or_none()


async def was_taken(session: AsyncSession, collectivity: str, message_id: UUID) -> bool:
    """Whether it was there, and its owner has it."""
    own = (InboundMessage.id == message_id, InboundMessage.collectivity == collectivity)
    found = select(InboundMessage.id).where(*own, InboundMessage.content.is_(None))
    return (await session.execute(found)).first() is not None


async def files(session: AsyncSession, message_id: UUID) -> Sequence[Any]:
    """Position, sealed name and size of each file of a message, without what is in it."""
    wanted = select(InboundFile.position, InboundFile.name, InboundFile.size)
    return (await session.execute(wanted.where(InboundFile.message_id == message_id).order_by("position"))).all()


async def file(session: AsyncSession, collectivity: str, message_id: UUID, position: int) -> InboundFile | None:
    """A file of a message that nobody has taken yet."""
    wanted = select(InboundFile).where(
        InboundFile.message_id == message_id,
        InboundFile.position == position,
        InboundFile.collectivity == collectivity,
    )
    return (await session.scalars(wanted)).one_or_none()


async def taken(session: AsyncSession, collectivity: str, message_id: UUID, now: datetime) -> None:
    """Leave nothing of it but that it was there; safe to repeat."""
    own = (InboundMessage.id == message_id, InboundMessage.collectivity == collectivity)
    emptied = update(InboundMessage).where(*own, InboundMessage.content.is_not(None))
    emptied = emptied.values(content=None, taken_at=now).execution_options(synchronize_session=False)
    await session.execute(emptied)
    gone = delete(InboundFile).where(InboundFile.message_id == message_id, InboundFile.collectivity == collectivity)
    await session.execute(gone.execution_options(synchronize_session=False))


async def older(session: AsyncSession, before: datetime, limit: int) -> Sequence[InboundMessage]:
    """Those that came before then, the oldest first, locked."""
    wanted = select(InboundMessage).where(InboundMessage.received_at < before)
    wanted = wanted.order_by(InboundMessage.received_at, InboundMessage.id).limit(limit)
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).all()


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Forget that they were there."""
    gone = delete(InboundMessage).where(InboundMessage.id.in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))


async def written_by(session: AsyncSession, person: UUID, since: datetime, most: int) -> int:
    """How many a person whose account is known wrote since then; counted up to ``most``."""
    some = select(InboundMessage.id).where(InboundMessage.person == person, InboundMessage.received_at > since)
    return (await session.execute(select(func.count()).select_from(some.limit(most).subquery()))).scalar_one()


async def conversations_of(session: AsyncSession, collectivity: str, fingerprints: Sequence[bytes]) -> Sequence[UUID]:
    """Those that messages belong to which came before."""
    wanted = select(InboundMessage.conversation).where(
        InboundMessage.collectivity == collectivity,
        InboundMessage.fingerprint.in_(fingerprints),
        InboundMessage.conversation.is_not(None),
    )
    return [each for each in (await session.scalars(wanted)).all() if each is not None]
