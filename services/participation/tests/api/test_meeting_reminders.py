# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from meeting_town import announced
from participation_town import Town

from parvis_participation.service.free_places import free_places
from parvis_participation.service.keep_meetings import keep_meetings
from parvis_participation.service.remind_of_meetings import remind_of_meetings


async def look(town: Town, hours: float = 0, lead: int = 24) -> list[tuple[str, str]]:
    """What the worker does, that much later; who has been told what so far."""
    database, at = town.service.runtime.database, datetime.now(UTC) + timedelta(hours=hours)
    await remind_of_meetings(database, lead, at)
    await keep_meetings(database, town.service.runtime.persons, 30, at)
    rows = await database.pool.fetch("SELECT data FROM outbox WHERE type LIKE '%.meeting-news-told.%' ORDER BY id")
    told = [json.loads(row["data"]) for row in rows]
    return [(each["subject"], each["registrant"]) for each in told]


async def test_who_has_a_place_is_reminded_once_and_who_waits_is_not(town: Town) -> None:
    meeting = await announced(town, hours=48, places=1)
    ada, waiting = town.service.citizen(), town.service.citizen()
    for who in (ada, waiting):
        assert (await meeting.mine(who)).status_code == 200
    assert await look(town, 23) == []
    assert await look(town, 25, lead=0) == []
    for hours in (25, 26, 49):
        assert await look(town, hours) == [("reminder", ada.subject)]


async def test_a_meeting_that_is_put_off_is_reminded_of_anew_and_one_that_is_cancelled_is_not(town: Town) -> None:
    meeting, off = await announced(town, hours=30), await announced(town, hours=30)
    ada = town.service.citizen()
    for each in (meeting, off):
        assert (await each.mine(ada)).status_code == 200
    assert (await meeting.change(hours=80)).status_code == 200
    assert (await off.act("cancel")).status_code == 201
    told = [("changed", ada.subject), ("cancelled", ada.subject)]
    assert sorted(await look(town, 8)) == sorted(told)
    assert sorted(await look(town, 58)) == sorted([*told, ("reminder", ada.subject)])


async def test_who_registers_late_or_is_told_of_another_time_late_is_not_reminded_besides(town: Town) -> None:
    soon, moved = await announced(town, hours=3), await announced(town, hours=48)
    ada = town.service.citizen()
    for each in (soon, moved):
        assert (await each.mine(ada)).status_code == 200
    await town.service.runtime.database.pool.execute(
        "UPDATE meeting_registration SET created_at = now() - interval '3 days' WHERE meeting_id = $1", UUID(moved.id)
    )
    assert (await moved.change(hours=5)).status_code == 200
    assert await look(town) == [("changed", ada.subject)]


async def test_a_meeting_that_is_cancelled_before_the_reminder_has_gone_is_not_reminded_of(town: Town) -> None:
    meeting, ada = await announced(town, hours=30), town.service.citizen()
    await meeting.mine(ada)
    database = town.service.runtime.database
    assert await remind_of_meetings(database, 24, datetime.now(UTC) + timedelta(hours=8)) == 1
    await meeting.act("cancel")
    assert await look(town, 8) == [("cancelled", ada.subject)]


async def test_the_place_of_somebody_who_was_erased_goes_to_who_waits(town: Town) -> None:
    meeting, full = await announced(town, places=1), await announced(town, places=1)
    gone, waiting, other = (town.service.citizen() for _ in range(3))
    for who in (gone, waiting, other):
        assert (await meeting.mine(who)).status_code == 200
    await full.mine(other)
    runtime = town.service.runtime
    await runtime.persons.destroy(UUID(gone.subject))
    assert await free_places(runtime.database, runtime.persons, datetime.now(UTC)) == 1
    assert [await meeting.state(who) for who in (waiting, other)] == ["registered", "waiting"]
    assert await look(town) == [("place-found", waiting.subject)]
    assert await free_places(runtime.database, runtime.persons, datetime.now(UTC)) == 0
    assert [(await each.read())["places_left"] for each in (meeting, full)] == [0, 0]
