# SPDX-License-Identifier: EUPL-1.2
"""The journal of a service: the rows of its outbox, sent or not, as far back as its retention goes.

They are read day by day by their identifiers (UUIDv7), a page at a time, so that neither side holds much and no
transaction stays open. Identifiers follow the clocks of many processes: within half a minute the order of an aggregate
is made good by its sequence.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from parvis_cli.errors import CommandError

PAGE: Final = 5_000
# Of two acts on one thing the later one may have the smaller identifier: by as much as clocks differ.
WINDOW_MILLISECONDS: Final = 30_000
_BOUNDS: Final = "SELECT min(day), max(day) FROM outbox"
_PAGE: Final = """
SELECT day, id, topic, aggregate_id, sequence, type, source, subject, collectivity, occurred_at, data::text AS data,
    traceparent
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


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the journal."""

    place: Place
    topic: str
    key: UUID
    sequence: int
    attributes: dict[str, str]
    data: Any

    def value(self) -> bytes:
        """The value of its Kafka record."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()

    def headers(self) -> list[tuple[str, str | bytes | None]]:
        """The headers of its Kafka record: the binary mode of CloudEvents 1.0, as the relay sends it."""
        found: dict[str, str] = {f"ce_{name}": text for name, text in self.attributes.items()}
        traced = {"traceparent": self.attributes["traceparent"]} if "traceparent" in self.attributes else {}
        return list((found | {"content-type": "application/json"} | traced).items())

    def line(self) -> bytes:
        """The event as one line: the structured mode of CloudEvents 1.0 (JSON event format section 3)."""
        whole = {**self.attributes, "datacontenttype": "application/json", "data": self.data}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries in the order in which they are replayed; when they are there, one may go on after ``reached``."""

    entries: Sequence[Entry]
    reached: Place


async def stretches(connection: Any, wanted: Selection, after: Place) -> AsyncIterator[Stretch]:
    """All that was committed when this began, and perhaps some that came since; raises CommandError."""
    oldest, newest = await connection.fetchrow(_BOUNDS)
    if oldest is None:
        return
    if after != BEGINNING and oldest > after.day + timedelta(days=1):
        raise CommandError(f"the journal begins on {oldest}: what followed {after.day} is gone")
    # An event is never in the journal before it happened, but for what clocks differ.
    first = max(oldest, after.day, wanted.since.astimezone(UTC).date() - timedelta(days=1) if wanted.since else oldest)
    waiting: list[Entry] = []
    reached = after
    for number in range((newest - first).days + 1):
        day = first + timedelta(days=number)
        place = Place(day, after.id if day == after.day else UUID(int=0))
        while page := await _page(connection, wanted, place):
            place = reached = page[-1].place
            ready, waiting = _ready([*waiting, *page], _milliseconds(place.id) - WINDOW_MILLISECONDS)
            yield Stretch(ready, _before(waiting) if waiting else reached)
    if waiting:
        yield Stretch(in_order(waiting), reached)


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
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    name, _, version = row["type"].rpartition(".")
    at = row["occurred_at"].astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    attributes = {
        "specversion": "1.0",
        "id": str(row["id"]),
        "type": row["type"],
        "source": row["source"],
        "subject": row["subject"],
        "time": at,
        "dataschema": f"/developers/events/{name}/{version}.json",
        "collectivity": row["collectivity"],
        "sequence": str(row["sequence"]),
    }
    if row["traceparent"]:
        attributes["traceparent"] = row["traceparent"]
    place = Place(row["day"], row["id"])
    return Entry(place, row["topic"], row["aggregate_id"], row["sequence"], attributes, json.loads(row["data"]))


def _ready(entries: Sequence[Entry], horizon: int) -> tuple[list[Entry], list[Entry]]:
    """Those before the horizon, but for what follows one of the same aggregate that is not; and the others."""
    open_: dict[UUID, int] = {}
    for entry in entries:
        if _milliseconds(entry.place.id) > horizon:
            open_[entry.key] = min(entry.sequence, open_.get(entry.key, entry.sequence))
    ready: list[Entry] = []
    waiting: list[Entry] = []
    for entry in entries:
        (waiting if entry.sequence >= open_.get(entry.key, entry.sequence + 1) else ready).append(entry)
    return in_order(ready), waiting


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """By place, but each aggregate's by their sequence."""
    queues: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda each: (each.sequence, each.place), reverse=True):
        queues[entry.key].append(entry)
    return [queues[entry.key].pop() for entry in sorted(entries, key=lambda each: each.place)]


def _before(waiting: Sequence[Entry]) -> Place:
    first = min(entry.place for entry in waiting)
    return Place(first.day, UUID(int=first.id.int - 1))


def _milliseconds(id_: UUID) -> int:
    return id_.int >> 80  # RFC 9562 section 5.7
