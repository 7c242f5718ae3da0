# SPDX-License-Identifier: EUPL-1.2
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.reference import new_reference, normal_reference

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_reference_reads_back_whatever_the_case_and_the_confused_letters() -> None:
    reference = new_reference("R", 2026)
    prefix, digits = reference[:7], reference[7:]
    assert normal_reference(f" {reference.lower()} ") == reference
    assert normal_reference(prefix + digits.replace("0", "o").replace("1", "l")) == reference


@given(st.integers(0, 6), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(place: int, char: str) -> None:
    reference = new_reference("R", 2026)
    body = reference[7:].replace("-", "")
    wrong = body[:place] + char + body[place + 1 :]
    expected = reference if wrong == body else None
    assert normal_reference(f"R-2026-{wrong[:4]}-{wrong[4:]}") == expected


@given(st.integers(0, 5))
def test_two_swapped_neighbours_are_noticed(place: int) -> None:
    reference = new_reference("R", 2026)
    body = list(reference[7:].replace("-", ""))
    body[place], body[place + 1] = body[place + 1], body[place]
    swapped = "".join(body)
    expected = reference if swapped == reference[7:].replace("-", "") else None
    assert normal_reference(f"R-2026-{swapped[:4]}-{swapped[4:]}") == expected
