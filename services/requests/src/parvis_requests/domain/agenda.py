# SPDX-License-Identifier: EUPL-1.2
"""Agendas: when a counter, a room or an official is there, and which slots (*créneaux*) that leaves free.

Hours are those of the town's clocks, slots are instants: a morning from 9 to 12 holds as many slots in summer
as in winter, and in the night in which the clock changes as many as really fit.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from parvis_requests.domain.calendar import PARIS, Holidays, holidays_of


class ResourceKind(StrEnum):
    """What an agenda is of."""

    COUNTER = "counter"
    ROOM = "room"
    OFFICIAL = "official"


class Weekday(StrEnum):
    """The days of the week, in their order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one instant until another, which does not belong to it; both in UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """True where the two share an instant."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        """True where the other lies in this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on that day of each week from one time of the clock until another of the same day."""

    day: Weekday
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """When an agenda is open: each week, on holidays or not, and by exceptions; what is closed wins over what is open.

    ``holidays`` are those on which the weekly hours do not hold; None where they hold on holidays too.
    """

    weekly: Sequence[Hours]
    holidays: Holidays | None = None
    extra: Sequence[Span] = ()
    closed: Sequence[Span] = ()
    clock: ZoneInfo = PARIS

    def day_of(self, at: datetime) -> date:
        """The day of that instant where the agenda is."""
        return at.astimezone(self.clock).date()

    def on(self, day: date) -> list[Span]:
        """The openings that begin on that day, without regard to what is closed; neither touch nor overlap."""
        usual = [] if self.holidays and day in holidays_of(day.year, self.holidays) else self.weekly
        spans = [_at(day, hours, self.clock) for hours in usual if hours.day is _WEEK[day.weekday()]]
        return _united([*spans, *(span for span in self.extra if self.day_of(span.start) == day)])

    def holds(self, span: Span) -> bool:
        """True where all of it is open."""
        shut = any(closed.overlaps(span) for closed in self.closed)
        return not shut and any(opening.holds(span) for opening in self.on(self.day_of(span.start)))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How appointments of one kind follow each other, and how soon and how late they may be booked.

    ``buffer`` is kept free after each; ``lead`` is the least time from now until the start, ``horizon`` the longest.
    """

    duration: timedelta
    buffer: timedelta
    lead: timedelta
    horizon: timedelta

    def taken(self, start: datetime) -> Span:
        """What an appointment that begins then takes of its agenda: itself and the time after it."""
        return Span(start, start + self.duration + self.buffer)

    def bookable(self, now: datetime) -> Span:
        """Between which instants an appointment may begin."""
        return Span(now + self.lead, now + self.horizon)


def slots_on(opening: Opening, rhythm: Rhythm, day: date) -> Iterator[Span]:
    """The slots that begin on a day: one after the other from each opening's start on, but for what is closed.

    A closure takes away the slots that it touches and moves no other, so that what was booked before stays in step.
    """
    for open_ in opening.on(day):
        start = open_.start
        while (slot := Span(start, start + rhythm.duration)).end <= open_.end:
            if not any(closed.overlaps(slot) for closed in opening.closed):
                yield slot
            start += rhythm.duration + rhythm.buffer


def is_slot(opening: Opening, rhythm: Rhythm, start: datetime) -> bool:
    """True where a slot begins at that instant, free or not."""
    return any(slot.start == start for slot in slots_on(opening, rhythm, opening.day_of(start)))


def free_slots(opening: Opening, rhythm: Rhythm, busy: Iterable[Span], within: Span) -> Iterator[Span]:
    """The slots that begin within a span and that nothing keeps busy, in their order.

    ``busy`` do not overlap each other, as the appointments of one agenda do not.
    """
    taken = sorted(busy)
    ends = [span.end for span in taken]
    for day in _days(opening.day_of(within.start), opening.day_of(within.end)):
        for slot in slots_on(opening, rhythm, day):
            if within.start <= slot.start < within.end:
                wanted = rhythm.taken(slot.start)
                place = bisect_right(ends, wanted.start)
                if place == len(taken) or not taken[place].overlaps(wanted):
                    yield slot


def side_by_side(free: Mapping[UUID, Iterator[Span]], limit: int) -> list[tuple[Span, list[UUID]]]:
    """The first slots of several agendas, those that begin and end together as one with the ids of its agendas."""
    found: dict[Span, list[UUID]] = {}
    for id_, slots in free.items():
        for slot in islice(slots, limit):
            found.setdefault(slot, []).append(id_)
    return sorted(found.items())[:limit]


def _at(day: date, hours: Hours, clock: ZoneInfo) -> Span:
    return Span(_instant(day, hours.opens, clock), _instant(day, hours.closes, clock))


def _instant(day: date, shown: time, clock: ZoneInfo) -> datetime:
    # Of an hour that the clock shows twice, the first is meant; one that it skips is taken as if it had not skipped.
    return datetime.combine(day, shown, clock).astimezone(UTC)


def _united(spans: list[Span]) -> list[Span]:
    united: list[Span] = []
    for span in sorted(spans):
        if united and span.start <= united[-1].end:
            united[-1] = Span(united[-1].start, max(united[-1].end, span.end))
        elif span.start < span.end:
            united.append(span)
    return united


def _days(day: date, last: date) -> Iterator[date]:
    while day <= last:
        yield day
        day += timedelta(days=1)
