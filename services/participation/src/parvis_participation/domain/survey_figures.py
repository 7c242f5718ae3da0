# SPDX-License-Identifier: EUPL-1.2
"""What the answers to a survey add up to, without the small numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any, Final

from parvis_participation.domain.disclosure import hidden_in_line, hidden_in_table, hidden_options, small
from parvis_participation.domain.survey_form import OPEN, Question, QuestionKind

NONE: Final = ""
"""Stands in figures for no answer: left out, or not asked."""
BY_LINK: Final = "link"
OTHERWISE: Final = "otherwise"
BANDS: Final = 5
Tally = Iterable[tuple[Any, int]]
"""Each distinct answer to a question, with how many gave it; None where people gave none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many gave an answer; ``count`` is None where it is kept back. ``row`` is that of a matrix, or of a table."""

    row: str | None
    code: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one question; ``mean`` only where no count is kept back, which it could give away."""

    code: str
    kind: QuestionKind
    cells: tuple[Cell, ...]
    mean: float | None = None


def figures(question: Question, tally: Tally, threshold: int) -> Figures:
    """What is told of one question."""
    counted = list(tally)
    if question.kind is QuestionKind.MULTIPLE:
        return Figures(question.code, question.kind, _options(question, counted, threshold))
    if question.kind is QuestionKind.MATRIX:
        return Figures(question.code, question.kind, _matrix(question, counted, threshold))
    line = line_of(question, counted)
    hidden = hidden_in_line(line, threshold)
    mean = None if hidden else _mean(question, counted, threshold)
    return Figures(question.code, question.kind, _cells(line, hidden), mean)


def line_of(question: Question, tally: Tally) -> dict[str, int]:
    """How many gave each answer, in the order of the question; each person once, those without an answer included."""
    line: dict[str, int] = dict.fromkeys(_classes(question), 0)
    for value, count in tally:
        found = NONE if value is None else class_of(question, value)
        line[found] = line.get(found, 0) + count
    absent = line.pop(NONE, 0)
    ordered = sorted(line) if question.kind is QuestionKind.DATE else line
    return {code: line[code] for code in ordered} | {NONE: absent}


def crossed(
    question: Question, by: Question, tally: Iterable[tuple[Any, Any, int]], threshold: int
) -> tuple[Cell, ...]:
    """How many gave each answer among those who gave each answer to another question.

    ``tally`` has the answer to ``by``, that to ``question``, and how many gave both.
    """
    pairs = list(tally)
    rows = line_of(by, [(value, count) for value, _, count in pairs])
    columns = line_of(question, [(value, count) for _, value, count in pairs])
    told = [(NONE if of_row is None else class_of(by, of_row), value, count) for of_row, value, count in pairs]
    return _table(question, rows, columns, told, threshold)


def crossed_by_link(question: Question, tally: Iterable[tuple[bool, Any, int]], threshold: int) -> tuple[Cell, ...]:
    """How many gave each answer among those who answered by the survey's link, and among all others.

    ``tally`` has whether it was by link, the answer, and how many gave it so.
    """
    pairs = [(BY_LINK if by_link else OTHERWISE, value, count) for by_link, value, count in tally]
    # No row for neither: everybody knows that it is empty, and it would be no company for what is kept back.
    rows = dict.fromkeys((BY_LINK, OTHERWISE), 0)
    for way, _, count in pairs:
        rows[way] += count
    columns = line_of(question, [(value, count) for _, value, count in pairs])
    return _table(question, rows, columns, pairs, threshold)


def _table(
    question: Question,
    rows: Mapping[str, int],
    columns: Mapping[str, int],
    pairs: Iterable[tuple[str, Any, int]],
    threshold: int,
) -> tuple[Cell, ...]:
    counts = {(row, column): 0 for row in rows for column in columns}
    for row, value, count in pairs:
        column = NONE if value is None else class_of(question, value)
        counts[row, column] += count
    kept = hidden_in_line(rows, threshold), hidden_in_line(columns, threshold)
    hidden = hidden_in_table(counts, threshold, *kept)
    return tuple(Cell(row, code, None if (row, code) in hidden else n) for (row, code), n in counts.items())


def can_be_crossed(question: Question) -> bool:
    """Whether each person has one answer to it, out of few."""
    return question.kind in {QuestionKind.SINGLE, QuestionKind.SCALE}


def _classes(question: Question) -> Sequence[str]:
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.RANKING:
            return question.codes()
        case QuestionKind.SCALE:
            least, most = question.bounds
            return [str(value) for value in range(int(least), int(most) + 1)]
        case QuestionKind.NUMBER:
            return _bands(question)
        case QuestionKind.DATE:
            return []
        case _:
            return ["given"]


def class_of(question: Question, value: Any) -> str:
    """The answer as figures tell it: a ranking by its first, a number by its band, a date by its year."""
    if question.kind in OPEN:
        return "given"
    match question.kind:
        case QuestionKind.RANKING:
            return str(value[0])
        case QuestionKind.NUMBER:
            bands, (least, most) = _bands(question), question.bounds
            if len(bands) == 1:
                return bands[0]
            place = int((Fraction(value) - Fraction(least)) * BANDS / (Fraction(most) - Fraction(least)))
            return bands[min(place, BANDS - 1)]
        case QuestionKind.DATE:
            return str(value)[:4]
        case _:
            return str(value)


def _bands(question: Question) -> list[str]:
    """Equal parts of what a number may be; one where a bound is not set.

    Each has its lower bound, and the last one both.
    """
    least, most = question.bounds
    if least == -inf or most in {inf, least}:
        return ["given"]
    edges = [Fraction(least) + (Fraction(most) - Fraction(least)) * part / BANDS for part in range(BANDS + 1)]
    return [f"{float(low):g}..{float(high):g}" for low, high in pairwise(edges)]


def _options(question: Question, tally: Tally, threshold: int) -> tuple[Cell, ...]:
    chosen: Counter[str] = Counter()
    total = 0
    for value, count in tally:
        total += count
        chosen.update(dict.fromkeys([NONE] if value is None else value, count))
    counts = {code: chosen[code] for code in (*question.codes(), NONE)}
    return _cells(counts, hidden_options(counts, total, threshold))


def _matrix(question: Question, tally: Tally, threshold: int) -> tuple[Cell, ...]:
    counted = list(tally)
    cells: list[Cell] = []
    for row in question.codes("rows"):
        line = dict.fromkeys((*question.codes("columns"), NONE), 0)
        for value, count in counted:
            line[(value or {}).get(row, NONE)] += count
        cells.extend(_cells(line, hidden_in_line(line, threshold), row))
    return tuple(cells)


def _cells(counts: Mapping[str, int], hidden: frozenset[str], row: str | None = None) -> tuple[Cell, ...]:
    return tuple(Cell(row, code, None if code in hidden else count) for code, count in counts.items())


def _mean(question: Question, tally: Tally, threshold: int) -> float | None:
    if question.kind not in {QuestionKind.SCALE, QuestionKind.NUMBER}:
        return None
    given = [(Fraction(value), count) for value, count in tally if value is not None]
    number = sum(count for _, count in given)
    if number == 0 or small(number, threshold):
        return None
    return round(float(sum(value * count for value, count in given) / number), 2)
