# SPDX-License-Identifier: EUPL-1.2
"""The hot statement of this service: submit a request in one round trip to PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from parvis_batching.batches import Batches
from parvis_kit.db.database import CONNECTION_ERRORS, Database
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_kit.web.idempotency import IdempotentCall, in_progress
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.timers import NewTimer
from parvis_requests.domain.answer_filters import AnswerKey
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.certified import CertifiedAnswer
from parvis_requests.domain.certified_errors import UnknownCertifiedAnswerError
from parvis_requests.domain.errors import UnknownAttachmentError
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import OnBehalf, Request


class ReferenceTakenError(Exception):
    """The random reference exists already: draw another one."""


class AlreadyAnsweredError(Exception):
    """The idempotency key was used before: here is the record of the first answer."""

    def __init__(self, body_hash: bytes, answer: bytes) -> None:
        super().__init__("already answered")
        self.body_hash = body_hash
        self.answer = answer


class Joining(NamedTuple):
    """An upload that joins the request, as the document of that code or as none."""

    id: UUID
    document: str | None


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request about to be stored; the answers are sealed."""

    request: Request
    form: FormKey
    client_id: str
    description: str
    position: Position | None
    address: str | None
    sealed_answers: bytes
    facets: list[bytes]
    keys: list[AnswerKey]
    attachments: tuple[Joining, ...]
    timers: tuple[NewTimer, ...] = ()
    channel: Channel = Channel.ONLINE
    by: OnBehalf | None = None
    certified: tuple[CertifiedAnswer, ...] = ()


class _Part(NamedTuple):
    """What few requests bring: rows of the arrays, of these types, that stand for ``{arrays}``."""

    statement: str
    types: tuple[str, ...]


# One statement: state, history, outbox and idempotency record live or die together, without a BEGIN and a COMMIT to
# wait for. The parts are in it only where there is something for them to do: each takes PostgreSQL as long as a row.
_FIXED: Final = 32
_STATEMENT: Final = """
WITH idempotency AS (
    INSERT INTO idempotency_record (caller, operation, key, body_hash, answer) VALUES ($1, $2, $3, $4, $5)
), stored AS (
    INSERT INTO request (id, collectivity, reference, type_id, type_code, author, client_id, status, team, area,
        description, longitude, latitude, address, answers, version, created_at, updated_at, facets, type_version,
        due_at, clock_started_on, legal_end_at, channel, priority, assignee,
        received_on)
    VALUES ($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1, $21, $21, $22, $23, $24, $25, $26,
        $29, $30, $31, $32)
), acted AS (
    INSERT INTO history_entry (request_id, sequence, collectivity, action, by_agent, actor, status, visibility, at,
        acted_by, acted_by_agent, assignee, received_on)
    VALUES ($6, 1, $7, 'submit', false, $11, $13, 'public', $21, $27, $28, $31, $32)
), told AS (
    INSERT INTO outbox ({outbox_columns}) VALUES ({outbox_values})
){parts}
SELECT {joined}, {certified}
"""
_KEYED: Final = _Part(
    """, keyed AS (
    INSERT INTO answer_key (request_id, position, collectivity, question, number, day, words)
    SELECT $6, position, $7, question, number, day, words
    FROM unnest({arrays}) WITH ORDINALITY AS key (question, number, day, words, position)
)""",
    ("text", "float8", "date", "text"),
)
_TIMED: Final = _Part(
    """, timed AS (
    INSERT INTO request_timer (id, collectivity, request_id, kind, code, due_at, next_at, tries)
    SELECT gen_random_uuid(), $7, $6, kind, code, due_at, due_at, 0
    FROM unnest({arrays}) AS timer (kind, code, due_at)
)""",
    ("text", "text", "timestamptz"),
)
# The attachments join in the same statement; their number is checked by the caller, inside a transaction.
_JOINED: Final = _Part(
    """, joined AS (
    UPDATE attachment SET request_id = $6, document = joining.document
    FROM unnest({arrays}) AS joining (id, document)
    WHERE attachment.id = joining.id AND owner = $11 AND collectivity = $7 AND request_id IS NULL
        AND scan <> 'infected' RETURNING 1
)""",
    ("uuid", "text"),
)
# So do answers that were certified, each to one request.
_CERTIFIED: Final = _Part(
    """, certified AS (
    UPDATE certified_answer SET request_id = $6 FROM unnest({arrays}) AS joining (id)
    WHERE certified_answer.id = joining.id AND person = $11 AND collectivity = $7 AND type_code = $10
        AND request_id IS NULL AND state = 'certified' RETURNING 1
)""",
    ("uuid",),
)


@cache
def _statement(*parts: _Part) -> str:
    first, made = _FIXED + 1, ""
    for part in parts:
        arrays = ", ".join(f"${first + place}::{type_}[]" for place, type_ in enumerate(part.types))
        made += part.statement.format(arrays=arrays)
        first += len(part.types)
    counted = [
        f"(SELECT count(*) FROM {name})" if part in parts else "0"
        for name, part in (("joined", _JOINED), ("certified", _CERTIFIED))
    ]
    return _STATEMENT.format(
        outbox_columns=OUTBOX_COLUMNS,
        outbox_values=outbox_values(first),
        parts=made,
        joined=counted[0],
        certified=counted[1],
    )


