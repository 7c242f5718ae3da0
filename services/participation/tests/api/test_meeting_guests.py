# SPDX-License-Identifier: EUPL-1.2
"""People register for public meetings without an account."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from guest_town import HOLD, ask, asked, contact, erased, forgotten, mails, press, release, told
from meeting_town import announced
from participation_town import Town

from parvis_participation.api import meeting_guests as api
from parvis_participation.db import meeting_guests
from parvis_participation.service.keep_meetings import keep_meetings
from parvis_participation.service.remind_of_meetings import remind_of_meetings


async def test_a_place_is_held_until_the_link_is_followed_and_the_button_alone_keeps_it(town: Town) -> None:
    meeting = await announced(town, places=4)
    answer = await ask(meeting, key="0123456789-a-secret-key")
    assert (answer.status_code, answer.json()) == (202, {"meeting_id": meeting.id, "minutes_to_confirm": HOLD})
    again = await ask(meeting, key="0123456789-a-secret-key")
    assert again.headers["idempotency-replayed"] == "true"
    (mail,) = await mails(town)
    assert set(mail) == {
        "news_id", "meeting_id", "collectivity", "subject", "registrant", "begins_at", "occurred_at", "sequence",
    }  # fmt: skip
    found = (await contact(town, mail["registrant"])).json()
    assert (found["email"], found["language"], found["confirmed"]) == ("ada@example.org", "fr", False)
    assert ((await meeting.read())["places_left"], await meeting.listed()) == (3, [])
    link = "/meeting-registration?token=" + found["link"].split("token=")[1]
    for _ in range(2):
        shown = await town.client.get(link, headers={"Accept-Language": "en"})
        assert (shown.status_code, "Confirm my registration" in shown.text) == (200, True)
    assert not (await contact(town, mail["registrant"])).json()["confirmed"], "programs open links, too"
    for _ in range(2):
        done = await press(town, link)
        assert (done.status_code, "Vous avez une place" in done.text) == (200, True)
    assert (await contact(town, mail["registrant"])).json()["confirmed"]
    assert await release(town) == 0
    assert [each["name"] for each in await meeting.listed()] == ["Ada Lovelace"]
    stored = await town.service.runtime.database.pool.fetchrow("SELECT * FROM meeting_guest")
    sealed = [value.lower() for value in stored.values() if isinstance(value, bytes)]
    assert sealed
    assert not [value for value in sealed if b"lovelace" in value or b"example.org" in value]
    calendar = await town.client.get(f"{meeting.public}/files/calendar.ics")
    assert f"{meeting.public}/files/calendar.ics" in done.text
    assert calendar.status_code == 200


async def test_what_nobody_confirms_in_time_is_given_back_and_forgotten(town: Town) -> None:
    meeting, bob = await announced(town, places=1), town.service.citizen()
    link, (mail,) = await asked(meeting), await mails(town)
    assert (await meeting.mine(bob)).json()["state"] == "waiting"
    assert await release(town, HOLD - 1) == 0
    assert await forgotten(town) == []
    assert await release(town) == 1
    assert await release(town) == 0
    assert await forgotten(town) == [mail["registrant"]], "where they were written to as well"
    assert await meeting.state(bob) == "registered"
    assert await told(town) == [("place-found", bob.subject)]
    assert [(await town.client.get(link)).status_code, (await press(town, link)).status_code] == [404, 404]
    assert (await contact(town, mail["registrant"])).status_code == 404
    assert (await town.count("meeting_guest"), await town.count("meeting_registration")) == (0, 1)
    assert await erased(town, mail["registrant"])


async def test_a_link_is_of_no_use_once_its_time_is_over_before_anybody_looks(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await asked(await announced(town))
    monkeypatch.setattr(api, "now", lambda: datetime.now(UTC) + timedelta(minutes=HOLD + 1))
    assert (await town.client.get(link)).status_code == 404
    assert (await press(town, link)).status_code == 404
    assert await town.count("meeting_guest") == 1


async def test_who_withdraws_by_the_link_gives_the_place_to_who_waits_and_is_forgotten(town: Town) -> None:
    meeting = await announced(town, places=2)
    links = []
    for name in ("ada", "bob", "cyd"):
        links.append(await asked(meeting, f"{name}@example.org", name))
        assert (await press(town, links[-1])).status_code == 200
    ada, _, cyd = [mail["registrant"] for mail in await mails(town)]
    waiting = await town.client.get(links[2])
    assert "0 avant vous" in waiting.text
    done = await press(town, links[0], "withdraw")
    assert (done.status_code, "Vous êtes désinscrit" in done.text) == (200, True)
    assert (await press(town, links[0], "withdraw")).status_code == 404
    assert await told(town) == [("place-found", cyd)]
    assert {each["name"] for each in await meeting.listed()} == {"bob", "cyd"}
    assert await erased(town, ada)
    assert await forgotten(town) == [ada]
    assert await town.count("meeting_guest") == 2


async def test_who_waits_unconfirmed_has_no_place_until_they_confirm(town: Town) -> None:
    meeting, ada, bob = await announced(town, places=2), town.service.citizen(), town.service.citizen()
    for who in (ada, bob):
        assert (await meeting.mine(who)).status_code == 200
    link = await asked(meeting)
    assert (await meeting.mine(ada, "DELETE")).status_code == 204
    assert (await meeting.read())["places_left"] == 1
    assert await told(town) == []
    assert "Vous avez une place" in (await press(town, link)).text
    assert (await meeting.read())["places_left"] == 0
    assert [subject for subject, _ in await told(town)] == ["place-found"]


async def test_who_asks_again_too_late_registers_anew_and_each_mail_gives_as_long_as_the_first(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await announced(town, places=4)
    link, (first,) = await asked(meeting), await mails(town)
    monkeypatch.setattr(api, "now", lambda: datetime.now(UTC) + timedelta(minutes=HOLD - 1))
    assert (await ask(meeting)).status_code == 202
    assert await release(town) == 0
    monkeypatch.setattr(api, "now", lambda: datetime.now(UTC) + timedelta(minutes=2 * HOLD))
    assert (await town.client.get(link)).status_code == 404
    again = await asked(meeting)
    assert (await town.client.get(again)).status_code == 200
    assert (await town.client.get(link)).status_code == 404
    assert (await meeting.read())["places_left"] == 3
    assert await erased(town, first["registrant"])


async def test_who_confirms_while_places_are_given_back_keeps_theirs_and_holds_up_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await announced(town, places=8)
    ada = await asked(meeting)
    bob = await asked(meeting, "bob@example.org")
    await asked(meeting, "cyd@example.org")
    looked_up = meeting_guests.late

    async def late(*about: Any) -> Any:
        rows = await looked_up(*about)
        await press(town, ada)
        await press(town, bob, "withdraw")
        return rows

    monkeypatch.setattr(meeting_guests, "late", late)
    assert await release(town) == 1
    assert (await meeting.read())["places_left"] == 7


async def test_who_registers_does_not_wait_behind_somebody_who_has_not_confirmed(town: Town) -> None:
    meeting, ada, bob, cyd = await announced(town, places=2), *(town.service.citizen() for _ in range(3))
    for who in (ada, bob):
        assert (await meeting.mine(who)).status_code == 200
    link = await asked(meeting)
    assert (await meeting.mine(ada, "DELETE")).status_code == 204
    assert (await meeting.mine(cyd)).json()["state"] == "registered"
    assert "liste d’attente" in (await press(town, link)).text
    assert (await meeting.mine(ada)).json()["state"] == "waiting"


async def test_who_confirmed_is_told_and_reminded_as_others_are_and_who_did_not_is_not(town: Town) -> None:
    meeting = await announced(town, places=8)
    await press(town, await asked(meeting))
    await asked(meeting, "bob@example.org")
    ada = (await mails(town))[0]["registrant"]
    assert (await meeting.change(hours=50, places=8)).status_code == 200
    runtime = town.service.runtime
    await keep_meetings(runtime.database, runtime.persons, 30, datetime.now(UTC))
    at = datetime.now(UTC) + timedelta(hours=27)
    await remind_of_meetings(runtime.database, 24, at)
    await keep_meetings(runtime.database, runtime.persons, 30, at)
    assert await told(town) == [("changed", ada), ("reminder", ada)]


@pytest.mark.parametrize("told_before", [True, False])
async def test_who_confirms_after_a_meeting_was_put_off_is_told_once_and_reads_the_new_day(
    town: Town, told_before: bool
) -> None:
    meeting, runtime = await announced(town, places=8), town.service.runtime
    link, now = await asked(meeting), datetime.now(UTC)
    changes = {"begins_at": "2126-12-08T08:30:00Z", "ends_at": "2126-12-08T10:00:00Z"}
    assert (await meeting.change(places=8, place={"fr": "Salle <B>", "en": "Room B"}, **changes)).status_code == 200
    if told_before:
        await keep_meetings(runtime.database, runtime.persons, 30, now)
    assert await told(town) == []
    for page in (await town.client.get(link), await press(town, link)):
        assert "dimanche 8 décembre 2126, de 9\xa0h\xa030 à 11\xa0h<br>Salle &lt;B&gt;" in page.text
    await keep_meetings(runtime.database, runtime.persons, 30, now)
    await press(town, link)
    assert await told(town) == [("changed", (await mails(town))[0]["registrant"])]


async def test_who_came_is_noted_and_all_is_forgotten_some_time_after(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await announced(town)
    link = await asked(meeting)
    await press(town, link)
    (mail,), (row,) = await mails(town), await meeting.listed()
    later: Any = lambda: datetime.now(UTC) + timedelta(hours=49)  # noqa: E731
    monkeypatch.setattr("parvis_participation.api.meeting_preparation.now", later)
    monkeypatch.setattr(api, "now", later)
    noted = await meeting.send(
        "PUT", "/attendances", {"attendances": [{"registration_id": row["id"], "came": True}], "walk_ins": 0}
    )
    assert (noted.status_code, noted.json()["came"]) == (200, 1)
    late = await press(town, link, "withdraw")
    assert "La réunion a commencé" in late.text
    runtime = town.service.runtime
    await keep_meetings(runtime.database, runtime.persons, 30, datetime.now(UTC) + timedelta(days=34))
    assert (await town.count("meeting_guest"), await town.count("meeting_registration")) == (0, 0)
    assert await erased(town, mail["registrant"])
    assert await forgotten(town) == [mail["registrant"]]
    assert (await meeting.read())["came"] == 1


async def test_guests_are_forgotten_some_at_a_time_and_stay_so_where_that_is_interrupted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, runtime = await announced(town, places=8), town.service.runtime
    for name in ("ada", "bob", "cyd"):
        await asked(meeting, f"{name}@example.org", name)
    destroy, gone, at = runtime.persons.destroy, list[UUID](), datetime.now(UTC) + timedelta(days=34)

    async def two(person: UUID) -> None:
        if len(gone) == 2:
            raise TimeoutError
        gone.append(person)
        await destroy(person)

    monkeypatch.setattr("parvis_participation.service.keep_meetings._BATCH", 2)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(runtime.persons, "destroy", two)
        with pytest.raises(TimeoutError):
            await keep_meetings(runtime.database, runtime.persons, 30, at)
    assert await town.count("meeting_guest") == 1
    await keep_meetings(runtime.database, runtime.persons, 30, at)
    assert (await town.count("meeting_guest"), await town.count("meeting_registration")) == (0, 0)


async def test_addresses_are_told_to_services_alone(town: Town) -> None:
    await asked(await announced(town))
    person = (await mails(town))[0]["registrant"]
    path = f"/internal/v1/meeting-guests/{person}?collectivity=paris"
    assert (await town.client.get(path)).status_code == 404, "not at the public port"
    for who in (town.service.agent(), town.service.citizen()):
        assert (await town.service.internal.get(path, headers=who.headers)).status_code == 403
    assert (await contact(town, person, collectivity="lutece")).status_code == 404
