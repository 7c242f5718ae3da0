# SPDX-License-Identifier: EUPL-1.2
"""The hot statement of this service: take an answer in one round trip to PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_kit.web.idempotency import IdempotentCall, in_progress
from parvis_participation.domain.errors import AlreadyAnsweredError, NotOpenError


class ReplayedError(Exception):
    """The idempotency key was used before: here is the record of the first answer."""

    def __init__(self, body_hash: bytes, answer: bytes) -> None:
        super().__init__("replayed")
        self.body_hash = body_hash
        self.answer = answer


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer about to be stored; ``person_key`` where people are counted and not accounts."""

    id: UUID
    collectivity: str
    consultation_id: UUID
    person: UUID
    option: str
    at: datetime
    person_key: bytes | None = None


# The consultation's times are read again here: between our look at it and this statement an agent may have closed it.
# An account that went into another answers as that one: its token may live a moment longer.
_STATEMENT: Final = f"""
WITH open AS (
    SELECT id FROM consultation
    WHERE id = $7 AND published_at IS NOT NULL AND opens_at < $10 AND closes_at > $10 FOR KEY SHARE
), idempotency AS (
    INSERT INTO idempotency_record (caller, operation, key, body_hash, answer)
    SELECT $1, $2, $3, $4, $5 FROM open
), stored AS (
    INSERT INTO answer (id, collectivity, consultation_id, person, option, answered_at, person_key)
    SELECT $6, $8, open.id, standing_account($9), $11, $10, $12::bytea FROM open RETURNING 1
), told AS (
    INSERT INTO outbox ({OUTBOX_COLUMNS}) SELECT {outbox_values(13)} FROM open
)
SELECT count(*) FROM stored
"""
_FIND: Final = "SELECT body_hash, answer FROM idempotency_record WHERE caller = $1 AND operation = $2 AND key = $3"


class Answering:
    """Stores answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, new: NewAnswer, call: IdempotentCall, sealed: bytes, event: Event) -> None:
        """Store all or nothing, then wake the relay.

        Raises AlreadyAnsweredError, NotOpenError, ReplayedError, or the problem ``request-in-progress``.
        """
        parameters = (
            call.caller, call.operation, call.key, call.body_hash, sealed, new.id, new.consultation_id,
            new.collectivity, new.person, new.at, new.option, new.person_key, *outbox_row(event),
        )  # fmt: skip
        async with self._database.hot.lend() as connection:
            try:
                stored = await connection.fetchval(_STATEMENT, *parameters)
            except asyncpg.UniqueViolationError as error:
                row = await connection.fetchrow(_FIND, call.caller, call.operation, call.key)
                if row is not None:
                    raise ReplayedError(row["body_hash"], row["answer"]) from error
                raise AlreadyAnsweredError from error
            except asyncpg.LockNotAvailableError as error:
                raise in_progress() from error
        if not stored:
            raise NotOpenError
        self._database.on_commit()
