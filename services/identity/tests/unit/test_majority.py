# SPDX-License-Identifier: EUPL-1.2
from zoneinfo import ZoneInfo

import pytest

from parvis_identity.domain.behalf import of_age_at


@pytest.mark.parametrize(
    ("born", "clock", "at"),
    [
        ("2008-11-28", "Europe/Paris", "2026-11-27T23:00:00+00:00"),
        ("2008-07-14", "Europe/Paris", "2026-07-13T22:00:00+00:00"),
        ("2008-11-28", "Indian/Reunion", "2026-11-27T20:00:00+00:00"),
        ("2008-11-28", "America/Martinique", "2026-11-28T04:00:00+00:00"),
        ("2009-01-01", "Pacific/Tahiti", "2027-01-01T10:00:00+00:00"),
        ("2009-01-01", "Pacific/Noumea", "2026-12-31T13:00:00+00:00"),
        # Born on a day that the eighteenth year does not have; and on one in whose night clocks go forward.
        ("2008-02-29", "Europe/Paris", "2026-02-28T23:00:00+00:00"),
        ("2009-03-29", "Europe/Paris", "2027-03-28T22:00:00+00:00"),
    ],
)
def test_a_birthday_begins_at_midnight_of_the_town(born: str, clock: str, at: str) -> None:
    assert of_age_at(born, ZoneInfo(clock)).isoformat() == at
