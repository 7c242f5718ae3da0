# SPDX-License-Identifier: EUPL-1.2
"""Requests of a queue by what ties them to others (merged, handled by another body, transferred), or by what is rare.

Few requests are of a rare type, lie in a small area, came by a rare way, can wait, have a legal period that stands
still, are tied so, and in many towns few have files: they are read first, and put into the order of the queue. Where
many are, the orders of the queue find a page of them soon. Which holds is counted, no further than it matters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    and_,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import BROUGHT, LOW, PRESSING, Attachment, Forwarding, Merge, Transfer
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.work_queue import NO_AREA, Merged, QueueFilters, Transferred

# Of a million requests in sixty branches of the queue, a page of what more than that hold is found sooner there.
MANY: Final = 20_000


class Tie(StrEnum):
    """By what requests are looked for."""

    TYPE = "type"
    AREA = "area"
    CHANNEL = "channel"
    PRIORITY = "priority"
    PAUSED = "paused"
    FILES = "files"
    MERGED = "merged"
    FORWARDED = "forwarded"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class _Side:
    """A column that names requests, which rows of its table count, and the order of the index that has them."""

    request_id: Any
    where: tuple[ColumnElement[bool], ...]
    order: tuple[Any, ...]

    def some(self, most: int) -> Select[Any]:
        """The first of them, read from the index: the rows of all collectivities stand in one table."""
        return select(self.request_id).where(*self.where).order_by(*self.order).limit(most)


async def narrowest(
    session: AsyncSession, collectivity: str, filters: QueueFilters, types: Sequence[UUID] | None
) -> Tie | None:
    """That by which the fewest requests are found, where these are few."""
    found: list[tuple[int, Tie]] = []
    for tie, statement in number_statements(collectivity, filters, types):
        number = (await session.execute(statement)).scalar_one()
        if number <= MANY:
            found.append((number, tie))
    return min(found)[1] if found else None


def number_statements(
    collectivity: str, filters: QueueFilters, types: Sequence[UUID] | None
) -> Iterator[tuple[Tie, Select[Any]]]:
    """How many requests are found by each, counted no further than it matters."""
    for tie, alternatives in _columns(collectivity, filters, types):
        some = union_all(*(select(Row.id).where(*each).limit(MANY + 1) for each in alternatives))
        yield tie, select(func.count()).select_from(some.subquery())
    for tie, sides in _sides(collectivity, filters).items():
        if sides and not _excluded(collectivity, filters, tie):
            named = union_all(*(side.some(MANY + 1) for side in sides))
            yield tie, select(func.count()).select_from(named.subquery())


def _columns(
    collectivity: str, filters: QueueFilters, types: Sequence[UUID] | None
) -> Iterator[tuple[Tie, list[tuple[ColumnElement[bool], ...]]]]:
    here = Row.collectivity == collectivity
    if types is not None:
        yield Tie.TYPE, [(Row.type_id.in_(types),)]
    if filters.areas:
        # Each by the index: of an alternative in one WHERE the planner would read the whole table.
        yield Tie.AREA, [(here, each) for each in _in_areas(filters.areas)]
    if filters.channels and Channel.ONLINE not in filters.channels:
        yield Tie.CHANNEL, [(here, *by_channels(filters.channels))]
    if Priority.LOW in filters.priorities and Priority.NORMAL not in filters.priorities:
        yield Tie.PRIORITY, [(here, each) for each in by_priorities(filters.priorities)]
    if filters.paused:
        yield Tie.PAUSED, [(here, Row.clock_paused_on.is_not(None))]


def in_areas(areas: Sequence[str]) -> ColumnElement[bool]:
    """That a request lies in one of these areas; ``none`` stands for in none."""
    return or_(*_in_areas(areas))


def _in_areas(areas: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    if named := [area for area in areas if area != NO_AREA]:
        yield Row.area.in_(named)
    if NO_AREA in areas:
        yield Row.area.is_(None)


def by_channels(channels: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """That a request came by one of these ways; in the words of the index of those that did not come online."""
    yield Row.channel.in_(channels)
    if Channel.ONLINE not in channels:
        yield literal_column(BROUGHT, Boolean)


def by_priorities(priorities: Sequence[Priority]) -> Iterator[ColumnElement[bool]]:
    """Of which one holds for a request of one of these; what is unusual in the words of its index."""
    ranks = [priority.rank for priority in priorities]
    if Priority.NORMAL in priorities:
        yield Row.priority.in_(ranks)
        return
    for words, some in (
        (LOW, [rank for rank in ranks if rank < Priority.NORMAL.rank]),
        (PRESSING, [rank for rank in ranks if rank > Priority.NORMAL.rank]),
    ):
        if some:
            yield and_(Row.priority.in_(some), literal_column(words, Boolean))


def restrictions(collectivity: str, filters: QueueFilters, first: Tie | None) -> Iterator[ColumnElement[bool]]:
    """That a request is tied so; those of the first are looked up before anything else."""
    for tie, sides in _sides(collectivity, filters).items():
        if tie is first:
            # No more were counted a moment ago.
            named = union_all(*(side.some(2 * MANY) for side in sides))
            # One array, made once: the planner then goes by the requests' key, and never reads all of them.
            yield Row.id == func.any(func.array(named.scalar_subquery(), type_=ARRAY(Uuid())))
        elif sides or _excluded(collectivity, filters, tie):
            yield or_(*_alternatives(sides, _excluded(collectivity, filters, tie)))


def _alternatives(sides: Sequence[_Side], excluded: Sequence[_Side]) -> Iterator[ColumnElement[bool]]:
    for side in sides:
        yield _is_named(side)
    if excluded:
        yield not_(or_(*(_is_named(side) for side in excluded)))


def _is_named(side: _Side) -> ColumnElement[bool]:
    # A value and no EXISTS, which the planner would make a join of, and read all of the other table for.
    own = select(literal(value=True)).where(side.request_id == Row.id, *side.where)
    return func.coalesce(own.limit(1).scalar_subquery(), False)


def _excluded(collectivity: str, filters: QueueFilters, tie: Tie) -> list[_Side]:
    """By which of them no request is named that is wanted, too."""
    if tie is Tie.MERGED and Merged.NONE in filters.merged:
        return _merged_sides(collectivity, list(Merged))
    return [_with_files(collectivity)] if tie is Tie.FILES and filters.files is False else []


def _sides(collectivity: str, filters: QueueFilters) -> dict[Tie, list[_Side]]:
    return {
        Tie.MERGED: _merged_sides(collectivity, filters.merged),
        Tie.FORWARDED: [
            _Side(
                Forwarding.request_id,
                (Forwarding.collectivity == collectivity, Forwarding.state == state.value),
                (Forwarding.request_id,),
            )
            for state in filters.forwarded
        ],
        Tie.TRANSFERRED: [_transferred_side(collectivity, each) for each in filters.transferred],
        Tie.FILES: [_with_files(collectivity)] if filters.files else [],
    }


def _with_files(collectivity: str) -> _Side:
    filed = (Attachment.collectivity == collectivity, Attachment.request_id.is_not(None))
    return _Side(Attachment.request_id, filed, (Attachment.request_id,))


def _merged_sides(collectivity: str, merged: Sequence[Merged]) -> list[_Side]:
    columns = {Merged.CHILD: Merge.child_id, Merged.PARENT: Merge.parent_id}
    return [
        _Side(columns[each], (Merge.collectivity == collectivity,), (Merge.child_id,))
        for each in merged
        if each in columns
    ]


def _transferred_side(collectivity: str, how: Transferred) -> _Side:
    if how is Transferred.RECEIVED:
        here = (Transfer.to_collectivity == collectivity, Transfer.to_request_id.is_not(None))
        return _Side(Transfer.to_request_id, here, (Transfer.to_request_id,))
    at_last = {
        Transferred.LEAVING: (Transfer.done_at.is_(None), Transfer.failed_at.is_(None)),
        Transferred.GONE: (Transfer.done_at.is_not(None),),
        Transferred.FAILED: (Transfer.done_at.is_(None), Transfer.failed_at.is_not(None)),
    }[how]
    order = (Transfer.done_at, Transfer.failed_at, Transfer.request_id)
    return _Side(Transfer.request_id, (Transfer.collectivity == collectivity, *at_last), order)
