# SPDX-License-Identifier: EUPL-1.2
import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.comparison import MOST, Change, MergeError, compared, merged

TEXTS = st.text(".,;!", max_size=12)  # each sign is compared by itself


def parts(before: str, after: str) -> list[tuple[str, str]]:
    return [(each.change, each.text) for each in compared(before, after)]


def test_words_and_signs_are_compared_and_not_letters() -> None:
    assert parts("Des bancs au soleil.", "Trois bancs, au soleil !") == [
        ("removed", "Des"), ("added", "Trois"), ("same", " bancs"), ("added", ","), ("same", " au soleil"),
        ("removed", "."), ("added", " !"),
    ]  # fmt: skip
    assert parts("", "") == []


def test_an_accent_is_a_part_of_its_letter_however_it_is_written() -> None:
    loose = "e\u0301te\u0301"
    assert parts(loose, "ete") == [("removed", "été"), ("added", "ete")]
    assert parts(f"un {loose}", "un été") == [("same", "un été")]
    assert merged(f"un {loose} sec", "un été sec", f"un {loose} froid") == "un été froid"


@given(TEXTS, TEXTS)
def test_both_texts_are_in_it_and_as_little_as_possible_is_told_as_changed(before: str, after: str) -> None:
    found = compared(before, after)
    assert "".join(each.text for each in found if each.change is not Change.ADDED) == before
    assert "".join(each.text for each in found if each.change is not Change.REMOVED) == after
    assert sum(len(each.text) for each in found if each.change is Change.SAME) == _common(before, after)


@cache
def _common(one: str, other: str) -> int:
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + _common(one[1:], other[1:])
    return max(_common(one[1:], other), _common(one, other[1:]))


def test_what_has_little_in_common_is_told_as_replaced_in_no_time() -> None:
    before, after = (" ".join(f"{name}{n * n % 7}" for n in range(3_000)) for name in "ab")
    began = time.process_time()
    assert [change for change, _ in parts(before, after)] == ["removed", "added"]
    assert time.process_time() - began < 2
    assert len(parts("x " * MOST, "x " * (MOST + MOST // 4))) == 2, "and what has much is not"


def test_two_changes_come_together_where_they_do_not_touch() -> None:
    base = "Des bancs au soleil, devant la mairie."
    assert merged(base, "Trois bancs au soleil, devant la mairie.", "Des bancs au soleil, devant la gare.") == (
        "Trois bancs au soleil, devant la gare."
    )
    with pytest.raises(MergeError):
        merged(base, "Des bancs au soleil, devant la poste.", "Des bancs au soleil, devant la gare.")


@given(TEXTS, TEXTS, TEXTS)
def test_merging_knows_no_order_and_loses_no_change(base: str, one: str, other: str) -> None:
    assert merged(base, one, base) == merged(base, base, one) == merged(base, one, one) == one
    try:
        both = merged(base, one, other)
    except MergeError:
        with pytest.raises(MergeError):
            merged(base, other, one)
    else:
        assert both == merged(base, other, one)
        assert len(both) - len(base) in range(-24, 25)
