# SPDX-License-Identifier: EUPL-1.2
"""Requests that another system kept, stored by the thousand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from parvis_kit.db.database import Database
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.timers import NewTimer
from parvis_requests.domain.answer_filters import AnswerKey
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Request


@dataclass(frozen=True, slots=True)
class Imported:
    """One of them, checked; answers and contact are sealed. ``foreign_id`` is how its system named it.

    ``kept_until`` is set for what has ended, where its type says for how long that is kept.
    """

    foreign_id: str
    request: Request
    form: FormKey
    description: str
    position: Position | None
    address: str | None
    sealed_answers: bytes
    facets: list[bytes]
    keys: list[AnswerKey]
    contact: bytes | None
    updated_at: datetime
    timers: tuple[NewTimer, ...]
    kept_until: datetime | None = None


_KNOWN: Final = (
    "SELECT foreign_id FROM imported_request WHERE collectivity = $1 AND source = $2 AND foreign_id = ANY($3)"
)
_TAKEN: Final = "SELECT reference FROM request WHERE collectivity = $1 AND reference = ANY($2)"
# Two runs over one file take turns: what the first has stored, the second finds.
_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('import/' || $1 || '/' || $2, 0))"
_REQUEST: Final = (
    "id", "collectivity", "reference", "type_id", "type_version", "type_code", "author", "client_id", "status", "team",
    "area", "description", "longitude", "latitude", "address", "answers", "facets", "version", "created_at",
    "updated_at", "due_at", "priority", "received_on",
)  # fmt: skip
_ENTRY: Final = (
    "request_id", "sequence", "collectivity", "action", "by_agent", "actor", "status", "visibility", "at",
    "received_on",
)  # fmt: skip
_KEY: Final = ("request_id", "position", "collectivity", "question", "number", "day", "words")
_TIMERS: Final = """
INSERT INTO request_timer (id, collectivity, request_id, kind, code, due_at, next_at, tries)
SELECT gen_random_uuid(), $1, request_id, kind, code, due_at, due_at, 0
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS timer (request_id, kind, code, due_at)
"""


async def known(database: Database, collectivity: str, source: str, ids: Sequence[str]) -> frozenset[str]:
    """Those of them that were stored before."""
    rows = await database.pool.fetch(_KNOWN, collectivity, source, ids)
    return frozenset(row["foreign_id"] for row in rows)


async def taken(database: Database, collectivity: str, references: Sequence[str]) -> frozenset[str]:
    """Those of them that requests of that collectivity bear."""
    rows = await database.pool.fetch(_TAKEN, collectivity, references)
    return frozenset(row["reference"] for row in rows)


async def store(database: Database, collectivity: str, source: str, batch: Sequence[Imported]) -> int:
    """All of a batch that are not there yet, or nothing; returns how many.

    Raises asyncpg.UniqueViolationError where a reference exists already: draw others.
    """
    async with database.pool.acquire() as connection, connection.transaction():
        await connection.execute(_TURN, collectivity, source)
        rows = await connection.fetch(_KNOWN, collectivity, source, [one.foreign_id for one in batch])
        there = {row["foreign_id"] for row in rows}
        new = [one for one in batch if one.foreign_id not in there]
        await _copy(connection, "request", _REQUEST, (_request(one, source) for one in new))
        await _copy(connection, "history_entry", _ENTRY, (_entry(one.request) for one in new))
        await _copy(connection, "answer_key", _KEY, (row for one in new for row in _keys(one)))
        contacts = (
            (one.request.author, collectivity, one.contact, one.request.created_at) for one in new if one.contact
        )
        await _copy(connection, "reporter", ("person", "collectivity", "contact", "created_at"), contacts)
        names = ((collectivity, source, one.foreign_id, one.request.id) for one in new)
        await _copy(connection, "imported_request", ("collectivity", "source", "foreign_id", "request_id"), names)
        kept = (
            (one.request.id, collectivity, one.updated_at, one.kept_until) for one in new if one.kept_until is not None
        )
        await _copy(connection, "retention", ("request_id", "collectivity", "ended_at", "due_at"), kept)
        timers = [(one.request.id, t.kind, t.code, t.due_at) for one in new for t in one.timers]
        if timers:
            await connection.execute(_TIMERS, collectivity, *(list(column) for column in zip(*timers, strict=True)))
    return len(new)


async def _copy(connection: Any, table: str, columns: Sequence[str], records: Iterable[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, columns=columns, records=records)


def _request(one: Imported, source: str) -> tuple[Any, ...]:
    request, position = one.request, one.position
    return (
        request.id, request.collectivity, request.reference, one.form.type_id, one.form.number, request.type_code,
        request.author, source, request.status, request.team, request.area, one.description,
        position.longitude if position else None, position.latitude if position else None, one.address,
        one.sealed_answers, one.facets, request.version, request.created_at, one.updated_at, request.due_at,
        request.priority.rank, request.received_on,
    )  # fmt: skip


def _keys(one: Imported) -> Iterable[tuple[Any, ...]]:
    for position, key in enumerate(one.keys, 1):
        yield one.request.id, position, one.request.collectivity, key.question, key.number, key.day, key.words


def _contact(one: Imported) -> tuple[Any, ...]:
    return one.request.author, one.request.collectivity, one.contact, one.request.created_at


def _entry(request: Request) -> tuple[Any, ...]:
    return (
        request.id, request.version, request.collectivity, "submit", False, request.author, request.status, "public",
        request.created_at, request.received_on,
    )  # fmt: skip
