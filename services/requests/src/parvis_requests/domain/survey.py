# SPDX-License-Identifier: EUPL-1.2
"""The satisfaction survey: when people are asked how they were served, until when they answer, what is told of it.

They are asked once, in the morning of the day after the end, and not reminded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from parvis_requests.domain.calendar import PARIS, day_of, end_of

# For how many days after the end a request is rated.
WINDOW_DAYS: Final = 30
# Fewer answers than that are not counted apart: a figure would tell what somebody said.
LEAST: Final = 5
_MORNING: Final = time(10)


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


def asked_at(ended_at: datetime) -> datetime:
    """When whoever's request ended then is asked: at 10 in the morning of the next day in Paris."""
    return datetime.combine(day_of(ended_at) + timedelta(days=1), _MORNING, PARIS).astimezone(UTC)


def closes_at(ended_at: datetime) -> datetime:
    """The instant from which it is too late to answer."""
    return end_of(day_of(ended_at) + timedelta(days=WINDOW_DAYS))
