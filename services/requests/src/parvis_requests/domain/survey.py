# SPDX-License-Identifier: EUPL-1.2
"""The satisfaction survey: when people are asked how they were served, until when they answer, what is told of it.

They are asked once, in the morning of the day after the end, and not reminded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from parvis_requests.domain.calendar import PARIS, day_of, end_of

# For how many days after the end a request is rated.
WINDOW_DAYS: Final = 30
# Fewer answers than that are not counted apart: a figure would tell what somebody said.
LEAST: Final = 5
_MORNING: Final = time(10)
# Figures are of a year unless months are named, and of three at most: what is asked reads no more than that.
USUAL_MONTHS: Final = 12
MOST_MONTHS: Final = 36


class Figures(StrEnum):
    """By what answers are counted."""

    TYPE = "type"
    TEAM = "team"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was answered under one code: how many gave each score, from 1 to 5.

    ``asked`` is how many were asked in that time, and how many of these have answered.
    """

    code: str
    scores: Mapping[int, int]
    asked: tuple[int, int] = (0, 0)

    @property
    def answers(self) -> int:
        """How many there are."""
        return sum(self.scores.values())

    @property
    def told(self) -> bool:
        """False where they are too few to be told."""
        return self.answers >= LEAST

    @property
    def rate(self) -> float | None:
        """Which part of those who were asked has answered, to the thousandth; None where too few were asked."""
        asked, answered = self.asked
        return round(answered / asked, 3) if asked >= LEAST else None

    @property
    def average(self) -> float:
        """The mean score, to the hundredth; of answers that there are."""
        return round(sum(score * number for score, number in self.scores.items()) / self.answers, 2)


def months(since: str | None, until: str | None, today: date) -> tuple[datetime, datetime] | None:
    """The instants between which these months lie, as ``YYYY-MM`` in Paris, the last one included.

    The last is the present one unless said, the first such that there are twelve; None where there are more than 36.
    """
    last = _number(until) if until else today.year * 12 + today.month - 1
    first = _number(since) if since else last - USUAL_MONTHS + 1
    return None if last - first >= MOST_MONTHS else (_first_of(first), _first_of(last + 1))


def published_months(today: date) -> tuple[datetime, datetime]:
    """The same of the 36 months before the present one."""
    present = today.year * 12 + today.month - 1
    return _first_of(present - MOST_MONTHS), _first_of(present)


def countable_until(today: date) -> datetime:
    """The instant before which no survey of a month can be answered any more: until there, months are counted.

    Who was asked in a month answers for thirty days at most; what was said in the last moments of these has a day to
    be stored.
    """
    last = today - timedelta(days=WINDOW_DAYS + 1)
    return _first_of(last.year * 12 + last.month - 1)


def month_of(at: datetime) -> datetime:
    """The first instant of that month in Paris."""
    day = day_of(at)
    return _first_of(day.year * 12 + day.month - 1)


def next_month(first: datetime) -> datetime:
    """The first instant of the month after that one."""
    day = day_of(first)
    return _first_of(day.year * 12 + day.month)


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number) - 1


def _first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=PARIS)


def asked_at(ended_at: datetime) -> datetime:
    """When whoever's request ended then is asked: at 10 in the morning of the next day in Paris."""
    return datetime.combine(day_of(ended_at) + timedelta(days=1), _MORNING, PARIS).astimezone(UTC)


def closes_at(ended_at: datetime) -> datetime:
    """The instant from which it is too late to answer."""
    return end_of(day_of(ended_at) + timedelta(days=WINDOW_DAYS))
