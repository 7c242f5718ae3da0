# SPDX-License-Identifier: EUPL-1.2
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.notice import LONGEST_RETRY_SECONDS, retry_seconds


def test_pauses_double_from_a_second_to_five_minutes_and_never_end() -> None:
    assert [retry_seconds(attempts, 1) for attempts in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert retry_seconds(10_000, 1) == LONGEST_RETRY_SECONDS == 300


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_three_quarters_of_a_pause_are_by_chance(attempts: int, chance: float) -> None:
    assert retry_seconds(attempts, 1) / 4 <= retry_seconds(attempts, chance) <= retry_seconds(attempts, 1)
