# SPDX-License-Identifier: EUPL-1.2
"""The work queue of agents: one statement a page, whose cost is that of the page and not of the table.

The index of the queue is ordered by team, status, whether the team alone reads it, and instant. A page that merges
several teams and statuses reads the first rows of each branch (team, status, restricted) and merges these; the branches
that exist are found by leaps through the same index (a loose index scan), so that no list of statuses or teams has to
be known here. What an agent may not read is passed over by whole branches; what is theirs by name, few requests, is one
branch more. Requests of a type that closes at this moment still lie in the branches of what is open: a page leaves them
out one by one, and a number is that of the branches less theirs, for which no branch has to be read beyond its index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.queue_filters import DUE_PLACE, INSTANT, LEGAL_END_PLACE, Asked, restrictions
from parvis_requests.db.tables import (
    RANKED,
    Attachment,
)
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.access import reads_all
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import Sort

# Without the answers: a queue is read by many, a file by those who handle it.
COLUMNS: Final = (
    Row.id, Row.reference, Row.type_id, Row.type_version, Row.status, Row.due_at, Row.team, Row.area, Row.assignee,
    Row.channel, Row.priority, Row.description, Row.longitude, Row.latitude, Row.address, Row.version, Row.created_at,
    Row.updated_at, Row.legal_end_at, Row.unread,
)  # fmt: skip
_ALWAYS: Final = true()
_PLACES: Final[Mapping[str, Any]] = {
    "created_at": Row.created_at,
    "updated_at": Row.updated_at,
    "due_at": DUE_PLACE,
    "legal_end_at": LEGAL_END_PLACE,
    "priority": literal_column(RANKED, INSTANT),
}


async def page(
    session: AsyncSession,
    collectivity: str,
    asked: Asked,
    sort: Sort,
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Any]:
    """One page, each row with the number of its attachments as ``attachments``."""
    found = await session.execute(page_statement(collectivity, asked, sort, position, limit))
    return keyset.cut(found.all(), position, limit, key="place")


def page_statement(
    collectivity: str,
    asked: Asked,
    sort: Sort,
    position: keyset.Position | None,
    limit: int,
) -> Select[Any]:
    """The statement of :func:`page`; the instant by which it orders is called ``place``."""
    if asked.rare:
        place = _PLACES[sort.column]
        wanted = select(*COLUMNS, place.label("place")).where(*restrictions(collectivity, asked))
        merged = keyset.at(wanted, place, Row.id, position, limit, newest_first=sort.newest_first)
    else:
        merged = _merged(collectivity, asked, sort, position, limit)
    page_ = merged.subquery("page")
    joined = select(func.count()).where(Attachment.request_id == page_.c.id).scalar_subquery()
    downwards = sort.newest_first != (position is not None and position.backward)
    order = (page_.c.place, page_.c.id)
    return select(page_, joined.label("attachments")).order_by(*(c.desc() if downwards else c.asc() for c in order))


async def counts(session: AsyncSession, collectivity: str, asked: Asked) -> Sequence[Any]:
    """Exact numbers of requests under the filters: rows ``team``, ``status``, ``number``; several of a pair add up."""
    return (await session.execute(counts_statement(collectivity, asked))).all()


def counts_statement(collectivity: str, asked: Asked) -> Select[Any]:
    """The statement of :func:`counts`."""
    number = func.count().label("number")
    if asked.rare:
        wanted = select(Row.team, Row.status, number).where(*restrictions(collectivity, asked))
        return wanted.group_by(Row.team, Row.status)
    branches = existing_branches(collectivity)
    branch = select(number).where(*_in_branch(branches, collectivity, asked)).lateral("branch")
    counted = select(branches.c.team, branches.c.status, branch.c.number).select_from(branches.join(branch, _ALWAYS))
    counted = counted.where(*_chosen(branches, asked), branch.c.number > 0)
    if (agent := _bounded(asked)) is None:
        return counted
    named = select(Row.team, Row.status, number).where(*_by_name(collectivity, asked, agent))
    kept = (access.about_to_close(agent), not_(access.in_team(agent, Row.team)))
    all_ = restrictions(collectivity, replace(asked, reader=None))
    less = select(Row.team, Row.status, (-func.count()).label("number")).where(*kept, *all_)
    grouped = (some.group_by(Row.team, Row.status) for some in (named, less))
    each = union_all(counted, *grouped).subquery("each")
    # Nothing tells that all of a pair is kept from the agent.
    summed = func.sum(each.c.number).cast(BigInteger)
    pair = (each.c.team, each.c.status)
    return select(*pair, summed.label("number")).group_by(*pair).having(summed > 0)


def _merged(collectivity: str, asked: Asked, sort: Sort, position: keyset.Position | None, limit: int) -> Select[Any]:
    branches = existing_branches(collectivity)
    place, newest_first = _PLACES[sort.column], sort.newest_first
    inside = select(*COLUMNS, place.label("place")).where(*_in_branch(branches, collectivity, asked))
    if (agent := _bounded(asked)) is not None:
        inside = inside.where(or_(access.in_team(agent, Row.team), Row.type_id.not_in(access.closing(agent))))
    branch = keyset.at(inside, place, Row.id, position, limit, newest_first=newest_first).lateral("branch")
    chosen = select(branch).select_from(branches.join(branch, _ALWAYS)).where(*_chosen(branches, asked))
    if agent is None:
        return keyset.at(chosen, branch.c.place, branch.c.id, position, limit, newest_first=newest_first)
    named = select(*COLUMNS, place.label("place")).where(*_by_name(collectivity, asked, agent))
    both = union_all(chosen, named).subquery("both")
    return keyset.at(select(both), both.c.place, both.c.id, position, limit, newest_first=newest_first)


def _bounded(asked: Asked) -> Actor | None:
    """Who asks, where something may be kept from them."""
    return None if asked.reader is None or reads_all(asked.reader) else asked.reader


def _by_name(collectivity: str, asked: Asked, agent: Actor) -> list[ColumnElement[bool]]:
    return [access.by_name(agent), *restrictions(collectivity, replace(asked, reader=None))]


def _in_branch(branches: Any, collectivity: str, asked: Asked) -> list[ColumnElement[bool]]:
    # All that a branch holds is open to who asks, or nothing; but for types that close at this moment.
    rest = replace(asked, filters=replace(asked.filters, teams=(), statuses=()), reader=None)
    branch = (Row.team == branches.c.team, Row.status == branches.c.status, Row.restricted == branches.c.restricted)
    return [*branch, *restrictions(collectivity, rest)]


def _chosen(branches: Any, asked: Asked) -> list[ColumnElement[bool]]:
    filters, status = asked.filters, branches.c.status
    named = ((branches.c.team, filters.teams), (status, filters.statuses))
    ended = {end.status for end in asked.ends}
    chosen = [column.in_(values) for column, values in named if values]
    if agent := _bounded(asked):
        chosen.append(or_(not_(branches.c.restricted), access.in_team(agent, branches.c.team)))
    if filters.ended:
        chosen.append(status.in_(ended))
    if filters.overdue or filters.ended is False:
        chosen.append(status.not_in(ended - set(asked.stages)))
    return chosen


def existing_branches(collectivity: str) -> Any:
    """Each team, status and whether they are restricted that some requests have, found by leaps."""
    branch = (Row.team, Row.status, Row.restricted)
    first = select(*branch).where(Row.collectivity == collectivity).order_by(*branch).limit(1)
    found = first.cte("branches", recursive=True)
    before = tuple_(found.c.team, found.c.status, found.c.restricted)
    later = (
        select(*branch)
        .where(Row.collectivity == collectivity, tuple_(*branch) > before)
        .order_by(*branch)
        .limit(1)
        .lateral("later")
    )
    return found.union_all(select(later).select_from(found.join(later, _ALWAYS)))
