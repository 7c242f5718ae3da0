# SPDX-License-Identifier: EUPL-1.2
"""What applications have had sent, with what became of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.sending_tables import SentMessage
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.sending import (
    CANCELLED_REPLY,
    FAILURES,
    POSTED,
    RETURNED,
    UNSAID,
    LetterStatus,
    Sender,
    SentStatus,
)
from parvis_notifications.domain.topic import Channel

# Well under the time that a statement has.
_CANCELLED_AT_ONCE: Final = 2_000
_STATES = {
    SentStatus.CREATED: (SendingState.PENDING,),
    SentStatus.SENDING: (SendingState.SENDING, SendingState.RETRY),
    SentStatus.PENDING: (SendingState.UNKNOWN,),
    SentStatus.SENT: (SendingState.SENT,),
    SentStatus.DELIVERED: (SendingState.DELIVERED,),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of an application, its words, and its way."""

    sent: SentMessage
    message: Message
    delivery: Delivery

    @property
    def id(self) -> UUID:
        """For pages."""
        return self.sent.id

    @property
    def created_at(self) -> Any:
        """For pages."""
        return self.sent.created_at


def _of(sender: Sender) -> Select[Any]:
    # What one key of an application sends, its next key reads; what a test key sends, no live key.
    return (
        select(SentMessage, Message, Delivery)
        .join(Message, Message.id == SentMessage.id)
        .join(Delivery, Delivery.message_id == SentMessage.id)
        .where(
            SentMessage.collectivity == sender.collectivity,
            SentMessage.application == sender.application,
            SentMessage.kind == sender.kind,
        )
    )


def _in_status(status: SentStatus | LetterStatus) -> ColumnElement[bool]:
    if isinstance(status, LetterStatus):
        return and_(SentMessage.channel == Channel.LETTER.value, _of_letters(status))
    if status in _STATES:
        return Delivery.state.in_(_STATES[status])
    cancelled = func.coalesce(Delivery.last_reply, "") == CANCELLED_REPLY
    if status is SentStatus.CANCELLED:
        return and_(Delivery.state == SendingState.FAILED, cancelled)
    return or_(
        *(
            and_(Delivery.state == state, func.coalesce(Delivery.fault, unsaid) == fault, not_(cancelled))
            for state, unsaid in UNSAID.items()
            for fault, meant in FAILURES.items()
            if meant is status
        )
    )


def _of_letters(status: LetterStatus) -> ColumnElement[bool]:
    sent, report = Delivery.state == SendingState.SENT, func.coalesce(Delivery.report_status, "")
    match status:
        case LetterStatus.RECEIVED:
            return or_(Delivery.state == SendingState.DELIVERED, and_(sent, report == POSTED))
        case LetterStatus.RETURNED:
            return and_(Delivery.state == SendingState.BOUNCED, report == RETURNED)
    before = (SendingState.PENDING, SendingState.SENDING, SendingState.RETRY, SendingState.UNKNOWN)
    return or_(Delivery.state.in_(before), and_(sent, report != POSTED))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages an application asks for."""

    statuses: Collection[SentStatus | LetterStatus] = ()
    channels: Collection[str] = ()
    reference_index: bytes | None = None
    by_file: bool = True
    """Those of files, too."""


async def page(
    session: AsyncSession, sender: Sender, wanted: Wanted, position: keyset.Position | None, limit: int
) -> keyset.Slice[Kept]:
    """One page of what an application had sent, newest first."""
    asked = _of(sender)
    if wanted.statuses:
        asked = asked.where(or_(*(_in_status(each) for each in wanted.statuses)))
    if wanted.channels:
        asked = asked.where(SentMessage.channel.in_(wanted.channels))
    if wanted.reference_index is not None:
        asked = asked.where(SentMessage.reference_index == wanted.reference_index)
    if not wanted.by_file:
        asked = asked.where(not_(SentMessage.by_file))
    rows = await session.execute(keyset.at(asked, SentMessage.created_at, SentMessage.id, position, limit))
    return keyset.cut([Kept(*row) for row in rows], position, limit)


async def one(session: AsyncSession, sender: Sender, message_id: UUID) -> Kept:
    """One of them; raises NotFoundError."""
    wanted = _of(sender).where(SentMessage.id == message_id).execution_options(populate_existing=True)
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return Kept(*row)


async def cancel(session: AsyncSession, message_id: UUID) -> bool:
    """Let it go no more; False where it is in a worker's hands, or gone."""
    gone = (
        update(Delivery)
        .where(Delivery.message_id == message_id, _never_handed_over())
        .values(state=SendingState.FAILED, last_reply=CANCELLED_REPLY)
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(Delivery.id)
    )
    return (await session.execute(gone)).first() is not None


def _never_handed_over() -> ColumnElement[bool]:
    """What waits for its time, or as a call does for the end of the night."""
    put_off = and_(Delivery.state == SendingState.RETRY, Delivery.attempts == 0, Delivery.handed_over_at.is_(None))
    return or_(Delivery.state == SendingState.PENDING, put_off)


async def cancel_some_of_key(session: AsyncSession, key_id: UUID, _now: datetime) -> bool:
    """The same of some that a key has had sent and no provider may have; False where none is left."""
    some = (
        select(Delivery.id)
        .join(SentMessage, SentMessage.id == Delivery.message_id)
        .where(SentMessage.key_id == key_id, Delivery.state.in_((SendingState.PENDING, SendingState.RETRY)))
        .where(Delivery.handed_over_at.is_(None))
        .limit(_CANCELLED_AT_ONCE)
        .with_for_update(of=Delivery)
    )
    gone = update(Delivery).where(Delivery.id.in_(some.scalar_subquery()))
    values = gone.values(state=SendingState.FAILED, last_reply=CANCELLED_REPLY).returning(Delivery.id)
    done = await session.execute(values.execution_options(synchronize_session=False))
    return len(done.all()) == _CANCELLED_AT_ONCE
