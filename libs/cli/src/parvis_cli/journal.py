# SPDX-License-Identifier: EUPL-1.2
"""The journal of a service: the rows of its outbox, sent or not, as far back as its retention goes.

They are read day by day by their identifiers (UUIDv7), a page at a time, so that neither side holds much and no
transaction stays open. Identifiers follow the clocks of many processes: within half a minute the order of an aggregate
is made good by its sequence.
"""

import json
from bisect import insort_right
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from parvis_cli.errors import CommandError

PAGE: Final = 5_000
# Of two acts on one thing the later one may have the smaller identifier: by as much as clocks differ.
WINDOW_MILLISECONDS: Final = 30_000
_BOUNDS: Final = "SELECT min(day), max(day) FROM outbox"
_PAGE: Final = """
SELECT id, aggregate_id, sequence, type, source, subject, collectivity, occurred_at, data::text AS data, traceparent
FROM outbox
WHERE day = $1 AND id > $2 AND ($3::text[] IS NULL OR type = ANY($3)) AND ($4::uuid[] IS NULL OR aggregate_id = ANY($4))
    AND ($5::timestamptz IS NULL OR occurred_at >= $5) AND ($6::timestamptz IS NULL OR occurred_at < $6)
ORDER BY id LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a journal: types and aggregates where some are named, from a time on and before another."""

    types: Sequence[str] = ()
    aggregates: Sequence[UUID] = ()
    since: datetime | None = None
    until: datetime | None = None


class Place(NamedTuple):
    """A place in the journal."""

    day: date
    id: UUID


BEGINNING: Final = Place(date.min, UUID(int=0))


class Entry(NamedTuple):
    """An event of the journal, and the row in which it is kept."""

    place: Place
    key: UUID
    sequence: int
    row: Any

    def attributes(self) -> dict[str, str]:
        """Its context attributes (CloudEvents 1.0 section 3)."""
        row = self.row
        name, _, version = row["type"].rpartition(".")
        at = row["occurred_at"].astimezone(UTC).isoformat(timespec="milliseconds")
        attributes = {
            "specversion": "1.0",
            "id": str(row["id"]),
            "type": row["type"],
            "source": row["source"],
            "subject": row["subject"],
            "time": at.replace("+00:00", "Z"),
            "dataschema": f"/developers/events/{name}/{version}.json",
            "collectivity": row["collectivity"],
            "sequence": str(self.sequence),
        }
        return attributes | {"traceparent": row["traceparent"]} if row["traceparent"] else attributes

    def value(self) -> bytes:
        """The value of its Kafka record."""
        data: str = self.row["data"]
        return data.encode()

    def headers(self) -> list[tuple[str, str | bytes | None]]:
        """The headers of its Kafka record: the binary mode of CloudEvents 1.0, as the relay sends it."""
        attributes = self.attributes()
        traced = {"traceparent": attributes["traceparent"]} if "traceparent" in attributes else {}
        found = {f"ce_{name}": text for name, text in attributes.items()} | traced
        return [("content-type", "application/json"), *found.items()]

    def line(self) -> bytes:
        """The event as one line: the structured mode of CloudEvents 1.0 (JSON event format section 3)."""
        whole = {**self.attributes(), "datacontenttype": "application/json", "data": json.loads(self.row["data"])}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries in the order in which they are replayed; when they are there, one may go on after ``reached``."""

    entries: Sequence[Entry]
    reached: Place


class Turns:
    """Entries that wait for their turn: by place, but each aggregate's by their sequence.

    What an entry costs does not grow with how many wait.
    """

    def __init__(self) -> None:
        self._turns: deque[Entry] = deque()
        self._waiting: dict[UUID, list[Entry]] = {}
        # Where the turn went to an earlier one of the aggregate: those that wait though theirs is over, and those that
        # were taken before theirs.
        self._exchanged: set[Place] = set()

    def add(self, entries: Iterable[Entry]) -> None:
        """Have these wait; they come in the order of their places."""
        for entry in entries:
            self._turns.append(entry)
            insort_right(self._waiting.setdefault(entry.key, []), entry, key=attrgetter("sequence"))

    def take(self, horizon: int | None = None) -> list[Entry]:
        """A page of those whose turn it is; with a horizon only turns that were before it, in Unix milliseconds."""
        taken: list[Entry] = []
        turns, waiting = self._turns, self._waiting
        while turns and len(taken) < PAGE and (horizon is None or _milliseconds(turns[0].place.id) <= horizon):
            turn = turns.popleft()
            taken.append(first := waiting[turn.key].pop(0))
            if not waiting[turn.key]:
                del waiting[turn.key]
            if first is not turn:
                self._exchanged ^= {first.place, turn.place}
        return taken

    def all_before(self) -> Place | None:
        """Up to which place nothing waits; None where nothing waits at all."""
        if not self._turns:
            return None
        first = min([self._turns[0].place, *self._exchanged])
        return Place(first.day, UUID(int=first.id.int - 1))


async def stretches(connection: Any, wanted: Selection, after: Place) -> AsyncIterator[Stretch]:
    """All that was committed when this began, and perhaps some that came since; raises CommandError."""
    oldest, newest = await connection.fetchrow(_BOUNDS)
    if oldest is None:
        return
    if after != BEGINNING and oldest > after.day + timedelta(days=1):
        raise CommandError(f"the journal begins on {oldest}: what followed {after.day} is gone")
    # An event is never in the journal before it happened, but for what clocks differ.
    first = max(oldest, after.day, wanted.since.astimezone(UTC).date() - timedelta(days=1) if wanted.since else oldest)
    turns, reached = Turns(), after
    for number in range((newest - first).days + 1):
        day = first + timedelta(days=number)
        place = Place(day, after.id if day == after.day else UUID(int=0))
        while page := await _page(connection, wanted, place):
            place = reached = page[-1].place
            turns.add(page)
            while taken := turns.take(_milliseconds(place.id) - WINDOW_MILLISECONDS):
                yield Stretch(taken, turns.all_before() or reached)
    while taken := turns.take():
        yield Stretch(taken, turns.all_before() or reached)


async def _page(connection: Any, wanted: Selection, after: Place) -> list[Entry]:
    rows = await connection.fetch(
        _PAGE,
        after.day,
        after.id,
        list(wanted.types) or None,
        list(wanted.aggregates) or None,
        wanted.since,
        wanted.until,
        PAGE,
    )
    return [Entry(Place(after.day, row["id"]), row["aggregate_id"], row["sequence"], row) for row in rows]


def _milliseconds(id_: UUID) -> int:
    return id_.int >> 80  # RFC 9562 section 5.7
