# SPDX-License-Identifier: EUPL-1.2
"""What a work queue is restricted to, in the words of the database."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    String,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import aliased

from parvis_requests.db import access, answer_keys, queue_relations
from parvis_requests.db.catalogue import End
from parvis_requests.db.queue_relations import Tie
from parvis_requests.db.tables import COLUMN, DUE, LEGAL_END, PLACED, ROW, SEARCHED, Appeal, Mention
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.answer_filters import AnswerRange
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.position import Box
from parvis_requests.domain.reference import normal_reference
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import QueueFilters

INSTANT: Final = DateTime(timezone=True)
DUE_PLACE: Final[ColumnElement[datetime]] = literal_column(DUE, INSTANT)
LEGAL_END_PLACE: Final[ColumnElement[datetime]] = literal_column(LEGAL_END, INSTANT)
_WORDS: Final[ColumnElement[Any]] = literal_column(SEARCHED, TSVECTOR)
# What touches no more cells of the grid than this is read from them; what is larger, from the orders of the queue.
_FEW_CELLS: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue is asked for.

    Attributes:
        facets: of each answer of the filters, its blind indexes; one of them must be there.
        ends: the states, by version of their type, in which requests have come to their end.
        stages: the codes of states in which requests of some version go on.
        narrowest: of the ranges of answers, the one that few enough lie in to begin with them.
        types: the types that are asked for; None for all of them.
        first: by what few enough are found to begin with them.
        reader: the agent who asks; they find what they may read.
    """

    filters: QueueFilters
    facets: Sequence[Sequence[bytes]] = ()
    ends: Collection[End] = ()
    stages: Collection[str] = ()
    narrowest: AnswerRange | None = None
    types: Sequence[UUID] | None = None
    first: Tie | None = None
    reader: Actor | None = None

    @property
    def cells(self) -> Box | None:
        """The few cells in which to look, where the bounds are as small as that."""
        cells = self.filters.bounds.cells(0) if self.filters.bounds else None
        return cells if cells and cells.number <= _FEW_CELLS else None

    @property
    def rare(self) -> bool:
        """Few rows hold a word, name an agent, lie in a street, are of an author or rare type: an index finds them."""
        filters = self.filters
        named = filters.words or filters.mentioned or filters.appealed or filters.author or filters.author_of
        return bool(named or self.facets or self.cells or self.narrowest or self.first)


def restrictions(collectivity: str, asked: Asked) -> list[ColumnElement[bool]]:
    """What a row of the queue must be; for the planner, in the words of the indexes."""
    filters = asked.filters
    wanted: list[ColumnElement[bool]] = [Row.collectivity == collectivity]
    wanted += [*_times(filters), *_around(asked), *_state(asked)]
    if asked.reader:
        wanted.append(access.open_to(asked.reader))
    for column, values in ((Row.status, filters.statuses), (Row.team, filters.teams), (Row.type_id, asked.types)):
        if values:
            wanted.append(column.in_(values))
    if filters.assignee is not None:
        nobody = filters.assignee == "none"
        wanted.append(Row.assignee.is_(None) if nobody else Row.assignee == filters.assignee)
    wanted += [Row.facets.overlap(literal(list(spellings), ARRAY(LargeBinary))) for spellings in asked.facets]
    wanted += answer_keys.restrictions(collectivity, filters.ranges, asked.narrowest)
    wanted += queue_relations.restrictions(collectivity, filters, asked.first)
    if filters.author is not None:
        wanted.append(Row.author == filters.author)
    if filters.author_of is not None:
        other = aliased(Row)
        same = select(other.author).where(other.id == filters.author_of, other.collectivity == collectivity)
        same = same.where(access.open_to(asked.reader, other)) if asked.reader else same
        wanted.append(Row.author == same.scalar_subquery())
    if filters.mentioned is not None:
        naming = (Mention.collectivity == collectivity, Mention.agent == filters.mentioned)
        wanted.append(Row.id.in_(select(Mention.request_id).where(*naming, Mention.withdrawn_at.is_(None))))
    if filters.appealed:
        contested = (Appeal.collectivity == collectivity, Appeal.state == AppealState.OPEN)
        wanted.append(Row.id.in_(select(Appeal.request_id).where(*contested)))
    if filters.words:
        wanted.append(_says(filters.words))
    return wanted


def _state(asked: Asked) -> Iterator[ColumnElement[bool]]:
    filters = asked.filters
    if filters.priorities:
        yield or_(*queue_relations.by_priorities(filters.priorities))
    if filters.ended:
        yield at_its_end(asked)
    if filters.overdue or filters.ended is False:
        yield not_(at_its_end(asked))
    if filters.unread:
        yield literal_column("unread", Boolean)
    if filters.paused is not None:
        yield Row.clock_paused_on.is_not(None) if filters.paused else Row.clock_paused_on.is_(None)
    if filters.channels:
        yield from queue_relations.by_channels(filters.channels)


def at_its_end(asked: Asked) -> ColumnElement[bool]:
    """That a request has come to its end."""
    # Most codes name an end in each version or in none: the others alone are looked up by the version.
    ended = {end.status for end in asked.ends}
    unsure = [tuple(end) for end in asked.ends if end.status in asked.stages]
    sure = Row.status.in_(ended - set(asked.stages))
    return or_(sure, tuple_(Row.type_id, Row.type_version, Row.status).in_(unsure)) if unsure else sure


def _times(filters: QueueFilters) -> Iterator[ColumnElement[bool]]:
    # What has no such end is none that comes late: its place is the last day of calendars.
    for instant, after, before in (
        (Row.created_at, filters.created_after, filters.created_before),
        (Row.updated_at, filters.updated_after, filters.updated_before),
        (DUE_PLACE, filters.due_after, filters.due_before),
        (LEGAL_END_PLACE, filters.legal_end_after, filters.legal_end_before),
    ):
        if after:
            yield instant > after
        if before:
            yield instant < before
    if filters.due_after:
        yield Row.due_at.is_not(None)
    if filters.legal_end_after:
        yield Row.legal_end_at.is_not(None)
    if filters.overdue:
        yield func.now() > DUE_PLACE


def _around(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.filters.areas:
        yield queue_relations.in_areas(asked.filters.areas)
    if bounds := asked.filters.bounds:
        yield Row.longitude.between(bounds.west, bounds.east)
        yield Row.latitude.between(bounds.south, bounds.north)
    if cells := asked.cells:
        yield literal_column(PLACED, Boolean)
        yield literal_column(ROW, Integer) == func.any(literal(list(cells.rows), ARRAY(Integer)))
        yield literal_column(COLUMN, Integer).between(cells.west, cells.east)


def _says(words: str) -> ColumnElement[bool]:
    reference = normal_reference(words)
    if reference:
        return Row.reference == reference
    query = func.websearch_to_tsquery(literal_column("'public.parvis_french'::regconfig"), literal(words, String))
    return _WORDS.op("@@")(query)
