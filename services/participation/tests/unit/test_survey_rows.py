# SPDX-License-Identifier: EUPL-1.2
from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.survey_rows import rows_told

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
