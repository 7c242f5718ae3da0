# SPDX-License-Identifier: EUPL-1.2
"""Mails about appointments: what they say, and their calendar files, read back as calendars read them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event
from notifications_appointments import Appointment
from notifications_post import Post, merged
from notifications_sink import form

from parvis_notifications.domain.invitation import Invitation
from parvis_notifications.outgoing.invitation_format import calendar_bytes

WINTER = datetime(2030, 12, 10, 8, 30, tzinfo=UTC)
SUMMER = datetime(2031, 7, 1, 7, 0, tzinfo=UTC)
MEETING = Invitation(
    uid="u",
    sequence=0,
    cancelled=False,
    starts_at=WINTER,
    ends_at=WINTER,
    stamped_at=WINTER,
    summary="s",
    description="",
    location="",
)


def calendar_of(mail: EmailMessage) -> tuple[str, Event]:
    """The method and the only event of a mail's calendar file."""
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "rendez-vous.ics")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    # RFC 5545 section 3.1: lines end with CRLF and have at most 75 octets.
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    calendar = Calendar.from_ical(content)
    (event,) = calendar.events
    assert (calendar["VERSION"], calendar.errors, event.errors) == ("2.0", [], [])
    # The zone that comes with it, worked out from its own rules, says the same as the one that is meant.
    (zone,) = calendar.timezones
    for at in (event.start, event.end):
        assert isinstance(at, datetime)
        assert at.replace(tzinfo=zone.to_tz(lookup_tzid=False)).utcoffset() == at.utcoffset()
    # RFC 6047 section 2.4: the method stands in the type of the part as well.
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), event


async def all_told(post: Post, *about: Appointment, names: tuple[str, ...]) -> None:
    for each in about:
        for name in names:
            each.state = "cancelled" if name == "cancelled" else "booked"
            await post.hear(each.event(name))
            await post.compose()
    await post.send_mails()


