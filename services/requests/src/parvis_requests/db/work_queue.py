# SPDX-License-Identifier: EUPL-1.2
"""The work queue of agents: one statement a page, whose cost is that of the page and not of the table.

The index of the queue is ordered by team, status and instant. A page that merges several teams and statuses reads the
first rows of each branch (team, status) and merges these; the branches that exist are found by leaps through the
same index (a loose index scan), so that no list of statuses or teams has to be known here.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    LargeBinary,
    Select,
    String,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db.tables import PRESSING, SEARCHED, Attachment, Mention
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.reference import normal_reference
from parvis_requests.domain.work_queue import QueueFilters, Sort

# Without the answers: a queue is read by many, a file by those who handle it.
COLUMNS: Final = (
    Row.id, Row.reference, Row.type_id, Row.type_version, Row.status, Row.due_at, Row.team, Row.area, Row.assignee,
    Row.channel, Row.priority, Row.description, Row.longitude, Row.latitude, Row.address, Row.version, Row.created_at,
    Row.updated_at,
)  # fmt: skip
_ALWAYS: Final = true()
_WORDS: Final[ColumnElement[Any]] = literal_column(SEARCHED, TSVECTOR)


async def page(
    session: AsyncSession,
    collectivity: str,
    filters: QueueFilters,
    facets: Sequence[bytes],
    sort: Sort,
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Any]:
    """One page, each row with the number of its attachments as ``attachments``."""
    found = await session.execute(page_statement(collectivity, filters, facets, sort, position, limit))
    return keyset.cut(found.all(), position, limit, key=sort.column)


def page_statement(
    collectivity: str,
    filters: QueueFilters,
    facets: Sequence[bytes],
    sort: Sort,
    position: keyset.Position | None,
    limit: int,
) -> Select[Any]:
    """The statement of :func:`page`."""
    if filters.words or filters.mentioned or facets:
        # Few rows hold a word or an answer, or name an agent: they are found by their own index, then put in order.
        wanted = select(*COLUMNS).where(*_restrictions(collectivity, filters, facets))
        merged = keyset.at(wanted, getattr(Row, sort.column), Row.id, position, limit, newest_first=sort.newest_first)
    else:
        merged = _merged(collectivity, filters, sort, position, limit)
    page_ = merged.subquery("page")
    joined = select(func.count()).where(Attachment.request_id == page_.c.id).scalar_subquery()
    downwards = sort.newest_first != (position is not None and position.backward)
    order = (page_.c[sort.column], page_.c.id)
    return select(page_, joined.label("attachments")).order_by(*(c.desc() if downwards else c.asc() for c in order))


async def counts(
    session: AsyncSession, collectivity: str, filters: QueueFilters, facets: Sequence[bytes]
) -> Sequence[Any]:
    """Exact number of requests by team and status, under the filters: rows ``team``, ``status``, ``count``."""
    return (await session.execute(counts_statement(collectivity, filters, facets))).all()


def counts_statement(collectivity: str, filters: QueueFilters, facets: Sequence[bytes]) -> Select[Any]:
    """The statement of :func:`counts`."""
    number = func.count().label("number")
    if filters.words or filters.mentioned or facets:
        wanted = select(Row.team, Row.status, number).where(*_restrictions(collectivity, filters, facets))
        return wanted.group_by(Row.team, Row.status)
    branches = existing_branches(collectivity)
    branch = select(number).where(*_in_branch(branches, collectivity, filters)).lateral("branch")
    counted = select(branches.c.team, branches.c.status, branch.c.number).select_from(branches.join(branch, _ALWAYS))
    return counted.where(*_chosen(branches, filters), branch.c.number > 0)


def _merged(
    collectivity: str, filters: QueueFilters, sort: Sort, position: keyset.Position | None, limit: int
) -> Select[Any]:
    branches = existing_branches(collectivity)
    inside = select(*COLUMNS).where(*_in_branch(branches, collectivity, filters))
    instant, newest_first = getattr(Row, sort.column), sort.newest_first
    branch = keyset.at(inside, instant, Row.id, position, limit, newest_first=newest_first).lateral("branch")
    chosen = select(branch).select_from(branches.join(branch, _ALWAYS)).where(*_chosen(branches, filters))
    return keyset.at(chosen, branch.c[sort.column], branch.c.id, position, limit, newest_first=newest_first)


def _in_branch(branches: Any, collectivity: str, filters: QueueFilters) -> list[ColumnElement[bool]]:
    rest = replace(filters, teams=(), statuses=())
    return [Row.team == branches.c.team, Row.status == branches.c.status, *_restrictions(collectivity, rest, ())]


def _chosen(branches: Any, filters: QueueFilters) -> list[ColumnElement[bool]]:
    named = ((branches.c.team, filters.teams), (branches.c.status, filters.statuses))
    return [column.in_(values) for column, values in named if values]


def existing_branches(collectivity: str) -> Any:
    """Each pair of team and status that some request has, found by leaps."""
    pair = (Row.team, Row.status)
    first = select(*pair).where(Row.collectivity == collectivity).order_by(*pair).limit(1)
    found = first.cte("branches", recursive=True)
    later = (
        select(*pair)
        .where(Row.collectivity == collectivity, tuple_(*pair) > tuple_(found.c.team, found.c.status))
        .order_by(*pair)
        .limit(1)
        .lateral("later")
    )
    return found.union_all(select(later).select_from(found.join(later, _ALWAYS)))


def _restrictions(collectivity: str, filters: QueueFilters, facets: Sequence[bytes]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Row.collectivity == collectivity]
    for column, values in (
        (Row.status, filters.statuses), (Row.team, filters.teams), (Row.type_code, filters.types),
        (Row.area, filters.areas), (Row.channel, filters.channels),
    ):  # fmt: skip
        if values:
            wanted.append(column.in_(values))
    if filters.priorities:
        wanted.append(Row.priority.in_([priority.rank for priority in filters.priorities]))
        if all(priority.pressing for priority in filters.priorities):
            wanted.append(literal_column(PRESSING, Boolean))  # as the index of these says it
    if filters.assignee is not None:
        nobody = filters.assignee == "none"
        wanted.append(Row.assignee.is_(None) if nobody else Row.assignee == filters.assignee)
    for instant, after, before in (
        (Row.created_at, filters.created_after, filters.created_before),
        (Row.updated_at, filters.updated_after, filters.updated_before),
    ):
        wanted += [instant > after] if after else []
        wanted += [instant < before] if before else []
    if facets:
        wanted.append(Row.facets.contains(literal(list(facets), ARRAY(LargeBinary))))
    if filters.mentioned is not None:
        naming = (Mention.collectivity == collectivity, Mention.agent == filters.mentioned)
        wanted.append(Row.id.in_(select(Mention.request_id).where(*naming)))
    if filters.words:
        wanted.append(_says(filters.words))
    return wanted


def _says(words: str) -> ColumnElement[bool]:
    reference = normal_reference(words)
    if reference:
        return Row.reference == reference
    query = func.websearch_to_tsquery(literal_column("'public.parvis_french'::regconfig"), literal(words, String))
    return _WORDS.op("@@")(query)
