# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest

from parvis_requests.domain.retention import due_at


@pytest.mark.parametrize(
    ("ended", "months", "due"),
    [
        # Ended late in London: on the next day in Paris; kept through 20 December 2026, which is winter time.
        (datetime(2024, 12, 19, 23, 30, tzinfo=UTC), 24, datetime(2026, 12, 20, 23, tzinfo=UTC)),
        # A month without a 31st, and summer time at the end.
        (datetime(2026, 3, 31, 10, tzinfo=UTC), 6, datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (datetime(2024, 2, 29, 10, tzinfo=UTC), 12, datetime(2025, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_a_request_is_kept_through_the_last_day_of_its_time_in_paris(
    ended: datetime, months: int, due: datetime
) -> None:
    assert due_at(ended, months) == due
