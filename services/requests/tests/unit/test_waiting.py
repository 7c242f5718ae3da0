# SPDX-License-Identifier: EUPL-1.2
"""How long a freed slot is held for one person of the waiting list."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis_requests.domain.waiting import offered_until

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ahead", "held", "until"),
    [
        (72 * HOUR, 24 * HOUR, NOW + 24 * HOUR),
        (20 * HOUR, 24 * HOUR, NOW + 16 * HOUR),
        (4.5 * HOUR, 24 * HOUR, NOW + HOUR / 2),
        (4.4 * HOUR, 24 * HOUR, None),
        (4.4 * HOUR, HOUR / 6, NOW + HOUR / 6),
        (72 * HOUR, 0 * HOUR, None),
        (-HOUR, 24 * HOUR, None),
    ],
)
def test_an_offer_ends_before_its_slot_and_leaves_time_to_answer(
    ahead: timedelta, held: timedelta, until: datetime | None
) -> None:
    assert offered_until(NOW + ahead, held, NOW) == until
