# SPDX-License-Identifier: EUPL-1.2
"""Alerts with their broadcasts, the areas that they name, and the answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, exists, func, not_, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.alert_tables import Alert, AlertArea
from parvis_notifications.db.broadcast_tables import Broadcast, BroadcastDelivery, Recipient
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.broadcast import BroadcastState
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.topic import Channel

_OPEN = (BroadcastState.READY.value, BroadcastState.SENDING.value, BroadcastState.PAUSED.value)
# Longer than anything is kept: one key orders by whether somebody was helped, and by when they answered.
_AFTER_ALL: Final = timedelta(days=365_000)
Both = tuple[Alert, Broadcast]


async def one(session: AsyncSession, collectivity: str, alert_id: UUID, *, locked: bool = False) -> Both:
    """One of a collectivity's; raises NotFoundError."""
    wanted = (
        select(Alert, Broadcast)
        .join(Broadcast, Broadcast.id == Alert.id)
        .where(Alert.id == alert_id, Alert.collectivity == collectivity)
    )
    found = (await session.execute(wanted.with_for_update() if locked else wanted)).tuples().first()
    if found is None:
        raise NotFoundError
    return found


async def of_broadcasts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Alert]:
    """The alerts of these."""
    return {row.id: row for row in (await session.scalars(select(Alert).where(Alert.id.in_(ids)))).all()}


async def current(session: AsyncSession, collectivity: str, now: datetime) -> Sequence[Both]:
    """What the public is to know now, the latest first: sent, not over, and no exercise; at most a hundred."""
    wanted = (
        select(Alert, Broadcast)
        .join(Broadcast, Broadcast.id == Alert.id)
        .where(Alert.collectivity == collectivity, Alert.sent_at.is_not(None), Alert.ended_at.is_(None))
        .where(Alert.expires_at > now, Broadcast.exercise.is_(False))
        .order_by(Alert.sent_at.desc(), Alert.id.desc())
        .limit(100)
    )
    return (await session.execute(wanted)).tuples().all()


async def sent(session: AsyncSession, collectivity: str, alert_id: UUID) -> Both:
    """One that was sent, for everybody; raises NotFoundError, also where it was called off and no other followed."""
    alert, broadcast = await one(session, collectivity, alert_id)
    called_off = alert.ended_at is not None and not await superseded(session, alert)
    if alert.sent_at is None or called_off:
        raise NotFoundError
    return alert, broadcast


async def superseded(session: AsyncSession, alert: Alert) -> bool:
    """Whether a later one took its place; one that ended otherwise was called off."""
    wanted = select(Alert.id).where(
        Alert.collectivity == alert.collectivity, Alert.sent_at.is_not(None), Alert.earlier.contains([alert.id])
    )
    return (await session.execute(wanted.limit(1))).first() is not None


async def hold(session: AsyncSession, alert_id: UUID) -> Alert:
    """Lock one: two that follow it wait for each other."""
    found: Alert = (await session.scalars(select(Alert).where(Alert.id == alert_id).with_for_update())).one()
    return found


async def supersede(session: AsyncSession, earlier: Sequence[UUID], now: datetime) -> None:
    """A later alert takes the place of these: what has not gone of them does not any more."""
    ended = update(Alert).where(Alert.id.in_(earlier), Alert.ended_at.is_(None)).values(ended_at=now)
    await session.execute(ended.execution_options(synchronize_session=False))
    stopped = update(Broadcast).where(Broadcast.id.in_(earlier), Broadcast.state.in_(_OPEN))
    values = {"state": BroadcastState.CANCELLED.value, "version": Broadcast.version + 1, "done_at": now}
    await session.execute(stopped.values(values).execution_options(synchronize_session=False))


async def named_areas(session: AsyncSession, collectivity: str) -> Sequence[AlertArea]:
    """All of a collectivity by their codes."""
    wanted = select(AlertArea).where(AlertArea.collectivity == collectivity).order_by(AlertArea.code)
    return (await session.scalars(wanted)).all()


async def put_area(session: AsyncSession, collectivity: str, code: str, *, version: int, **values: Any) -> int:
    """The next version of an area in the place of that one (0: new); raises StaleVersionError, NotFoundError."""
    values |= {"version": version + 1}
    if version == 0:
        fresh = insert(AlertArea).values(collectivity=collectivity, code=code, **values)
        done = await session.execute(fresh.on_conflict_do_nothing().returning(AlertArea.version))
    else:
        same = (AlertArea.collectivity == collectivity, AlertArea.code == code, AlertArea.version == version)
        done = await session.execute(update(AlertArea).where(*same).values(**values).returning(AlertArea.version))
    if done.first() is None:
        known = await session.get(AlertArea, (collectivity, code))
        raise StaleVersionError if known is not None else NotFoundError
    return version + 1


