# SPDX-License-Identifier: EUPL-1.2
"""A town that keeps Good Friday and Saint Stephen's day: wherever the law or the town counts its working days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import time_machine
from agendas import Agendas
from contesting import contesting
from requests_town import Town

# Good Friday of 2027 is 26 March; Easter Monday, a holiday everywhere, the 29th.
BEFORE_EASTER = datetime(2027, 3, 25, 10, tzinfo=UTC)
TWO_MONTHS_EARLIER = datetime(2027, 1, 25, 10, tzinfo=UTC)
KEEP = "UPDATE collectivity SET holidays = $1 WHERE collectivity = 'paris'"


@pytest.fixture
async def kept(request: pytest.FixtureRequest, town: Town) -> AsyncIterator[str]:
    """The holidays that the town keeps meanwhile."""
    pool = town.service.runtime.database.pool
    await pool.execute(KEEP, request.param)
    await town.publish(f"easter-{town.key()}")  # what the process has read of the catalogue is old now
    yield request.param
    await pool.execute(KEEP, "france")
    await town.publish(f"easter-{town.key()}")


@pytest.mark.parametrize(
    ("kept", "registered_by", "court_until", "open_on"),
    [
        ("france", datetime(2027, 3, 26, 23, tzinfo=UTC), "2027-03-26", [25, 26, 30]),
        ("alsace-moselle", datetime(2027, 3, 30, 22, tzinfo=UTC), "2027-03-30", [25, 30]),
    ],
    indirect=["kept"],
)
async def test_good_friday_counts_where_the_town_keeps_it(
    town: Town, kept: str, registered_by: datetime, court_until: str, open_on: list[int]
) -> None:
    desk, agendas = await contesting(town), Agendas(town)
    with time_machine.travel(TWO_MONTHS_EARLIER, tick=False):
        citizen, agent = town.service.citizen(), town.service.agent()
        contested = await desk.refused(citizen, agent)
        assert (await desk.lodged(citizen, contested))["due_on"] == court_until
    with time_machine.travel(BEFORE_EASTER, tick=False):
        citizen = town.service.citizen()
        request = await desk.filed(citizen)
        receipt = (await town.get(citizen, f"/v1/requests/{request['id']}/receipt")).json()
        assert datetime.fromisoformat(receipt["registration_due_at"]) == registered_by
    with time_machine.travel(datetime(2027, 3, 24, 10, tzinfo=UTC), tick=False):
        await agendas.counter()
        found = await agendas.slots(starts_after="2027-03-25T00:00:00Z", starts_before="2027-03-30T22:00:00Z")
        days = {datetime.fromisoformat(slot["starts_at"]).day for slot in found.json()["items"]}
    assert sorted(days) == open_on, kept
