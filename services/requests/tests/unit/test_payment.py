# SPDX-License-Identifier: EUPL-1.2
"""What a request costs with the answers that were given."""

from typing import Any

import pytest

from parvis_requests.domain.payment import MOST_CENTS, Fee

STALL = Fee("stall", frozenset({"filed"}), 450, times="metres")


@pytest.mark.parametrize(("metres", "cents"), [(3, 1_350), (3.0, 1_350), (1e300, int(1e300) * 450), (0, 0), (0.0, 0)])
def test_an_integer_is_one_however_it_is_written(metres: float, cents: int) -> None:
    assert STALL.amount({"metres": metres}) == cents
    assert STALL.can_be_paid({"metres": metres}) is (0 < cents <= MOST_CENTS)


@pytest.mark.parametrize("metres", [None, True, False, -1, -0.5, 2.5, float("inf"), float("nan"), "3", [3], {}])
def test_what_is_no_number_of_things_is_not_free(metres: Any) -> None:
    assert STALL.amount({"metres": metres}) is None
    assert not STALL.can_be_paid({"metres": metres})
    assert STALL.amount({}) is None
