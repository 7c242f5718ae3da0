# SPDX-License-Identifier: EUPL-1.2
"""Decide by which channels a new message goes, keep why, and put it on its way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import decisions, digests, messages, text_stops
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.channel_order import arranged, may_follow
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Decision, Outcome, Preferences, Reach
from parvis_notifications.domain.topic import BULK, WORK, Channel


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What the plan is made for: a message, where its person can be reached, and until when they need it.

    A ``pressing`` one goes by itself, whatever is gathered.
    """

    id: UUID
    person: UUID
    collectivity: str
    occasion: Template
    reach: Reach
    useless_at: datetime | None = None
    pressing: bool = False


async def plan_deliveries(
    session: AsyncSession, message: NewMessage, preferences: Preferences, key: PersonKey, now: datetime
) -> None:
    """In the transaction that writes the message."""
    decided = preferences.decide(message.occasion, message.reach, now, message.useless_at, pressing=message.pressing)
    made = arranged(decided, preferences, message.occasion)
    if message.reach.number is not None:
        await text_stops.reached_at(session, message.person, message.collectivity, message.reach.number)
    digest_id = await _joined(session, message, made, now)
    decisions.add(session, message.id, message.collectivity, made, now, digest_id)
    more = any(may_follow(each.outcome, each.reason, each.rank) for each in made)
    for decision in made:
        put_on_its_way(session, message, decision, key, now, more=more)


def put_on_its_way(
    session: AsyncSession, message: NewMessage, decision: Decision, key: PersonKey, now: datetime, *, more: bool
) -> None:
    """By that channel, to each address that there is; ``more`` where others may follow, should it fail for good."""
    for target, address in _targets(decision, message.reach):
        messages.add_delivery(
            session,
            id=uuid7(),
            message_id=message.id,
            channel=decision.channel,
            target=target,
            collectivity=message.collectivity,
            address=key.seal(SEALED_ADDRESS, address),
            not_before_at=decision.not_before,
            bulk=message.occasion in BULK,
            due_at=decision.not_before or now,
            useless_at=message.useless_at,
            traceparent=current_traceparent(),
            created_at=now,
            fallback_at=now if more else None,
        )


async def _joined(session: AsyncSession, message: NewMessage, made: Iterable[Decision], now: datetime) -> UUID | None:
    """The mail in which it goes with others, if it does."""
    for decision in made:
        if decision.outcome is Outcome.GATHERED and decision.not_before is not None:
            work, due_at = message.occasion in WORK, decision.not_before
            return await digests.joining(
                session, message.person, message.collectivity, work=work, due_at=due_at, now=now
            )
    return None


def _targets(decision: Decision, reach: Reach) -> list[tuple[UUID | None, str]]:
    """Where it goes: each browser, whose address is with its subscription, or the one address of another channel."""
    if decision.outcome not in {Outcome.SENT, Outcome.DEFERRED}:
        return []
    if decision.channel is Channel.PUSH:
        return [(browser, "") for browser in reach.browsers]
    target = reach.chat if decision.channel is Channel.CHAT else None
    return [(target, reach.addresses[decision.channel])]
