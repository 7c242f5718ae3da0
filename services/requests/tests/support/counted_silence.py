# SPDX-License-Identifier: EUPL-1.2
"""The legal period counted by hand, day after day, for what the clock of the product says to be held against it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE = timedelta(days=1)


def paris_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def midnight_after(day: date) -> datetime:
    """When that day is over in Paris."""
    return datetime.combine(day + ONE, datetime.min.time(), PARIS).astimezone(UTC)


def same_day_months_later(day: date, months: int) -> date:
    year, month, number = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@dataclass
class Counted:
    """A request as the law sees it: either ``months`` that start anew with the last document, or ``days``.

    Of the days, those do not count on which documents were awaited, at most ``patience`` of them each time; nor of the
    days of ``months``, where there is patience.
    """

    received: date
    months: int = 0
    days: int = 0
    patience: int = 0
    waits: list[tuple[date, date]] = field(default_factory=list)
    waits_since: date | None = None

    def ask(self, on: date) -> None:
        self.waits_since = on

    def complete(self, on: date) -> None:
        assert self.waits_since is not None
        self.waits.append((self.waits_since, on))
        self.waits_since = None

    def end(self) -> datetime | None:
        """From when on silence has decided; None while nobody can say."""
        if self.months and not self.patience:
            if self.waits_since is not None:
                return None
            since = self.waits[-1][1] if self.waits else self.received
            return midnight_after(same_day_months_later(since, self.months))
        day, left = self.received, self.days
        if self.months:
            left = (same_day_months_later(day, self.months) - day).days
        while left or self._waits_on(day):
            left -= not self._waits_on(day)
            day += ONE
        return midnight_after(day)

    def _waits_on(self, day: date) -> bool:
        waits = [(begin, min(end, begin + self.patience * ONE)) for begin, end in self.waits]
        if self.waits_since is not None:
            waits.append((self.waits_since, self.waits_since + self.patience * ONE))
        return any(begin <= day < end for begin, end in waits)