@pytest.mark.parametrize(
    ("language", "at", "when", "subject"),
    [
        (
            "fr",
            WINTER,
            "mardi 10 décembre 2030 à 9 h 30",
            "Votre rendez-vous\N{NO-BREAK SPACE}: Passeport ; dépôt, retrait",
        ),
        ("en", SUMMER, "Tuesday 1 July 2031 at 9:00", "Your appointment: Passport; application, collection"),
    ],
)
async def test_who_books_has_it_by_mail_with_a_file_for_their_calendar(
    post: Post, language: str, at: datetime, when: str, subject: str
) -> None:
    meeting = Appointment(post, post.person("camille@example.org", language), at)
    await all_told(post, meeting, names=("booked",))
    (mail,) = post.sink.mails()
    assert mail["Subject"] == subject
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ").replace("day,", "day")
    lines = (when, "Mairie, rez-de-chaussée, Guichet 1", "Apportez une photo")
    assert [line for line in lines if line not in text] == []
    assert f"http://localhost:8080/v1/appointments/{meeting.id}" in text
    assert "<h1" in form(mail, "html")
    method, event = calendar_of(mail)
    assert (method, event["UID"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", str(meeting.id), 0, "CONFIRMED")
    assert (event.start, event.end) == (at, at + timedelta(minutes=20))
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event.stamp == datetime(2026, 11, 24, 14, 3, 40, tzinfo=UTC)
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (
        "mailto:ne-pas-repondre@ville.example", "Ville de Paris",
    )  # fmt: skip
    assert (event["ATTENDEE"], event["ATTENDEE"].params["PARTSTAT"]) == ("mailto:camille@example.org", "ACCEPTED")
    assert event["DESCRIPTION"] == "Apportez une photo, et l’ancien passeport.\nMerci."


@pytest.mark.parametrize(
    ("clock", "at", "when"),
    [
        ("Indian/Reunion", WINTER, "mardi 10 décembre 2030 à 12 h 30"),
        ("Indian/Reunion", SUMMER, "mardi 1er juillet 2031 à 11 h"),
        ("America/Martinique", WINTER, "mardi 10 décembre 2030 à 4 h 30"),
        ("America/Martinique", SUMMER, "mardi 1er juillet 2031 à 3 h"),
        ("America/Miquelon", WINTER, "mardi 10 décembre 2030 à 5 h 30"),
        ("America/Miquelon", SUMMER, "mardi 1er juillet 2031 à 5 h"),
    ],
)
async def test_an_appointment_overseas_is_at_the_time_that_clocks_show_there(
    post: Post, clock: str, at: datetime, when: str
) -> None:
    post.more["time_zones"] = {"paris": clock}
    meeting = Appointment(post, post.person("camille@example.org", "fr"), at)
    await all_told(post, meeting, names=("booked",))
    (mail,) = post.sink.mails()
    assert when in form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    _, event = calendar_of(mail)
    assert event["DTSTART"].params["TZID"] == clock
    assert isinstance(event.start, datetime)
    assert (event.start, event.start.replace(tzinfo=None)) == (at, at.astimezone(ZoneInfo(clock)).replace(tzinfo=None))


@pytest.mark.parametrize("clock", ["America/Miquelon", "Indian/Reunion", "Pacific/Noumea", "Pacific/Marquesas"])
def test_the_zone_in_a_calendar_file_is_right_beside_each_change_of_its_clocks(clock: str) -> None:
    zone = ZoneInfo(clock)
    for day in (
        datetime(2027, 3, 14, tzinfo=UTC),
        datetime(2027, 11, 7, tzinfo=UTC),
        datetime(2027, 12, 31, tzinfo=UTC),
    ):
        for hour in range(30):
            at = day + timedelta(hours=hour)
            meeting = replace(MEETING, starts_at=at, ends_at=at + timedelta(minutes=20))
            file = calendar_bytes(
                meeting, organizer="a@example.org", organizer_name="A", attendee="b@example.org", clock=zone
            )
            (told,) = Calendar.from_ical(file).timezones
            local = at.astimezone(zone)
            if local.fold == 0 and (local + timedelta(hours=1)).utcoffset() == local.utcoffset():
                assert local.replace(tzinfo=told.to_tz(lookup_tzid=False)).utcoffset() == local.utcoffset(), at


async def test_a_calendar_follows_the_appointment_to_its_end(post: Post) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    await all_told(post, meeting, names=("booked",))
    meeting.starts_at, meeting.reason = SUMMER, "Agent souffrant"
    await all_told(post, meeting, names=("moved",))
    meeting.reason = "Guichet fermé"
    await all_told(post, meeting, names=("cancelled",))
    mails = post.sink.mails()
    files = [calendar_of(mail) for mail in mails]
    assert [(method, event["SEQUENCE"], event["STATUS"]) for method, event in files] == [
        ("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, "CANCELLED"),
    ]  # fmt: skip
    assert {str(event["UID"]) for _, event in files} == {str(meeting.id)}
    assert [event.start for _, event in files] == [WINTER, SUMMER, SUMMER]
    assert "Motif : Agent souffrant" in form(mails[1], "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert "Motif : Guichet fermé" in form(mails[2], "plain").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        (
            "fr",
            "Un créneau s’est libéré\N{NO-BREAK SPACE}: Passeport ; dépôt, retrait",
            "réservé jusqu’au lundi 9 décembre 2030 à 9 h 30",
        ),
        ("en", "A time has become free: Passport; application, collection", "until Monday 9 December 2030 at 9:30"),
    ],
)
async def test_who_waits_is_told_of_a_slot_that_is_held_for_them_and_until_when(
    post: Post, language: str, subject: str, line: str
) -> None:
    meeting = Appointment(post, post.person("camille@example.org", language), WINTER)
    meeting.state, meeting.offer_ends_at = "offered", WINTER - timedelta(days=1)
    await post.hear(meeting.event("offered"))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"] == subject
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ").replace("day,", "day")
    assert line in " ".join(text.split())
    assert f"http://localhost:8080/v1/appointments/{meeting.id}" in text
    # Nothing stands in a calendar before it is taken; then all of it does.
    assert list(mail.iter_attachments()) == []
    assert [row["template"] for row in await post.rows("message")] == ["appointment-offered"]
    meeting.offer_ends_at = None
    await all_told(post, meeting, names=("booked",))
    assert calendar_of(post.sink.mails()[-1])[0] == "REQUEST"


@pytest.mark.parametrize("ends_at", [None, datetime(2026, 1, 1, tzinfo=UTC)])
async def test_an_offer_that_is_over_is_told_to_nobody(post: Post, ends_at: datetime | None) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    meeting.state, meeting.offer_ends_at = "offered", ends_at
    await post.hear(meeting.event("offered"))
    await post.compose()
    assert (await post.rows("message"), await post.rows("notice")) == ([], [])


async def test_what_has_changed_before_it_was_told_is_told_as_it_is(post: Post) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    booked = meeting.event("booked")
    meeting.starts_at = SUMMER
    moved = meeting.event("moved")
    for event in (booked, moved, booked):
        await post.hear(event)
        await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert calendar_of(mail)[1].start == SUMMER
    assert await post.rows("notice") == []


async def test_who_has_no_account_is_written_to_where_they_said(post: Post) -> None:
    reader = post.person()
    post.owners.reporters[reader.subject] = {"email": "lea@example.org", "language": "fr"}
    meeting = Appointment(post, reader, WINTER)
    booked = meeting.event("booked")
    del post.owners.contacts[reader.subject]
    await post.hear(booked)
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["To"] == "lea@example.org"
    assert calendar_of(mail)[1]["ATTENDEE"] == "mailto:lea@example.org"


async def test_a_mail_that_goes_twice_is_the_same_and_nothing_of_it_is_kept_in_the_clear(post: Post) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    post.sink.content_replies = ["451 4.3.0 later"]
    await all_told(post, meeting, names=("booked",))
    refused = await post.rows("delivery")
    assert [row["state"] for row in refused] == ["retry"]
    await post.due_now("delivery")
    await post.send_mails()
    await post.pool.execute("UPDATE delivery SET state = 'retry', sent_at = NULL, due_at = now()")
    await post.send_mails()
    first, second = post.sink.taken
    assert _but_trace(first) == _but_trace(second)
    tables = [await post.rows(table) for table in ("message", "delivery")]
    kept = json.dumps(tables, default=lambda value: value.decode("latin-1") if isinstance(value, bytes) else str(value))
    assert [word for word in ("Passeport", "Guichet", "2030-12-10", "example.org") if word in kept] == []


async def test_an_account_that_is_joined_to_another_takes_its_invitations_along(post: Post) -> None:
    absorbed, kept = post.person("old@example.org"), post.person("camille@example.org")
    meeting = Appointment(post, absorbed, WINTER)
    await post.hear(meeting.event("booked"))
    await post.compose()
    await post.hear(merged(absorbed, kept))
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert calendar_of(mail)[1]["ATTENDEE"] == "mailto:camille@example.org"


async def test_an_appointment_that_nobody_knows_is_a_recorded_failure(post: Post) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    booked = replace(meeting.event("booked"), id=uuid4())
    post.owners.appointments.clear()
    await post.hear(booked)
    await post.compose()
    assert [(row["state"], row["last_error"]) for row in await post.rows("notice")] == [
        ("failed", "appointment-unknown")
    ]


def _but_trace(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\r\n") if not line.startswith(b"X-Trace-Id")]


async def test_who_has_no_account_comes_back_to_it_by_the_request_that_they_track(post: Post) -> None:
    meeting = Appointment(post, post.person(), WINTER)
    meeting.tracked = {"request_id": str(uuid4()), "tracked_reference": "R-2026-7KQ4-XM7"}
    post.more = {"tracking_url": "https://ville.example/suivi/{reference}"}
    await all_told(post, meeting, names=("booked", "moved", "cancelled"))
    texts = [form(mail, "plain") for mail in post.sink.mails()]
    assert ["https://ville.example/suivi/R-2026-7KQ4-XM7" in text for text in texts] == [True] * 3
    assert [str(meeting.id) in text for text in texts] == [False] * 3
