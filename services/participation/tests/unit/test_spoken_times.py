# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

from parvis_participation.api.spoken_times import spoken_period


def test_a_page_says_the_day_by_french_clocks() -> None:
    begins = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    ends = begins + timedelta(hours=1, minutes=30)
    assert spoken_period(begins, ends, "fr") == "mardi 1er décembre 2026, de 0\xa0h\xa030 à 2\xa0h"
    assert spoken_period(begins, ends, "en") == "Tuesday 1 December 2026, 0:30 to 2:00"
    assert spoken_period(begins - timedelta(hours=1), ends, "fr") == (
        "du lundi 30 novembre 2026 à 23\xa0h\xa030 au mardi 1er décembre 2026 à 2\xa0h"
    )
    assert spoken_period(begins - timedelta(hours=1), ends, "en") == (
        "Monday 30 November 2026 at 23:30 to Tuesday 1 December 2026 at 2:00"
    )
