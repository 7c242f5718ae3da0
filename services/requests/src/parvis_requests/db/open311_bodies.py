# SPDX-License-Identifier: EUPL-1.2
"""The rows of other bodies' endpoints, and of the types whose requests go there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Forwarding, Open311Body, Open311Service
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.forwarding import BUSY, ForwardingState, Sent, ServiceRule


async def one(session: AsyncSession, collectivity: str, body_id: UUID, *, lock: bool = False) -> Open311Body:
    """One of a collectivity's; raises NotFoundError."""
    wanted = select(Open311Body).where(Open311Body.collectivity == collectivity, Open311Body.id == body_id)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def all_of(session: AsyncSession, collectivity: str) -> Sequence[Open311Body]:
    """Those of a collectivity, the oldest first."""
    wanted = select(Open311Body).where(Open311Body.collectivity == collectivity)
    return (await session.scalars(wanted.order_by(Open311Body.created_at, Open311Body.id))).all()


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many a collectivity has."""
    return await session.scalar(select(func.count()).where(Open311Body.collectivity == collectivity)) or 0


async def rules(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[ServiceRule]]:
    """What goes to each of these bodies, in one look-up."""
    found: dict[UUID, list[ServiceRule]] = {id_: [] for id_ in ids}
    wanted = select(Open311Service).where(Open311Service.body_id.in_(ids)).order_by(Open311Service.position)
    for row in await session.scalars(wanted):
        found[row.body_id].append(_rule(row))
    return found


async def replace_rules(session: AsyncSession, body: Open311Body, said: Sequence[ServiceRule]) -> int | None:
    """Make these the rules of a body; the place of the first whose type goes elsewhere already, or None."""
    await session.execute(delete(Open311Service).where(Open311Service.body_id == body.id))
    for position, rule in enumerate(said):
        row: dict[str, Any] = {
            "collectivity": body.collectivity,
            "type_code": rule.request_type,
            "body_id": body.id,
            "position": position,
            "service_code": rule.service_code,
            "sends": sorted(rule.sends),
            "attributes": dict(rule.attributes),
            "acts": dict(rule.acts),
            "messages": rule.messages,
            "relays": rule.relays,
        }
        fresh = insert(Open311Service).values(row).on_conflict_do_nothing().returning(Open311Service.type_code)
        if (await session.execute(fresh)).first() is None:
            return position
    return None


async def rule_of(session: AsyncSession, body_id: UUID, collectivity: str, type_code: str) -> ServiceRule | None:
    """How requests of that type go to that body; None where they do not any more."""
    row = await session.get(Open311Service, (collectivity, type_code))
    return _rule(row) if row and row.body_id == body_id else None


async def forwarded_types(session: AsyncSession, collectivity: str) -> Mapping[str, bool]:
    """The types whose requests go to another body, and whether those that came by Open311 do, too."""
    wanted = select(Open311Service.type_code, Open311Service.relays).where(Open311Service.collectivity == collectivity)
    return {row.type_code: row.relays for row in await session.execute(wanted)}


async def in_use(session: AsyncSession, body_id: UUID) -> bool:
    """Whether requests are on their way there, or followed there."""
    waiting = [*BUSY, ForwardingState.FOLLOWED, ForwardingState.FAILED]
    wanted = select(Forwarding.request_id).where(Forwarding.body_id == body_id, Forwarding.state.in_(waiting)).limit(1)
    return (await session.execute(wanted)).first() is not None


async def to_poll(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """The bodies that are to be asked what is new."""
    rested = or_(Open311Body.rests_until.is_(None), Open311Body.rests_until <= now)
    wanted = select(Open311Body.id).where(Open311Body.poll_next_at <= now, rested)
    return (await session.scalars(wanted.order_by(Open311Body.poll_next_at).limit(limit))).all()


async def claim_poll(session: AsyncSession, body_id: UUID, now: datetime, next_at: datetime) -> Open311Body | None:
    """Take one to ask it now, and say when again; None where another worker has."""
    taken = (
        update(Open311Body)
        .where(Open311Body.id == body_id, Open311Body.poll_next_at <= now)
        .values(poll_next_at=next_at)
        .returning(Open311Body)
    )
    return (await session.execute(taken)).scalar_one_or_none()


async def polled(session: AsyncSession, body_id: UUID, until: datetime) -> None:
    """Its news were told up to that instant."""
    await session.execute(update(Open311Body).where(Open311Body.id == body_id).values(polled_until=until))


async def well(session: AsyncSession, body_id: UUID) -> None:
    """It answers."""
    again = {"rests_until": None, "failing_since": None, "last_error": None}
    failing = or_(Open311Body.failing_since.is_not(None), Open311Body.rests_until.is_not(None))
    await session.execute(update(Open311Body).where(Open311Body.id == body_id, failing).values(again))


async def failing(session: AsyncSession, body_id: UUID, code: str, now: datetime, rests_until: datetime) -> None:
    """It did not answer as it should: nobody calls it before that instant."""
    said = {
        "rests_until": rests_until,
        "last_error": code,
        "failing_since": func.coalesce(Open311Body.failing_since, now),
    }
    await session.execute(update(Open311Body).where(Open311Body.id == body_id).values(said))


def _rule(row: Open311Service) -> ServiceRule:
    return ServiceRule(
        request_type=row.type_code,
        service_code=row.service_code,
        sends=frozenset(Sent(each) for each in row.sends),
        attributes=row.attributes,
        acts=row.acts,
        messages=row.messages,
        relays=row.relays,
    )
