# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from parvis_notifications.domain.errors import EmptyQuietHoursError, UnknownTimeZoneError
from parvis_notifications.domain.quiet_hours import QuietHours

# How long it takes to make cases up says how busy the machine is, and nothing of the rules.
PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])
PARIS = "Europe/Paris"
NIGHT = QuietHours(time(22), time(7), PARIS)
MOMENTS = st.integers(315_532_800, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
# Also those that moved by half an hour, by two hours, or left out a day.
ZONES = st.sampled_from(
    [PARIS, "UTC", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Asia/Kathmandu"]
)
MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PARIS), fold=fold)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-11-25T21:59:59", None),
        ("2026-11-25T22:00:00", "2026-11-26T07:00"),
        ("2026-11-26T06:59:59", "2026-11-26T07:00"),
        ("2026-11-26T07:00:00", None),
    ],
)
def test_the_night_lasts_until_the_morning_by_the_clocks_of_the_place(now: str, over: str | None) -> None:
    assert NIGHT.over_at(paris(now)) == (over and paris(over))


def test_a_night_in_which_clocks_change_ends_at_the_same_time_on_them() -> None:
    forward, back = NIGHT.over_at(paris("2026-03-28T23:00")), NIGHT.over_at(paris("2026-10-24T23:00"))
    assert forward == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert back == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_an_end_that_clocks_leave_out_comes_when_they_have_passed_it() -> None:
    quiet = QuietHours(time(22), time(2, 30), PARIS)
    for now in ("2026-03-28T23:00", "2026-03-29T01:59"):
        assert quiet.over_at(paris(now)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_end_that_clocks_show_twice_is_the_next_of_the_two() -> None:
    quiet = QuietHours(time(22), time(2, 30), PARIS)
    assert quiet.over_at(paris("2026-10-25T02:10", fold=0)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet.over_at(paris("2026-10-25T02:10", fold=1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@PATIENT
@given(MINUTES, MINUTES, ZONES, MOMENTS)
def test_a_message_waits_at_most_a_day_and_a_change_of_clocks_and_then_may_go(
    begins: time, ends: time, zone: str, now: datetime
) -> None:
    assume(begins != ends)
    quiet = QuietHours(begins, ends, zone)
    over_at = quiet.over_at(now)
    if over_at is None:
        assert not quiet.cover(now)
    else:
        assert now < over_at <= now + timedelta(hours=50 if zone == "Pacific/Apia" else 26)
        assert not quiet.cover(over_at)


@PATIENT
@given(MINUTES, MINUTES, ZONES, MOMENTS)
def test_each_instant_is_in_the_hours_or_in_the_rest_of_the_day(
    begins: time, ends: time, zone: str, now: datetime
) -> None:
    assume(begins != ends)
    assert QuietHours(begins, ends, zone).cover(now) != QuietHours(ends, begins, zone).cover(now)


def test_hours_without_length_cannot_be() -> None:
    with pytest.raises(EmptyQuietHoursError):
        QuietHours(time(7), time(7), PARIS)


@pytest.mark.parametrize(
    "name", ["", "Paris", "CET", "localtime", "Europe/", "Europe/Lutece", "../etc/passwd", "/etc/localtime", "a/\0"]
)
def test_a_zone_is_one_of_the_iana_data_base(name: str) -> None:
    with pytest.raises(UnknownTimeZoneError):
        QuietHours(time(22), time(7), name)
