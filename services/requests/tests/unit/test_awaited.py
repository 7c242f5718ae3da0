# SPDX-License-Identifier: EUPL-1.2
"""When somebody is reminded of documents, and when agents learn that they did not come."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from parvis_requests.domain.awaited import missed_at, reminded_at
from parvis_requests.domain.calendar import PARIS, Holidays

ASKED = datetime(2026, 12, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_on", "reminded", "missed"),
    [
        (date(2026, 12, 17), date(2026, 12, 14), date(2026, 12, 18)),
        (date(2026, 12, 19), date(2026, 12, 16), date(2026, 12, 21)),  # a Saturday: from Monday on it is missed
        (date(2026, 12, 28), date(2026, 12, 22), date(2026, 12, 29)),  # over Christmas and a week-end
        (date(2026, 12, 24), date(2026, 12, 21), date(2026, 12, 28)),
        (date(2026, 12, 10), None, date(2026, 12, 11)),  # asked three days before: nobody has forgotten it
    ],
)
def test_both_are_told_in_the_morning_of_a_working_day(due_on: date, reminded: date | None, missed: date) -> None:
    at = reminded_at(ASKED, due_on, Holidays.FRANCE, PARIS)
    assert at == (datetime(reminded.year, reminded.month, reminded.day, 9, tzinfo=PARIS) if reminded else None)
    assert missed_at(due_on, Holidays.FRANCE, PARIS) == datetime(missed.year, missed.month, missed.day, 9, tzinfo=PARIS)


def test_it_is_the_towns_morning_and_no_document_lacks_before_its_day_has_ended_in_paris() -> None:
    due_on, reunion, noumea = date(2026, 12, 17), ZoneInfo("Indian/Reunion"), ZoneInfo("Pacific/Noumea")
    assert reminded_at(ASKED, due_on, Holidays.FRANCE, reunion) == datetime(2026, 12, 14, 5, tzinfo=UTC)
    assert missed_at(due_on, Holidays.FRANCE, reunion) == datetime(2026, 12, 18, 5, tzinfo=UTC)
    assert missed_at(due_on, Holidays.FRANCE, noumea) == datetime(2026, 12, 17, 23, tzinfo=UTC)