async def recipient(session: AsyncSession, number: int) -> Recipient:
    """One recipient; raises NotFoundError."""
    row = await session.get(Recipient, number, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


async def told_by_phone(
    session: AsyncSession, collectivity: str, mark: bytes, by: datetime | None, now: datetime, after: timedelta
) -> tuple[int, bool] | None:
    """The recipient that a number is of the last alert that it was told of (``by`` then), by text message or by a call.

    None that had expired for longer than ``after``. One that another had followed by then, or that had been called off,
    comes after all that held. And whether it holds now.
    """
    at = by or now
    holds = and_(Alert.ended_at.is_(None), Alert.expires_at > now - after)
    held = or_(Alert.ended_at.is_(None), Alert.ended_at > at)
    # What was tried and not taken has no time of its own.
    handed_over_at = func.coalesce(BroadcastDelivery.handed_over_at, BroadcastDelivery.sent_at, Alert.sent_at)
    wanted = (
        select(Recipient.number, holds)
        .join(Alert, Alert.id == Recipient.broadcast_id)
        .join(Subscriber, Subscriber.id == Recipient.subscriber_id)
        .where(Alert.collectivity == collectivity, Alert.sent_at.is_not(None) if by is None else Alert.sent_at <= by)
        .where(
            Alert.expires_at > at - after,
            Subscriber.collectivity == collectivity,
            Subscriber.phone_mark == mark,
        )
        .where(
            exists().where(
                BroadcastDelivery.recipient == Recipient.number,
                BroadcastDelivery.channel.in_([Channel.SMS.value, Channel.VOICE.value]),
                BroadcastDelivery.attempts > 0,
                true() if by is None else handed_over_at <= by,
            )
        )
        .order_by(not_(held), Alert.sent_at.desc(), Recipient.number)
        .limit(1)
    )
    return (await session.execute(wanted)).tuples().first()


async def received(
    session: AsyncSession, collectivity: str, person: UUID
) -> Sequence[tuple[Recipient, Alert, Broadcast]]:
    """The alerts that somebody with an account received, the latest first; at most a hundred."""
    wanted = (
        select(Recipient, Alert, Broadcast)
        .join(Alert, Alert.id == Recipient.broadcast_id)
        .join(Broadcast, Broadcast.id == Alert.id)
        .join(Subscriber, Subscriber.id == Recipient.subscriber_id)
        .where(Alert.collectivity == collectivity, Alert.sent_at.is_not(None))
        .where(Subscriber.collectivity == collectivity, Subscriber.person == person)
        .order_by(Alert.sent_at.desc(), Alert.id.desc())
        .limit(100)
    )
    return (await session.execute(wanted)).tuples().all()


async def received_one(session: AsyncSession, collectivity: str, person: UUID, alert_id: UUID) -> Recipient:
    """That somebody with an account received an alert; raises NotFoundError."""
    wanted = (
        select(Recipient)
        .join(Subscriber, Subscriber.id == Recipient.subscriber_id)
        .where(Subscriber.collectivity == collectivity, Subscriber.person == person)
        .where(Recipient.broadcast_id == alert_id)
        .with_for_update(of=Recipient)
    )
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def answers(session: AsyncSession, alert_id: UUID) -> tuple[int, dict[str, int]]:
    """How many recipients an alert has, and how many answered what."""
    total = select(func.count()).select_from(Recipient).where(Recipient.broadcast_id == alert_id)
    given = (
        select(Recipient.answer, func.count())
        .where(Recipient.broadcast_id == alert_id, Recipient.answer.is_not(None))
        .group_by(Recipient.answer)
    )
    counted = (await session.execute(given)).tuples().all()
    return await session.scalar(total) or 0, {str(answer): number for answer, number in counted}


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """Who answered, with what is known of them; ``id`` and ``turn_at`` are its place in the list."""

    recipient: Recipient
    subscriber: Subscriber | None
    turn_at: datetime

    @property
    def id(self) -> UUID:
        """The subscriber's, which an alert has once."""
        return self.recipient.subscriber_id


async def answered(
    session: AsyncSession, alert_id: UUID, answer: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[AnsweredRow]:
    """One page of who answered that, the first first; who was helped comes after all others."""
    turn_at = Recipient.answered_at + case((Recipient.helped_at.is_(None), timedelta()), else_=_AFTER_ALL)
    wanted = (
        select(Recipient, Subscriber, turn_at)
        .outerjoin(Subscriber, Subscriber.id == Recipient.subscriber_id)
        .where(Recipient.broadcast_id == alert_id, Recipient.answer == answer)
    )
    page = keyset.at(wanted, turn_at, Recipient.subscriber_id, position, limit, newest_first=False)
    rows = [AnsweredRow(*row) for row in (await session.execute(page)).tuples().all()]
    return keyset.cut(rows, position, limit, key="turn_at")
