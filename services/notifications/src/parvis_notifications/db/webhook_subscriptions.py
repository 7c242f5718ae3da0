# SPDX-License-Identifier: EUPL-1.2
"""The webhook subscriptions of other systems."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, delete, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from parvis_kit.db import keyset
from parvis_notifications.db.webhook_tables import WebhookDelivery, WebhookEvent, WebhookSubscription
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.webhook import SubscriptionState, Traits


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Another system of one collectivity; it sees its own subscriptions only."""

    collectivity: str
    client_id: str


def _of(subscriber: Subscriber) -> Select[tuple[WebhookSubscription]]:
    return select(WebhookSubscription).where(
        WebhookSubscription.collectivity == subscriber.collectivity,
        WebhookSubscription.client_id == subscriber.client_id,
    )


async def count_locked(session: AsyncSession, subscriber: Subscriber) -> int:
    """How many it has; until the transaction ends nobody else adds one."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    await session.execute(lock, {"who": f"webhook/{subscriber.collectivity}/{subscriber.client_id}"})
    inner = _of(subscriber).with_only_columns(WebhookSubscription.id).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


def add(session: AsyncSession, **values: Any) -> WebhookSubscription:
    """A new subscription, active."""
    row = WebhookSubscription(state=SubscriptionState.ACTIVE, version=1, **values)
    session.add(row)
    return row


async def page(
    session: AsyncSession, subscriber: Subscriber, position: keyset.Position | None, limit: int
) -> keyset.Slice[WebhookSubscription]:
    """One page of its subscriptions, newest first."""
    wanted = keyset.at(_of(subscriber), WebhookSubscription.created_at, WebhookSubscription.id, position, limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)


async def one(
    session: AsyncSession, subscriber: Subscriber, subscription_id: UUID, *, locked: bool = False
) -> WebhookSubscription:
    """One of its subscriptions, kept from others until the transaction ends if so wished; raises NotFoundError."""
    wanted = _of(subscriber).where(WebhookSubscription.id == subscription_id)
    if locked:
        wanted = wanted.with_for_update()
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def remove(session: AsyncSession, row: WebhookSubscription) -> None:
    """Delete it with its deliveries; raises StaleVersionError when it has changed since it was read."""
    gone = (
        delete(WebhookSubscription)
        .where(WebhookSubscription.id == row.id, WebhookSubscription.version == row.version)
        .execution_options(synchronize_session=False)
        .returning(WebhookSubscription.id)
    )
    if (await session.execute(gone)).first() is None:
        raise StaleVersionError


async def deliveries(
    session: AsyncSession, subscription_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[WebhookDelivery]:
    """One page of a subscription's log, newest first."""
    wanted = select(WebhookDelivery).where(WebhookDelivery.subscription_id == subscription_id)
    found = await session.scalars(keyset.at(wanted, WebhookDelivery.created_at, WebhookDelivery.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def events(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, WebhookEvent]:
    """The events of these deliveries, in one look-up."""
    found = await session.scalars(select(WebhookEvent).where(WebhookEvent.id.in_(ids)))
    return {row.id: row for row in found}


async def wanting(session: AsyncSession, collectivity: str, event_type: str, traits: Traits) -> Sequence[UUID]:
    """The active subscriptions that want such an event, kept from being deleted until the transaction ends."""
    wanted = (
        select(WebhookSubscription.id)
        .where(
            WebhookSubscription.collectivity == collectivity,
            WebhookSubscription.state == SubscriptionState.ACTIVE,
            WebhookSubscription.event_types.contains([event_type]),
            _lets_pass(WebhookSubscription.request_types, traits.request_type),
            _lets_pass(WebhookSubscription.areas, traits.area),
        )
        .with_for_update(read=True, key_share=True)
    )
    return (await session.scalars(wanted)).all()


def _lets_pass(wanted: "InstrumentedAttribute[list[str] | None]", code: str | None) -> ColumnElement[bool]:
    # Who names codes wants events that have one of them; who names none wants all.
    return wanted.is_(None) if code is None else or_(wanted.is_(None), literal(code) == any_(wanted))
