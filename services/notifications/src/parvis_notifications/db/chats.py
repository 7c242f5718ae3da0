# SPDX-License-Identifier: EUPL-1.2
"""People's addresses in a messenger, and the rooms in which they are written to."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.chat_tables import ChatAddress, ChatCode, ChatRoom
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.reader import Reader

# The first message of a conversation in a room; what follows is under it.
_ROOT = text("""
SELECT d.provider_reference FROM message m JOIN message o ON o.conversation = m.conversation
JOIN delivery d ON d.message_id = o.id
WHERE m.id = :message_id AND d.channel = 'chat' AND d.target = :address_id AND d.provider = :provider
    AND d.sent_at >= :since AND d.provider_reference IS NOT NULL ORDER BY d.sent_at, d.id LIMIT 1
""")

# To which the messages belong that went to a room: those of these names, or all of the last weeks.
_NAMED = text("""
SELECT DISTINCT m.conversation FROM delivery d JOIN message m ON m.id = d.message_id
WHERE d.channel = 'chat' AND d.target = :address_id AND d.provider_reference = ANY(:names)
    AND m.conversation IS NOT NULL
""")
_LATE = text("""
SELECT DISTINCT m.conversation FROM delivery d JOIN message m ON m.id = d.message_id
WHERE d.channel = 'chat' AND d.target = :address_id AND d.sent_at > :since AND m.conversation IS NOT NULL LIMIT 2
""")

_LEAVING = text("""
WITH due AS (
    SELECT id FROM chat_room WHERE address_id IS NULL AND due_at <= now() ORDER BY due_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
UPDATE chat_room SET due_at = now() + :lease WHERE id IN (SELECT id FROM due)
RETURNING id, provider, room
""")


async def lock(session: AsyncSession, reader: Reader) -> None:
    """One act of a person on their addresses at a time."""
    name = f"chat-address/{reader.collectivity}/{reader.person}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def of_reader(session: AsyncSession, reader: Reader) -> Sequence[ChatAddress]:
    """The addresses of a person there, the confirmed one first."""
    wanted = select(ChatAddress).where(
        ChatAddress.person == reader.person, ChatAddress.collectivity == reader.collectivity
    )
    return (await session.scalars(wanted.order_by(ChatAddress.confirmed_at.nulls_last()))).all()


async def one(session: AsyncSession, reader: Reader, address_id: UUID, *, locked: bool = False) -> ChatAddress:
    """One of theirs; raises NotFoundError."""
    wanted = select(ChatAddress).where(
        ChatAddress.id == address_id,
        ChatAddress.person == reader.person,
        ChatAddress.collectivity == reader.collectivity,
    )
    row = (await session.scalars(wanted.with_for_update() if locked else wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def confirmed(session: AsyncSession, person: UUID, collectivity: str) -> ChatAddress | None:
    """The one by which a person is told there."""
    wanted = select(ChatAddress).where(
        ChatAddress.person == person, ChatAddress.collectivity == collectivity, ChatAddress.confirmed_at.is_not(None)
    )
    return (await session.scalars(wanted)).one_or_none()


async def confirmed_of(session: AsyncSession, collectivity: str, people: Collection[UUID]) -> dict[UUID, ChatAddress]:
    """The same of several people, as far as they have one: also of whoever has left their room."""
    wanted = select(ChatAddress).where(
        ChatAddress.person.in_(people),
        ChatAddress.collectivity == collectivity,
        ChatAddress.confirmed_at.is_not(None),
    )
    return {row.person: row for row in (await session.scalars(wanted)).all()} if people else {}


async def rooms_of(session: AsyncSession, addresses: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """The homeservers' names of the rooms of addresses, by address and homeserver, as far as these are known."""
    wanted = select(ChatRoom.address_id, ChatRoom.provider, ChatRoom.room).where(
        ChatRoom.address_id.in_(addresses), ChatRoom.room.is_not(None)
    )
    rows = (await session.execute(wanted)).tuples().all() if addresses else ()
    return {(address, provider): room for address, provider, room in rows if address is not None and room is not None}


async def asked_by(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many codes an account asked for since then, wherever."""
    wanted = select(func.count()).where(ChatCode.person == person, ChatCode.created_at > since)
    return (await session.execute(wanted)).scalar_one()


async def asked_for(session: AsyncSession, mark: bytes, since: datetime) -> int:
    """How many were sent to an address since then, whoever asked."""
    wanted = select(func.count()).where(ChatCode.mark == mark, ChatCode.created_at > since)
    return (await session.execute(wanted)).scalar_one()


def note_code(session: AsyncSession, row: ChatAddress, now: datetime) -> None:
    """That one is asked for now."""
    session.add(ChatCode(id=uuid7(), collectivity=row.collectivity, person=row.person, mark=row.mark, created_at=now))


async def remove(session: AsyncSession, row: ChatAddress) -> None:
    """Take an address away; what waits for it finds it gone."""
    await session.delete(row)
    await session.flush()


async def everywhere(session: AsyncSession, person: UUID) -> Sequence[ChatAddress]:
    """All of an account, in every collectivity, locked."""
    wanted = select(ChatAddress).where(ChatAddress.person == person).order_by(ChatAddress.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def of_delivery(session: AsyncSession, address_id: UUID | None) -> ChatAddress | None:
    """The one that a delivery goes to; None where it was taken away."""
    return None if address_id is None else await session.get(ChatAddress, address_id)


async def room_of(session: AsyncSession, row: ChatAddress, provider: str, now: datetime) -> ChatRoom:
    """The room of an address at a homeserver, known there or not yet; made where there is none, which is committed."""
    values = {"id": uuid7(), "address_id": row.id, "collectivity": row.collectivity, "provider": provider}
    await session.execute(insert(ChatRoom).values(**values, room=None, created_at=now).on_conflict_do_nothing())
    wanted = select(ChatRoom).where(ChatRoom.address_id == row.id, ChatRoom.provider == provider)
    return (await session.scalars(wanted)).one()


async def opened(session: AsyncSession, room_id: UUID, row: ChatAddress, provider: str, room: str) -> bool:
    """By what the homeserver knows it; False where the address was taken away meanwhile: then it is to be left."""
    now = datetime.now(UTC)
    values = {"id": room_id, "address_id": None, "collectivity": row.collectivity, "provider": provider}
    # What leaves rooms may have looked for this one before it was there, and forgotten it.
    known = insert(ChatRoom).values(**values, room=room, created_at=now)
    named = known.on_conflict_do_update(index_elements=[ChatRoom.id], set_={"room": room, "due_at": func.now()})
    found = await session.execute(named.returning(ChatRoom.address_id))
    return found.scalar_one() is not None


async def set_aside(session: AsyncSession, address_id: UUID, provider: str) -> None:
    """Nothing goes to that room any more: it is to be left, and the next message makes another."""
    lost = update(ChatRoom).where(ChatRoom.address_id == address_id, ChatRoom.provider == provider)
    changed = lost.values(address_id=None, due_at=func.now())
    await session.execute(changed.execution_options(synchronize_session=False))


async def root_of(session: AsyncSession, message_id: UUID, room: ChatRoom) -> str | None:
    """The homeserver's name of the message under which a conversation's next ones go in that room."""
    wanted = {
        "message_id": message_id,
        "address_id": room.address_id,
        "provider": room.provider,
        "since": room.created_at,
    }
    found: str | None = (await session.execute(_ROOT, wanted)).scalar_one_or_none()
    return found


async def in_room(session: AsyncSession, providers: Sequence[str], room: str) -> ChatAddress | None:
    """Whose room it is at one of these homeservers; None for one of nobody's."""
    wanted = select(ChatAddress).join(ChatRoom, ChatRoom.address_id == ChatAddress.id)
    known = wanted.where(ChatRoom.provider.in_(providers), ChatRoom.room == room)
    return (await session.scalars(known.limit(1))).one_or_none()


async def conversations_named(session: AsyncSession, address_id: UUID, names: Sequence[str]) -> Sequence[UUID]:
    """The conversations of the messages that a homeserver knows by these names, in the rooms of an address."""
    return (await session.scalars(_NAMED, {"address_id": address_id, "names": list(names)})).all()


async def conversations_since(session: AsyncSession, address_id: UUID, since: datetime) -> Sequence[UUID]:
    """Of which something was told there since then: two at the most, which is more than one."""
    return (await session.scalars(_LATE, {"address_id": address_id, "since": since})).all()


async def left(session: AsyncSession, address_id: UUID, now: datetime) -> None:
    """Its owner is not there, or wants none of it: nothing goes there until they confirm it again."""
    gone = update(ChatAddress).where(ChatAddress.id == address_id, ChatAddress.left_at.is_(None))
    changed = gone.values(left_at=now, version=ChatAddress.version + 1)
    await session.execute(changed.execution_options(synchronize_session=False))


async def returned(session: AsyncSession, address_id: UUID) -> None:
    """Its owner is in the room."""
    there = update(ChatAddress).where(ChatAddress.id == address_id, ChatAddress.left_at.is_not(None))
    changed = there.values(left_at=None, version=ChatAddress.version + 1)
    await session.execute(changed.execution_options(synchronize_session=False))


async def leaving(session: AsyncSession, lease: timedelta, most: int) -> Sequence[Any]:
    """Some rooms that the town is to leave, for that long: id, provider and the homeserver's name where it is known."""
    return (await session.execute(_LEAVING, {"lease": lease, "most": most})).all()


async def put_off(session: AsyncSession, room_id: UUID, due_at: datetime) -> None:
    """It is to be left later."""
    later = update(ChatRoom).where(ChatRoom.id == room_id).values(due_at=due_at)
    await session.execute(later.execution_options(synchronize_session=False))


async def was_left(session: AsyncSession, room_id: UUID) -> None:
    """The town is in it no more."""
    await session.execute(delete(ChatRoom).where(ChatRoom.id == room_id, ChatRoom.address_id.is_(None)))
