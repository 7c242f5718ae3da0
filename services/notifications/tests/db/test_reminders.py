# SPDX-License-Identifier: EUPL-1.2
"""Reminders follow what they are about: told once at their time, moved and dropped with it, never of what is past."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from notifications_appointments import Appointment
from notifications_post import Post, event
from notifications_sink import form

from parvis_kit.messaging.events import Event
from parvis_notifications.domain.notice import day_of
from parvis_notifications.service.ring_reminders import ring_reminders
from parvis_notifications.service.templates import spoken_day
from parvis_testing import Caller


def soon(**ahead: int) -> datetime:
    return datetime.now(UTC) + timedelta(**ahead)


async def told(post: Post, **changes: int) -> list[str]:
    """The reminders that have gone as mails, after those that are due were rung; by their occasion."""
    await ring_reminders(post.pool, post.settings(**changes))
    await post.compose()
    await post.send_mails()
    rows = await post.pool.fetch("SELECT template FROM message WHERE template LIKE '%reminder' ORDER BY created_at")
    return [row["template"] for row in rows]


async def test_a_person_is_reminded_once_at_the_time_that_the_appointment_names(post: Post) -> None:
    meeting = Appointment(post, post.person(), soon(hours=20))
    booked = meeting.event("booked", soon(hours=1))
    await post.hear(booked)
    assert await told(post) == []
    await post.due_now("reminder")
    rung = await asyncio.gather(*(ring_reminders(post.pool, post.settings()) for _ in range(3)))
    assert sorted(rung) == [0, 0, 1]
    assert await told(post) == ["appointment-reminder"]
    await post.hear(booked)
    assert await told(post) == ["appointment-reminder"]
    _, mail = post.sink.mails()
    assert mail["Subject"].startswith("Rappel\N{NO-BREAK SPACE}: Passeport ; dépôt, retrait, ")
    assert "Mairie, rez-de-chaussée, Guichet 1" in form(mail, "plain")
    assert mail["List-Unsubscribe"] is not None


async def test_a_reminder_moves_and_goes_with_its_appointment(post: Post) -> None:
    moved, gone = (Appointment(post, post.person(), soon(days=3)) for _ in range(2))
    for meeting in (moved, gone):
        await post.hear(meeting.event("booked", soon(days=2)))
    early = moved.event("moved", soon(days=5))
    late = moved.event("moved", soon(days=9))
    for each in (late, early):  # one of them was dead-lettered, mended and sent again
        await post.hear(each)
    (kept, _) = await post.pool.fetch("SELECT due_at, sequence FROM reminder ORDER BY sequence DESC")
    assert (kept["sequence"], kept["due_at"] > soon(days=8)) == (3, True)
    gone.state = "cancelled"
    await post.hear(gone.event("cancelled"))
    await post.due_now("reminder")
    await told(post)
    reminded = await post.pool.fetch("SELECT person FROM message WHERE template = 'appointment-reminder'")
    assert [str(row["person"]) for row in reminded] == [moved.person.subject]


async def test_after_a_standstill_what_is_past_is_dropped_and_the_rest_comes_bit_by_bit(post: Post) -> None:
    ahead = [Appointment(post, post.person(), soon(hours=1 + each)) for each in range(5)]
    past = [Appointment(post, post.person(), soon(hours=-1)) for _ in range(2)]
    for meeting in (*past, *ahead):
        await post.hear(meeting.event("booked", meeting.starts_at - timedelta(days=1)))
    assert len(await told(post, reminder_batch=4)) == 2
    assert len(await told(post, reminder_batch=4)) == 5
    assert await post.pool.fetchval("SELECT count(*) FROM reminder") == 0


async def test_nobody_is_reminded_of_what_has_changed_or_begun_since_it_rang(post: Post) -> None:
    changed, begun = (Appointment(post, post.person(), soon(hours=2)) for _ in range(2))
    for meeting in (changed, begun):
        await post.hear(meeting.event("booked", soon(hours=-1)))
    assert await ring_reminders(post.pool, post.settings()) == 2
    changed.event("moved")  # the event is still on its way
    begun.starts_at = soon(hours=-1)
    post.owners.appointments[str(begun.id)] = begun.answer()
    assert await told(post) == []
    assert await post.rows("notice") == []


async def test_quiet_hours_or_a_relay_that_is_down_send_no_reminder_after_the_event(post: Post) -> None:
    quiet, stuck = post.person(), post.person()
    now = datetime.now(UTC)
    hours = {"begins": f"{now - timedelta(hours=1):%H:%M}", "ends": f"{now + timedelta(hours=5):%H:%M}"}
    chosen: dict[str, Any] = {"language": None, "quiet_hours": hours | {"time_zone": "UTC"}, "topics": []}
    answer = await post.client.put(
        "/v1/notification-preferences", json=chosen, headers=quiet.headers | {"If-Match": '"0"'}
    )
    assert answer.status_code == 200, answer.text
    meetings = [Appointment(post, person, soon(hours=2)) for person in (quiet, stuck)]
    for meeting in meetings:
        await post.hear(meeting.event("booked", soon(hours=-1)))
    await ring_reminders(post.pool, post.settings())
    await post.compose()
    rows = await post.pool.fetch(
        "SELECT m.person, d.outcome, d.reason FROM delivery_decision d JOIN message m ON m.id = d.message_id"
        " WHERE m.template = 'appointment-reminder'"
    )
    assert {(str(row["person"]), row["outcome"], row["reason"]) for row in rows} == {
        (quiet.subject, "withheld", "too-late"),
        (stuck.subject, "sent", "default"),
    }
    await post.pool.execute("UPDATE delivery SET useless_at = now() WHERE useless_at IS NOT NULL")
    await post.send_mails()
    failed = await post.pool.fetch("SELECT last_reply FROM delivery WHERE state = 'failed'")
    assert [row["last_reply"] for row in failed] == ["too-late"]
    assert not [mail for mail in post.sink.mails() if mail["Subject"].startswith("Rappel")]


def granted(post: Post, person: Caller, sequence: int = 4, **changes: Any) -> Event:
    """That what they were granted holds for a month more, of which they are reminded now, or as is said."""
    day, at = day_of(soon(days=30)), soon(hours=-1).isoformat()
    said: dict[str, Any] = {
        "author": person.subject,
        "sequence": sequence,
        "valid_until_on": day.isoformat(),
        "remind_at": at,
    }
    told = event("validity-set", **(said | changes))
    if told.data["valid_until_on"]:
        post.owners.validities[told.data["request_id"]] = told.data["valid_until_on"]
    else:
        post.owners.validities.pop(told.data["request_id"], None)
    return told


async def test_a_person_is_reminded_of_the_end_of_what_they_were_granted(post: Post) -> None:
    person = post.person()
    said = granted(post, person)
    await post.hear(said)
    assert await told(post) == ["validity-reminder"]
    assert await told(post) == ["validity-reminder"], "once"
    (mail,) = post.sink.mails()
    day = spoken_day(date.fromisoformat(said.data["valid_until_on"]), "fr")
    assert mail["Subject"] == f"Permis\N{NO-BREAK SPACE}: valable jusqu’au {day} ({said.data['reference']})"
    assert said.data["request_id"] in form(mail, "plain"), "the link leads to the request"


async def test_the_reminder_of_a_grant_moves_with_its_day_and_goes_with_it(post: Post) -> None:
    moved, gone, raced = (post.person() for _ in range(3))
    first, last, late = granted(post, moved), granted(post, gone), granted(post, raced)
    for each in (first, last, late):
        await post.hear(each)
    again = {"request_id": first.data["request_id"], "remind_at": soon(days=9).isoformat()}
    await post.hear(granted(post, moved, 5, **again))
    await post.hear(granted(post, gone, 5, request_id=last.data["request_id"], valid_until_on=None, remind_at=None))
    post.owners.validities.pop(late.data["request_id"])  # taken back, the event of which is still on its way
    assert await told(post) == []
    assert [str(row["person"]) for row in await post.pool.fetch("SELECT person FROM reminder")] == [moved.subject]
    assert await post.rows("notice") == []
