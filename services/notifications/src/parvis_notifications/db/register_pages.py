# SPDX-License-Identifier: EUPL-1.2
"""The register page by page: by its filters, in its orders, and in that in which somebody walks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, cast, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.alert_tables import AlertArea, RegisterEntry
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.db.geometry_types import PolygonType
from parvis_notifications.db.subscription_tables import Place, Subscriber
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.street_order import BETWEEN

WALK: Final = func.coalesce(RegisterEntry.walk, "")
CHECKED: Final = func.coalesce(RegisterEntry.checked_at, RegisterEntry.created_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: None, whichever; ``streets`` as any of which their street begins."""

    postcode: str | None = None
    streets: Sequence[str] | None = None
    area: str | None = None
    needs: bool | None = None
    agreed: bool | None = None
    checked_before: datetime | None = None


async def page(
    session: AsyncSession,
    collectivity: str,
    wanted: Wanted,
    position: keyset.Position | None,
    limit: int,
    *,
    unchecked_first: bool,
) -> keyset.Slice[RegisterEntry]:
    """One page, newest first, or those first that nobody has checked for longest; raises NotFoundError for the area."""
    asked = select(RegisterEntry).where(RegisterEntry.collectivity == collectivity)
    asked = asked.where(*await _filters(session, collectivity, wanted))
    key = CHECKED if unchecked_first else RegisterEntry.created_at
    asked = keyset.at(asked, key, RegisterEntry.id, position, limit, newest_first=not unchecked_first)
    rows = (await session.scalars(asked)).all()
    return keyset.cut(rows, position, limit, key="last_checked" if unchecked_first else "created_at")


async def named(
    session: AsyncSession, collectivity: str, mark: bytes, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterEntry]:
    """One page of those of that family name, newest first."""
    asked = select(RegisterEntry).where(RegisterEntry.collectivity == collectivity, RegisterEntry.name_mark == mark)
    asked = keyset.at(asked, RegisterEntry.created_at, RegisterEntry.id, position, limit)
    return keyset.cut((await session.scalars(asked)).all(), position, limit)


async def walk_of_all(session: AsyncSession, collectivity: str) -> Sequence[UUID]:
    """All entries in the order in which somebody walks."""
    asked = select(RegisterEntry.id).where(RegisterEntry.collectivity == collectivity)
    return (await session.scalars(asked.order_by(WALK, RegisterEntry.id))).all()


async def walk_of_alert(session: AsyncSession, alert_id: UUID) -> Sequence[int]:
    """The recipients of an alert who are in the register, in that order."""
    asked = select(Recipient.number).join(RegisterEntry, RegisterEntry.id == Recipient.subscriber_id)
    asked = asked.where(Recipient.broadcast_id == alert_id)
    return (await session.scalars(asked.order_by(WALK, Recipient.number))).all()


async def of_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, RegisterEntry]:
    """Those of these that are there still."""
    found = await session.scalars(select(RegisterEntry).where(RegisterEntry.id.in_(ids)))
    return {row.id: row for row in found}


async def unread(session: AsyncSession, after: UUID | None, most: int) -> Sequence[RegisterEntry]:
    """The next that were not read in their present version, locked; what others change now is left to later."""
    asked = select(RegisterEntry).where(RegisterEntry.read_version.is_distinct_from(RegisterEntry.version))
    if after is not None:
        asked = asked.where(RegisterEntry.id > after)
    asked = asked.order_by(RegisterEntry.id).limit(most).with_for_update(skip_locked=True)
    return (await session.scalars(asked)).all()


async def _filters(session: AsyncSession, collectivity: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    made = list[ColumnElement[bool]]()
    if wanted.postcode is not None:
        made.append(func.split_part(WALK, BETWEEN, 1) == wanted.postcode)
    if wanted.streets is not None:
        street = func.split_part(WALK, BETWEEN, 2)
        made.append(or_(*(func.starts_with(street, each) for each in wanted.streets)))
    if wanted.area is not None:
        made.append(await _within(session, collectivity, wanted.area))
    if wanted.needs is not None:
        made.append(RegisterEntry.has_needs.is_(wanted.needs))
    if wanted.agreed is not None:
        since = Subscriber.emergency_at
        own = Subscriber.id == RegisterEntry.id
        made.append(exists().where(own, since.is_not(None) if wanted.agreed else since.is_(None)))
    if wanted.checked_before is not None:
        made.append(wanted.checked_before > CHECKED)
    return made


async def _within(session: AsyncSession, collectivity: str, code: str) -> ColumnElement[bool]:
    area = await session.get(AlertArea, (collectivity, code))
    if area is None:
        raise NotFoundError
    rings = [tuple(map(tuple, outline)) for outline in area.outlines]
    inside = or_(*(Place.position.op("<@")(cast(literal(ring, PolygonType()), PolygonType())) for ring in rings))
    return exists().where(Place.subscriber_id == RegisterEntry.id, inside)
