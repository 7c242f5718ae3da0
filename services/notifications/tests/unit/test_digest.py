# SPDX-License-Identifier: EUPL-1.2
"""When what is gathered goes, and what is gathered at all."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.digest import DigestTime, Rhythm, gatherable
from parvis_notifications.domain.errors import UnknownTimeZoneError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Preferences, Reach
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import ASKED_FOR, LEGAL, Channel, Topic

PARIS = ZoneInfo("Europe/Paris")
MAIL = Reach({Channel.EMAIL: "camille@example.org"})
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - with one


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("at", "rhythm", "now", "wanted"),
    [
        (time(18), Rhythm.DAILY, paris(2026, 11, 27, 9), paris(2026, 11, 27, 18)),
        (time(18), Rhythm.DAILY, paris(2026, 11, 27, 18), paris(2026, 11, 28, 18)),
        (time(18), Rhythm.WEEKLY, paris(2026, 11, 27, 9), paris(2026, 11, 30, 18)),
        (time(18), Rhythm.WEEKLY, paris(2026, 11, 30, 9), paris(2026, 11, 30, 18)),
        (time(18), Rhythm.WEEKLY, paris(2026, 11, 30, 18), paris(2026, 12, 7, 18)),
        # Over both changes of the clocks the hour is that of the clocks.
        (time(8), Rhythm.DAILY, paris(2026, 3, 28, 9), paris(2026, 3, 29, 8)),
        (time(8), Rhythm.DAILY, paris(2026, 10, 24, 9), paris(2026, 10, 25, 8)),
        # An hour that there is not, and one that there is twice.
        (time(2, 30), Rhythm.DAILY, paris(2026, 3, 28, 9), paris(2026, 3, 29, 3, 30)),
        (time(2, 30), Rhythm.DAILY, paris(2026, 10, 24, 9), paris(2026, 10, 25, 2, 30)),
        (time(2, 30), Rhythm.DAILY, paris(2026, 10, 25, 2, 30), paris(2026, 10, 26, 2, 30)),
    ],
)
def test_it_goes_at_the_hour_that_clocks_show(at: time, rhythm: Rhythm, now: datetime, wanted: datetime) -> None:
    assert DigestTime(at).next_after(now, rhythm) == wanted.astimezone(UTC)


@given(INSTANTS, st.times().map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 6))
def test_it_goes_once_a_day_or_a_week_whatever_the_clocks_do(now: datetime, at: time, weekday: int) -> None:
    when = DigestTime(at, weekday, "Europe/Paris")
    for rhythm, days in ((Rhythm.DAILY, 1), (Rhythm.WEEKLY, 7)):
        first = when.next_after(now, rhythm)
        second = when.next_after(first, rhythm)
        assert now < first <= now + timedelta(days=days, hours=2)
        assert second.astimezone(PARIS).date() - first.astimezone(PARIS).date() == timedelta(days=days)


@pytest.mark.parametrize("town", ["Indian/Reunion", "America/Martinique", "Europe/Paris"])
@pytest.mark.parametrize("month", [3, 10])
def test_who_chose_no_hour_has_it_at_eight_by_their_own_clocks_else_the_town_s(town: str, month: int) -> None:
    clock = ZoneInfo(town)
    # The last Sundays of March and October: the clocks of Paris change.
    for day in range(24, 32):
        now = datetime(2026, month, day, 7, 30, tzinfo=clock)
        eight = now.replace(hour=8, minute=0)
        assert Preferences().next_digest(Rhythm.DAILY, now, town) == eight.astimezone(UTC)
        chosen = Preferences(digests={Topic.REQUESTS: Rhythm.DAILY})
        (made,) = chosen.decide(Template.REQUEST_TAKEN, Reach(MAIL.addresses, time_zone=town), now)
        assert made.not_before == eight.astimezone(UTC)
    own = Preferences(quiet_hours=QuietHours(time(22), time(7), "Pacific/Noumea"))
    goes = own.next_digest(Rhythm.DAILY, now, town).astimezone(ZoneInfo("Pacific/Noumea"))
    assert (goes.hour, goes.minute) == (8, 0)


def test_there_is_no_such_time_zone() -> None:
    with pytest.raises(UnknownTimeZoneError):
        DigestTime(time_zone="Paris")


@pytest.mark.parametrize("occasion", Template)
def test_what_the_law_has_sent_or_somebody_asked_for_waits_for_no_others(occasion: Template) -> None:
    every = Preferences(digests=dict.fromkeys(Topic, Rhythm.WEEKLY))
    (made,) = every.decide(occasion, MAIL, paris(2026, 11, 27, 9))
    assert (made.outcome == "gathered") == gatherable(occasion)
    if occasion in LEGAL or occasion in ASKED_FOR:
        assert made.outcome == "sent"


def test_what_is_of_no_use_by_then_or_pressing_goes_by_itself_and_only_mails_are_gathered() -> None:
    now, occasion = paris(2026, 11, 27, 9), Template.REQUEST_TAKEN
    both = (Channel.EMAIL, Channel.SMS)
    chosen = Preferences(choices={Topic.REQUESTS: both}, digests={Topic.REQUESTS: Rhythm.DAILY})
    reach = Reach({Channel.EMAIL: "a@example.org", Channel.SMS: "+33639980001"}, offered=both)
    assert [each.outcome for each in chosen.decide(occasion, reach, now)] == ["gathered", "sent"]
    soon = chosen.decide(occasion, reach, now, now + timedelta(hours=5))
    assert [each.outcome for each in soon] == ["sent", "sent"]
    assert chosen.decide(occasion, reach, now, pressing=True)[0].outcome == "sent"


def test_the_usual_hour_is_by_the_clocks_of_the_quiet_hours() -> None:
    quiet = QuietHours(time(22), time(7), "Indian/Reunion")
    chosen = Preferences(quiet_hours=quiet, digests={Topic.REQUESTS: Rhythm.DAILY})
    (made,) = chosen.decide(Template.REQUEST_TAKEN, MAIL, paris(2026, 11, 27, 9))
    assert made.not_before == datetime(2026, 11, 28, 4, tzinfo=UTC)
