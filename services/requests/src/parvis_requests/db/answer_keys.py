# SPDX-License-Identifier: EUPL-1.2
"""Requests by ranges of their answers: those of the narrowest range are read, and each is tried for the others.

A question mostly belongs to one type, and so to few teams: to try requests in the order of the queue would mean to try
all of every other team's.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import AnswerKey as Key
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.answer_filters import AnswerRange, FilterKind

# Of ranges in which more than that lie, none counts as narrower than another.
_MANY: Final = 20_000
_COLUMNS: Final[dict[FilterKind, Any]] = {
    FilterKind.NUMBER: Key.number, FilterKind.DATE: Key.day, FilterKind.TEXT: Key.words,
}  # fmt: skip


async def narrowest(session: AsyncSession, collectivity: str, ranges: Sequence[AnswerRange]) -> AnswerRange:
    """The range with the fewest answers in it."""
    if len(ranges) == 1:
        return ranges[0]
    found = [((await session.scalar(number_statement(collectivity, each))) or 0, each) for each in ranges]
    return min(found, key=lambda pair: pair[0])[1]


def number_statement(collectivity: str, wanted: AnswerRange) -> Any:
    """How many answers lie in a range, counted no further than matters."""
    some = select(Key.request_id).where(*_inside(collectivity, wanted)).limit(_MANY + 1).subquery()
    return select(func.count()).select_from(some)


def restrictions(
    collectivity: str, ranges: Sequence[AnswerRange], first: AnswerRange | None
) -> Iterator[ColumnElement[bool]]:
    """That a request has an answer in each range; what is in the first is looked up before anything else."""
    for each in ranges:
        if each == first:
            found = select(Key.request_id).where(*_inside(collectivity, each))
            # One array, made once: the planner then goes by the requests' key, and never reads all of them.
            yield Row.id == func.any(func.array(found.scalar_subquery(), type_=ARRAY(Uuid())))
        else:
            own = select(literal(value=True)).where(Key.request_id == Row.id, *_inside(collectivity, each))
            # A value and no EXISTS, which the planner would make a join of, and read the whole range for.
            yield own.limit(1).scalar_subquery()


def _inside(collectivity: str, wanted: AnswerRange) -> Iterator[ColumnElement[bool]]:
    column = _COLUMNS[wanted.kind]
    yield Key.collectivity == collectivity
    yield Key.question == wanted.question
    yield column.is_not(None)  # as the indexes say it
    if wanted.least is not None:
        yield column >= wanted.least
    if wanted.most is not None:
        yield column <= wanted.most
    if wanted.start is not None:
        # What begins so lies between this and the same with the last of all characters behind.
        yield column >= wanted.start
        yield column <= wanted.start + chr(0x10FFFF)
