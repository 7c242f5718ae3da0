# SPDX-License-Identifier: EUPL-1.2
from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.survey_form import Question, QuestionKind
from parvis_participation.domain.survey_rows import classes, rows_told, told_by_option

THRESHOLD = 5
_ROWS = st.dictionaries(
    st.tuples(*[st.sampled_from("ab")] * 2, st.sampled_from("abc")), st.integers(min_value=1, max_value=12), max_size=12
)


def test_a_rare_row_is_kept_back_with_another_one_that_a_total_would_tell() -> None:
    told = rows_told({("car", "old"): 9, ("car", "young"): 2, ("bus", "old"): 9, ("bus", "young"): 9}, THRESHOLD)
    # Two young people by car would follow from those of all cars, and from those of all who are young.
    assert told == {("bus", "old"): 9}


def test_all_is_told_where_nothing_is_rare_and_nothing_where_all_is() -> None:
    assert rows_told({("car",): 5, ("bus",): 7}, THRESHOLD) == {("car",): 5, ("bus",): 7}
    assert rows_told({("car",): 4, ("bus",): 4}, THRESHOLD) == {}
    assert rows_told({}, THRESHOLD) == {}


def asked(kind: QuestionKind, **codes: str) -> Question:
    settings = {what: [{"code": code} for code in given] for what, given in codes.items()}
    return Question("q", kind, required=False, conditions=(), settings=settings)


def test_of_several_options_what_is_kept_back_follows_from_no_figure_of_one() -> None:
    several = [asked(QuestionKind.MULTIPLE, options="abz")]
    answers = [((["a"],), 20), ((["b", "z"],), 3), ((["z", "b"],), 3), ((["a", "z"],), 1), ((["a", "b"],), 4)]
    rows = classes(several, answers)
    assert rows == {("a",): 20, ("b;z",): 6, ("a;z",): 1, ("a;b",): 4}, "in whatever order they were chosen"
    assert rows_told(rows, THRESHOLD) == {("a",): 20, ("b;z",): 6}
    # Figures tell seven of z: less the six of a told row, one person's is left. Then so is one who did not choose b.
    assert rows_told(rows, THRESHOLD, told_by_option(several)) == {}
    rest: dict[tuple[str, ...], int] = {("z",): 4, ("b;z",): 3, ("a;z",): 3, ("a;b;z",): 4}
    assert rows_told(rest | {("a",): 20}, THRESHOLD, told_by_option(several)) == {("a",): 20}


def test_of_a_matrix_what_is_kept_back_follows_from_no_figure_of_a_row() -> None:
    matrix = [asked(QuestionKind.MATRIX, rows="mn", columns="xy")]
    given = {"m=x;n=x": 9, "m=y;n=y": 9, "m=x": 4, "m=x;n=y": 4}
    told = rows_told({(row,): count for row, count in given.items()}, THRESHOLD, told_by_option(matrix))
    # Of y for n, four would follow; of nothing for n figures tell no number.
    assert told == {("m=x;n=x",): 9}


@given(_ROWS)
def test_what_is_kept_back_is_no_small_number_by_one_question_or_two(rows: dict[tuple[str, ...], int]) -> None:
    told = rows_told(rows, THRESHOLD)
    assert all(count == rows[row] >= THRESHOLD for row, count in told.items())
    for size in range(3):
        for columns in combinations(range(3), size):
            hidden, whole = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
            for row, count in rows.items():
                part = tuple(row[column] for column in columns)
                whole[part] += count
                hidden[part] += 0 if row in told else count
            assert not any(0 < hidden[part] < THRESHOLD and hidden[part] < whole[part] for part in whole)
