# SPDX-License-Identifier: EUPL-1.2
"""The rows of an anonymous survey that can be told: none that few people gave, and none that would lead to few.

Each row that is told is that of as many people as the threshold at least (k-anonymity: L. Sweeney, International
Journal on Uncertainty, Fuzziness and Knowledge-Based Systems 10, 2002). What figures and cross-tabulations tell of one
question, or of two, less the rows that are told, is what was kept back: it is nothing, or no small number either. Of a
question that takes several options, figures tell who chose each and who did not; of a matrix, the columns of each row.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import combinations
from typing import Any, Final

from parvis_participation.domain.disclosure import small
from parvis_participation.domain.survey_figures import NONE, class_of
from parvis_participation.domain.survey_form import Question, QuestionKind

MOST_TOGETHER: Final = 6
"""How many questions of an anonymous survey are told together at most."""
_TOLD_TOGETHER: Final = 2
"""Of how many questions at once the figures of a survey tell."""
_APART: Final = ";"
_OPTION: Final = "option"
Row = tuple[str, ...]


Told = Mapping[int, Callable[[str], Sequence[str]]]
"""By the place of a question in rows, what figures count of an answer to it, where that is not the whole of it."""


def told_by_option(questions: Sequence[Question]) -> Told:
    """What figures count of the answers to those of these questions that take several options."""
    counted = {QuestionKind.MULTIPLE: _options, QuestionKind.MATRIX: _columns}
    return {
        place: cache(partial(counted[question.kind], question))
        for place, question in enumerate(questions)
        if question.kind in counted
    }


def _options(question: Question, value: str) -> Sequence[str]:
    chosen = set(value.split(_APART))
    return [f"{code}={code in chosen}" for code in (*question.codes(), NONE)]


def _columns(question: Question, value: str) -> Sequence[str]:
    given = dict(each.split("=") for each in value.split(_APART) if each)
    return [f"{row}={given.get(row, NONE)}" for row in question.codes("rows")]


def rows_told(given: Mapping[Row, int], threshold: int, by_option: Told | None = None) -> dict[Row, int]:
    """Which rows are told, and how many people gave each, out of all that were given."""
    told = {row: count for row, count in given.items() if count >= threshold}
    while True:
        hidden = {row: count for row, count in given.items() if row not in told}
        company = _company(told, hidden, threshold, by_option or {})
        if not company:
            return told
        for row in company:
            del told[row]


def _company(told: Mapping[Row, int], hidden: Mapping[Row, int], threshold: int, by_option: Told) -> set[Row]:
    """Rows to keep back with those that are, where these would follow from a total of one question or two."""
    width = len(next(iter(told), ()))
    # Of two questions first: what goes for them is most often company enough for one, and for all.
    for size in range(min(width, _TOLD_TOGETHER), -1, -1):
        found: set[Row] = set()
        for columns in combinations(range(width), size):
            parts = partial(_parts, columns, by_option)
            few = {part for part, count in _totals(hidden, parts).items() if small(count, threshold)}
            for row in sorted(told, key=lambda row: (told[row], row)) if few else ():
                mine = few.intersection(parts(row))
                if mine:
                    few -= mine
                    found.add(row)
        if found:
            return found
    return set()


def _parts(columns: Sequence[int], by_option: Told, row: Row) -> Iterator[Row]:
    """What totals of these questions count a row in."""
    yield tuple(row[column] for column in columns)
    if len(columns) == 1 and columns[0] in by_option:
        yield from ((_OPTION, part) for part in by_option[columns[0]](row[columns[0]]))


def _totals(rows: Mapping[Row, int], parts: Callable[[Row], Iterable[Row]]) -> Counter[Row]:
    totals: Counter[Row] = Counter()
    for row, count in rows.items():
        totals.update(dict.fromkeys(parts(row), count))
    return totals


def classes(questions: Sequence[Question], given: Iterable[tuple[Sequence[Any], int]]) -> Counter[Row]:
    """How many gave each row of answers, as coarse as figures have them: bands of numbers, and years."""
    found: Counter[Row] = Counter()
    for values, count in given:
        row = tuple(_class(*each) for each in zip(questions, values, strict=True))
        found[row] += count
    return found


def _class(question: Question, value: Any) -> str:
    if value is None:
        return NONE
    if question.kind is QuestionKind.MULTIPLE:
        # Not as they were clicked: that would part those who answered alike.
        return cell([code for code in question.codes() if code in value])
    if question.kind is QuestionKind.MATRIX:
        return cell(value)
    return class_of(question, value)


def cell(value: Any) -> str:
    """An answer in one cell: several options after one another, the columns of a matrix by their rows."""
    match value:
        case None:
            return NONE
        case str():
            return value
        case list():
            return _APART.join(map(str, value))
        case {"type": str(), "coordinates": list()}:
            return json.dumps(value, separators=(",", ":"))
        case dict():
            return _APART.join(f"{row}={column}" for row, column in sorted(value.items()))
        case _:
            return str(value)
