# SPDX-License-Identifier: EUPL-1.2
"""Letters for the town's own mail room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from parvis_kit.db import keyset
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.mail_room_tables import MailRoomLetter
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.mail_room import NEVER_POSTED, MailRoomState

_NOT_READ = defer(MailRoomLetter.content)
_LISTED: Final = text("""
WITH seen AS (
    SELECT id FROM mail_room_letter
    WHERE id = ANY(:ids) AND (listed_by IS DISTINCT FROM :client OR listed_at <= :told_since) ORDER BY id FOR UPDATE),
told AS (
    UPDATE mail_room_letter l SET listed_by = :client, listed_at = :now FROM seen WHERE l.id = seen.id
    RETURNING l.delivery)
SELECT m.id, m.person FROM told JOIN delivery d ON d.id = told.delivery JOIN message m ON m.id = d.message_id
""")


def add(session: AsyncSession, **values: Any) -> None:
    """Lay one ready."""
    session.add(MailRoomLetter(**values))


async def named(session: AsyncSession, letter_id: UUID) -> MailRoomLetter | None:
    """One of any town, without its PDF; for whoever handed it over."""
    wanted = select(MailRoomLetter).where(MailRoomLetter.id == letter_id).options(_NOT_READ)
    return (await session.scalars(wanted)).one_or_none()


async def submit(session: AsyncSession, letter_id: UUID) -> bool:
    """The mail room sees it from now on; whether there is one, seen before or not."""
    waiting = update(MailRoomLetter).where(
        MailRoomLetter.id == letter_id, MailRoomLetter.state == MailRoomState.PREPARED
    )
    waiting = waiting.values(state=MailRoomState.WAITING, submitted_at=func.now()).returning(MailRoomLetter.id)
    done = await session.execute(waiting.execution_options(synchronize_session=False))
    return done.first() is not None or await named(session, letter_id) is not None


async def withdraw(session: AsyncSession, letter_id: UUID) -> bool:
    """Delete what the mail room does not see yet; False where it does."""
    gone = delete(MailRoomLetter).where(MailRoomLetter.id == letter_id, MailRoomLetter.state == MailRoomState.PREPARED)
    done = await session.execute(gone.returning(MailRoomLetter.id).execution_options(synchronize_session=False))
    return done.first() is not None or await named(session, letter_id) is None


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[MailRoomLetter]:
    """One page of those that wait in a collectivity, the newest first, without their PDFs."""
    wanted = select(MailRoomLetter).options(_NOT_READ)
    wanted = wanted.where(MailRoomLetter.collectivity == collectivity, MailRoomLetter.state == MailRoomState.WAITING)
    found = await session.scalars(keyset.at(wanted, MailRoomLetter.submitted_at, MailRoomLetter.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def one(session: AsyncSession, collectivity: str, letter_id: UUID, *, locked: bool = False) -> MailRoomLetter:
    """One that the mail room of that town sees, or saw; raises NotFoundError."""
    wanted = select(MailRoomLetter).where(
        MailRoomLetter.id == letter_id,
        MailRoomLetter.collectivity == collectivity,
        MailRoomLetter.state != MailRoomState.PREPARED,
    )
    wanted = wanted.with_for_update().options(_NOT_READ) if locked else wanted
    row = (await session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def written_to(session: AsyncSession, delivery_id: UUID) -> tuple[UUID, UUID] | None:
    """The message and its person; None once the message has had its time."""
    wanted = select(Message.id, Message.person).join(Delivery, Delivery.message_id == Message.id)
    found = (await session.execute(wanted.where(Delivery.id == delivery_id))).one_or_none()
    return None if found is None else (found.id, found.person)


async def listed(
    session: AsyncSession, ids: Sequence[UUID], client_id: str, now: datetime, told_since: datetime
) -> list[tuple[UUID, UUID]]:
    """Note that an application saw the envelopes of these: the messages and their persons, where it was not told since.

    In one order, lest two that look at once wait for each other.
    """
    found = await session.execute(
        _LISTED, {"ids": list(ids), "client": client_id, "now": now, "told_since": told_since}
    )
    return [(row.id, row.person) for row in found]


async def ask_now(session: AsyncSession, delivery_id: UUID) -> None:
    """Have it told at once what became of a letter, even of one that is not asked about any more."""
    open_ = or_(Delivery.ask_at.is_not(None), Delivery.state == SendingState.SENT)
    due = update(Delivery).where(Delivery.id == delivery_id, open_).values(ask_at=func.now())
    await session.execute(due.execution_options(synchronize_session=False))


async def never_posted(session: AsyncSession, row: MailRoomLetter) -> None:
    """Settle its delivery: nobody is left to say what became of the letter."""
    open_ = Delivery.state.in_((SendingState.SENT, SendingState.UNKNOWN))
    settled = update(Delivery).where(Delivery.id == row.delivery, Delivery.provider_reference == str(row.id), open_)
    settled = settled.values(state=SendingState.BOUNCED, bounced_at=func.now(), report_status=NEVER_POSTED, ask_at=None)
    await session.execute(settled.execution_options(synchronize_session=False))


async def old(
    session: AsyncSession, *, drafts_before: datetime, all_before: datetime, limit: int
) -> Sequence[MailRoomLetter]:
    """What was laid ready and never handed over, and all that has had its time, locked, without the PDFs."""
    wanted = select(MailRoomLetter).options(_NOT_READ).where(MailRoomLetter.created_at < drafts_before)
    wanted = wanted.where(or_(MailRoomLetter.created_at < all_before, MailRoomLetter.state == MailRoomState.PREPARED))
    wanted = wanted.order_by(MailRoomLetter.created_at).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(wanted)).all()


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Forget them."""
    gone = delete(MailRoomLetter).where(MailRoomLetter.id.in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))
