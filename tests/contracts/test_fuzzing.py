# SPDX-License-Identifier: EUPL-1.2
"""What the generator of cases cannot make is no finding; any other fault of a schema is."""

from typing import Any

import pytest
from fuzzing import or_another
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.errors import InvalidSchema
from schemathesis.specs.openapi import _hypothesis as generation


@st.composite
def cases(draw: st.DrawFn, why: str) -> int:
    def draw_case(number: int) -> int:
        if number % 2:
            raise InvalidSchema(why)
        return number

    made: Any = or_another(draw_case)(draw(st.integers(0, 9)))
    return int(made)


@settings(suppress_health_check=list(HealthCheck))
@given(cases("Cannot generate an array with 1 demanded elements"))
def test_a_case_that_cannot_be_made_is_drawn_anew(number: int) -> None:
    assert number % 2 == 0


def test_a_schema_that_is_wrong_stays_a_failure() -> None:
    @given(cases("no such reference"))
    def drawn(number: int) -> None:
        assert number % 2 == 0

    with pytest.raises(InvalidSchema, match="no such reference"):
        drawn()


def test_the_generator_draws_through_it() -> None:
    assert vars(generation)["_draw"].__name__ == "draw_or_reject"
