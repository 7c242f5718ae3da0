# SPDX-License-Identifier: EUPL-1.2
"""Whoever subtracts what is published from its totals finds no small number: asked of linear algebra, not of us."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.disclosure import (
    _bridges,
    hidden_in_line,
    hidden_in_table,
    hidden_options,
    small,
)

THRESHOLD = 5
COUNTS = st.integers(0, 12)
ROWS, COLUMNS = 4, 4


def known_exactly(unknowns: list[tuple[int, int]], equations: list[set[tuple[int, int]]]) -> set[tuple[int, int]]:
    """The unknowns that sums of them determine: whose unit vector the rows of the matrix span (Gauss and Jordan)."""
    matrix = [[Fraction(name in equation) for name in unknowns] for equation in equations]
    pivots: list[int] = []
    for column in range(len(unknowns)):
        rank = len(pivots)
        row = next((r for r in range(rank, len(matrix)) if matrix[r][column]), None)
        if row is None:
            continue
        matrix[rank], matrix[row] = matrix[row], matrix[rank]
        pivot = matrix[rank][column]
        matrix[rank] = [value / pivot for value in matrix[rank]]
        for other in range(len(matrix)):
            if other != rank and matrix[other][column]:
                factor = matrix[other][column]
                matrix[other] = [a - factor * b for a, b in zip(matrix[other], matrix[rank], strict=True)]
        pivots.append(column)
    return {unknowns[column] for row, column in enumerate(pivots) if sum(map(bool, matrix[row])) == 1}


@given(st.lists(COUNTS, min_size=2, max_size=8))
def test_a_line_keeps_small_numbers_and_shows_none_by_its_total(numbers: list[int]) -> None:
    line = dict(enumerate(numbers))
    hidden = hidden_in_line(line, THRESHOLD)
    assert {key for key, count in line.items() if small(count, THRESHOLD)} <= hidden
    assert len(hidden) != 1
    together = sum(line[key] for key in hidden)
    assert not small(together, THRESHOLD) or len(hidden) == len(line)
    if not any(small(count, THRESHOLD) for count in numbers):
        assert hidden == frozenset(), "nothing is kept back without a reason"


@given(st.lists(COUNTS, min_size=ROWS * COLUMNS, max_size=ROWS * COLUMNS))
def test_no_small_number_of_a_table_follows_from_what_is_published(numbers: list[int]) -> None:
    counts = {(row, column): numbers[row * COLUMNS + column] for row in range(ROWS) for column in range(COLUMNS)}
    rows = {row: sum(counts[row, column] for column in range(COLUMNS)) for row in range(ROWS)}
    columns = {column: sum(counts[row, column] for row in range(ROWS)) for column in range(COLUMNS)}
    of_rows, of_columns = hidden_in_line(rows, THRESHOLD), hidden_in_line(columns, THRESHOLD)
    hidden = hidden_in_table(counts, THRESHOLD, of_rows, of_columns)
    primary = {key for key, count in counts.items() if small(count, THRESHOLD)}
    assert primary <= hidden
    total = -1
    unknown = {*hidden, *((row, total) for row in of_rows), *((total, column) for column in of_columns)}
    lines = [{key for key in unknown if key[0] == row} for row in (*range(ROWS), total)]
    lines += [{key for key in unknown if key[1] == column} for column in (*range(COLUMNS), total)]
    # The line and the column of the totals add up to how many answered, which is published.
    found = known_exactly(sorted(unknown), [line for line in lines if line])
    secret = primary | {(row, total) for row in of_rows if small(rows[row], THRESHOLD)}
    assert not found & secret


def test_two_rings_that_one_count_joins_do_not_give_it_away() -> None:
    # Each line has two counts that are not shown; the one that joins the rings would still follow from the totals.
    ring = {(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3), (1, 2)}
    counts = {(row, column): 3 if (row, column) in ring else 20 for row in range(4) for column in range(4)}
    hidden = hidden_in_table(counts, THRESHOLD)
    assert ring < hidden
    lines = [{key for key in hidden if key[side] == line} for side in (0, 1) for line in range(4)]
    assert known_exactly(sorted(hidden), lines) == set()


def test_few_who_did_not_choose_are_few() -> None:
    assert hidden_options({"bus": 98, "bike": 50, "car": 60}, 100, THRESHOLD) == {"bus", "bike"}
    assert hidden_options({"bus": 100, "bike": 50}, 100, THRESHOLD) == frozenset()


def joined(edges: set[tuple[int, int]], row: int, column: int) -> bool:
    reached = {("row", row)}
    while True:
        more = {("column", c) for r, c in edges if ("row", r) in reached}
        more |= {("row", r) for r, c in edges if ("column", c) in reached}
        if more <= reached:
            return ("column", column) in reached
        reached |= more


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_a_bridge_is_what_alone_joins_its_ends(cells: set[tuple[int, int]]) -> None:
    found = _bridges([(("row", row), ("column", column)) for row, column in cells])
    assert sorted(found) == sorted(cell for cell in cells if not joined(cells - {cell}, *cell))
