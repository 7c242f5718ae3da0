# SPDX-License-Identifier: EUPL-1.2
"""What Open311 keeps and looks for: keys of clients, who filed, and the requests that the public may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, exists, func, inspect, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.catalogue import End, FormKey
from parvis_requests.db.tables import Collectivity, HistoryEntry, Merge, Open311Key, Open311Update, Publication
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Visibility


@dataclass(frozen=True, slots=True)
class Search:
    """Which requests a client asks for.

    Attributes:
        shown: the versions of types of which the public may know.
        ends: in which states a request is closed; with ``open`` and ``ended`` they restrict by status.
        references: when given, what else is asked does not count.
        services: codes of the types that are looked for; all where none is named.
    """

    collectivity: str
    shown: Collection[FormKey]
    ends: Collection[End]
    created_after: datetime
    created_before: datetime
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    references: Sequence[str] | None = None
    services: Collection[str] = ()
    open: bool = True
    ended: bool = True


class Time(NamedTuple):
    """From when to when in a collectivity, both included."""

    collectivity: str
    after: datetime
    before: datetime


async def collectivities(session: AsyncSession) -> Sequence[str]:
    """All that this deployment serves."""
    return (await session.scalars(select(Collectivity.collectivity).order_by(Collectivity.collectivity))).all()


async def key_by_digest(session: AsyncSession, digest: bytes) -> Open311Key | None:
    """The client's key that has this digest, unless it was revoked."""
    wanted = select(Open311Key).where(Open311Key.digest == digest, Open311Key.revoked_at.is_(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def revoke(session: AsyncSession, key_id: UUID, now: datetime) -> bool:
    """Revoke a key; False where there is none to revoke."""
    wanted = update(Open311Key).where(Open311Key.id == key_id, Open311Key.revoked_at.is_(None)).values(revoked_at=now)
    return (await session.execute(wanted.returning(Open311Key.id))).first() is not None


async def filed_by(session: AsyncSession, collectivity: str, client: str, reference: str) -> Row | None:
    """The request of that reference that this client filed, locked."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.reference == reference, Row.client_id == client)
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()


async def update_of(session: AsyncSession, client: str, update_id: str) -> Open311Update | None:
    """The update that this client sent under that id."""
    return await session.get(Open311Update, (client, update_id))


async def keep_update(session: AsyncSession, new: Open311Update) -> bool:
    """Remember an update; False where its client has sent another one under the same id meanwhile."""
    values = {column.key: getattr(new, column.key) for column in inspect(Open311Update).columns}
    kept = insert(Open311Update).values(values).on_conflict_do_nothing().returning(Open311Update.request_id)
    return (await session.execute(kept)).first() is not None


async def requests(session: AsyncSession, search: Search, client: str | None, limit: int, offset: int) -> Sequence[Row]:
    """The requests found, newest first: what the public may know of, and what this client has filed itself.

    Of the others, those that go along with another one are found by their reference alone.
    """
    found = await session.scalars(requests_statement(search, client, limit, offset))
    return found.all()


def requests_statement(search: Search, client: str | None, limit: int, offset: int) -> Any:
    """The statement of :func:`requests`."""
    wanted = select(Row).where(Row.collectivity == search.collectivity)
    seen = _told(search.shown)
    if search.references is None:
        # GeoReport v2 knows of no request that goes along with another: the other one stands for both.
        # It is looked for row by row: of an EXISTS without an OFFSET PostgreSQL makes a join that reads all merges.
        seen &= ~select(Merge.parent_id).where(Merge.child_id == Row.id).offset(0).exists()
    wanted = wanted.where(seen if client is None else seen | (Row.client_id == client))
    if search.references is not None:
        return wanted.where(Row.reference.in_(search.references)).limit(limit)
    wanted = wanted.where(Row.created_at.between(search.created_after, search.created_before))
    if search.services:
        wanted = wanted.where(Row.type_code.in_(search.services))
    if search.updated_after:
        wanted = wanted.where(Row.updated_at >= search.updated_after)
    if search.updated_before:
        wanted = wanted.where(Row.updated_at <= search.updated_before)
    if not search.open:
        wanted = wanted.where(_closed(search.ends))
    if not search.ended:
        wanted = wanted.where(~_closed(search.ends))
    return wanted.order_by(Row.created_at.desc(), Row.id.desc()).limit(limit).offset(offset)


def _closed(ends: Collection[End]) -> ColumnElement[bool]:
    # Versions with their states are many: they go as three arrays, not as a parameter each.
    types, numbers, statuses = zip(*ends, strict=True) if ends else ((), (), ())
    named = func.unnest(
        literal(list(types), ARRAY(Uuid)), literal(list(numbers), ARRAY(Integer)), literal(list(statuses), ARRAY(Text))
    )
    end = named.table_valued("type_id", "number", "status", name="ends").render_derived()
    return tuple_(Row.type_id, Row.type_version, Row.status).in_(select(end.c.type_id, end.c.number, end.c.status))


def _told(shown: Collection[FormKey]) -> ColumnElement[bool]:
    hidden = exists().where(Publication.request_id == Row.id, Publication.latest, Publication.hidden)
    return tuple_(Row.type_id, Row.type_version).in_(shown) & ~hidden


async def public_acts(session: AsyncSession, request_ids: Collection[UUID]) -> dict[UUID, list[HistoryEntry]]:
    """The acts of these requests that the public may know, in their order."""
    wanted = select(HistoryEntry).where(
        HistoryEntry.request_id.in_(request_ids), HistoryEntry.visibility == Visibility.PUBLIC
    )
    found: dict[UUID, list[HistoryEntry]] = {}
    for entry in await session.scalars(wanted.order_by(HistoryEntry.request_id, HistoryEntry.sequence)):
        found.setdefault(entry.request_id, []).append(entry)
    return found


async def acts_between(
    session: AsyncSession, time: Time, shown: Collection[FormKey], limit: int, offset: int = 0
) -> Sequence[Any]:
    """Public acts in a time, the oldest first, each with its request and since when that is merged into another.

    The submissions are left out.
    """
    return (await session.execute(acts_statement(time, shown, limit, offset))).all()


def acts_statement(time: Time, shown: Collection[FormKey], limit: int, offset: int = 0) -> Any:
    """The statement of :func:`acts_between`."""
    return (
        select(HistoryEntry, Row, Merge.created_at)
        .join(Row, Row.id == HistoryEntry.request_id)
        .outerjoin(Merge, Merge.child_id == Row.id)
        .where(
            HistoryEntry.collectivity == time.collectivity,
            HistoryEntry.at.between(time.after, time.before),
            HistoryEntry.visibility == Visibility.PUBLIC,
            HistoryEntry.action != "submit",
            _told(shown),
        )
        .order_by(HistoryEntry.at, HistoryEntry.request_id, HistoryEntry.sequence)
        .limit(limit)
        .offset(offset)
    )