_FIND: Final = "SELECT body_hash, answer FROM idempotency_record WHERE caller = $1 AND operation = $2 AND key = $3"


class Statement(NamedTuple):
    """A statement that stores a request, and what of it goes into which place."""

    text: str
    parameters: tuple[Any, ...]

    def place(self) -> tuple[Any, ...]:
        """Among others: those of one kind together, each by its caller, operation and key."""
        return self.text, *self.parameters[:3]


# A second batch goes where the first takes long, as one that waits for a lock.
_TOGETHER: Final = 32
_AT_ONCE: Final = 2
_WAITING: Final = 512


class Submission:
    """Stores new requests; those of one moment share a round trip and a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.looking = database.reading
        self._together = Batches(self._store, size=_TOGETHER, at_once=_AT_ONCE, waiting=_WAITING)

    async def store(self, new: NewRequest, call: IdempotentCall, answer: bytes, event: Event) -> None:
        """Store all or nothing, then wake the relay.

        Raises AlreadyAnsweredError, ReferenceTakenError, UnknownAttachmentError, UnknownCertifiedAnswerError, or the
        problem ``request-in-progress`` while the first call with the same key is still running.
        """
        statement = statement_of(new, call, answer, event)
        # What joins it is counted before it is committed, so a request with files is stored by itself.
        if new.attachments or new.certified or not await self._together.ask(statement):
            await self._store_alone(statement, new, call)
        self._database.on_commit()

    async def _store(self, statements: Sequence[Statement]) -> Sequence[bool | Exception]:
        """Whether each was stored; what became of the others is found out alone.

        Each kind is committed by itself: those of one before the connection broke are stored.
        """
        stored: dict[str, bool] = {}
        lost: Exception | None = None
        try:
            async with self._database.hot.lend() as connection:
                # In the order of their keys: two processes that were sent the same calls do not wait for one another.
                for text, alike in groupby(sorted(statements, key=Statement.place), key=attrgetter("text")):
                    try:
                        await connection.executemany(text, [one.parameters for one in alike])
                    except (asyncpg.PostgresError, asyncpg.DataError):
                        stored[text] = False  # whatever it was about, it was about one of them
                    else:
                        stored[text] = True
        except CONNECTION_ERRORS as error:
            if not stored:
                raise
            lost = error
        return [stored.get(one.text, lost or False) for one in statements]

    async def _store_alone(self, statement: Statement, new: NewRequest, call: IdempotentCall) -> None:
        async with self._database.hot.lend() as connection:
            try:
                async with connection.transaction():
                    await execute(connection, statement, new)
            except asyncpg.UniqueViolationError as error:
                if error.table_name == "idempotency_record":
                    raise await self._answered(connection, call) from error
                raise ReferenceTakenError from error
            except asyncpg.LockNotAvailableError as error:
                raise in_progress() from error

    @staticmethod
    async def _answered(connection: Any, call: IdempotentCall) -> Exception:
        row = await connection.fetchrow(_FIND, call.caller, call.operation, call.key)
        # The record can have been purged between the two statements: then the caller just tries again.
        return AlreadyAnsweredError(row["body_hash"], row["answer"]) if row else in_progress()


def statement_of(new: NewRequest, call: IdempotentCall, answer: bytes, event: Event) -> Statement:
    """What stores that request with the record of its call."""
    parts = _parts(new)
    return Statement(_statement(*parts), _parameters(new, parts, call, answer, event))


async def execute(connection: Any, statement: Statement, new: NewRequest) -> None:
    """Store it in the connection's transaction; raises UnknownAttachmentError or UnknownCertifiedAnswerError."""
    joined, certified = await connection.fetchrow(statement.text, *statement.parameters)
    if joined != len(new.attachments):
        raise UnknownAttachmentError
    if certified != len(new.certified):
        raise UnknownCertifiedAnswerError


def _parts(new: NewRequest) -> dict[_Part, Sequence[tuple[Any, ...]]]:
    """The parts of the statement that this request needs, each with its rows."""
    brought: dict[_Part, Sequence[tuple[Any, ...]]] = {
        _KEYED: [(key.question, key.number, key.day, key.words) for key in new.keys],
        _TIMED: [(timer.kind, timer.code, timer.due_at) for timer in new.timers],
        _JOINED: new.attachments,
        _CERTIFIED: [(answer.id,) for answer in new.certified],
    }
    return {part: rows for part, rows in brought.items() if rows}


def _parameters(
    new: NewRequest,
    parts: Mapping[_Part, Sequence[tuple[Any, ...]]],
    call: IdempotentCall,
    answer: bytes,
    event: Event,
) -> tuple[Any, ...]:
    request, position = new.request, new.position
    return (
        call.caller, call.operation, call.key, call.body_hash, answer,
        request.id, request.collectivity, request.reference, new.form.type_id, request.type_code, request.author,
        new.client_id, request.status, request.team, request.area, new.description,
        position.longitude if position else None, position.latitude if position else None, new.address,
        new.sealed_answers, request.created_at, new.facets, new.form.number, request.due_at,
        request.clock and request.clock.started_on, request.legal_end_at, new.by and new.by.person,
        new.by and new.by.is_agent, new.channel, request.priority.rank, request.assignee, request.received_on,
        *(list(column) for rows in parts.values() for column in zip(*rows, strict=True)),
        *outbox_row(event),
    )  # fmt: skip
