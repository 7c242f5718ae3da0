# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis_kit.clocks import PARIS
from parvis_participation.api.spoken_times import spoken_period


def test_a_page_says_the_day_by_the_towns_clocks() -> None:
    begins = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    ends = begins + timedelta(hours=1, minutes=30)
    assert spoken_period(begins, ends, "fr", PARIS) == "mardi 1er décembre 2026, de 0\xa0h\xa030 à 2\xa0h"
    assert spoken_period(begins, ends, "en", PARIS) == "Tuesday 1 December 2026, 0:30 to 2:00"
    assert spoken_period(begins - timedelta(hours=1), ends, "fr", PARIS) == (
        "du lundi 30 novembre 2026 à 23\xa0h\xa030 au mardi 1er décembre 2026 à 2\xa0h"
    )
    assert spoken_period(begins - timedelta(hours=1), ends, "en", PARIS) == (
        "Monday 30 November 2026 at 23:30 to Tuesday 1 December 2026 at 2:00"
    )


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("Indian/Reunion", "Friday 1 January 2027, 2:30 to 4:00"),
        ("America/Martinique", "Thursday 31 December 2026, 18:30 to 20:00"),
        ("Pacific/Tahiti", "Thursday 31 December 2026, 12:30 to 14:00"),
        ("Pacific/Noumea", "Friday 1 January 2027, 9:30 to 11:00"),
    ],
)
def test_the_year_ends_in_each_town_at_its_own_midnight(clock: str, words: str) -> None:
    begins = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert spoken_period(begins, begins + timedelta(hours=1, minutes=30), "en", ZoneInfo(clock)) == words


def test_clocks_that_go_back_in_between_are_told_as_they_show() -> None:
    begins = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    ends = begins + timedelta(hours=2)
    assert spoken_period(begins, ends, "en", PARIS) == "Sunday 25 October 2026, 1:30 to 2:30"
    assert spoken_period(begins, ends, "en", ZoneInfo("America/Miquelon")) == "Saturday 24 October 2026, 21:30 to 23:30"
