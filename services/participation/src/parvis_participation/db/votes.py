# SPDX-License-Identifier: EUPL-1.2
"""Votes in participatory budgets: one row a person. A vote writes no counter and locks nothing that others wait for."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.web.idempotency import IdempotentCall, in_progress
from parvis_participation.db.hot import ReplayedError
from parvis_participation.db.only import only
from parvis_participation.db.tables import BudgetVote as Row
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import PhaseError, VoteGivenError


@dataclass(frozen=True, slots=True)
class NewVote:
    """A vote about to be stored."""

    budget_id: UUID
    person_key: bytes
    holder_key: bytes
    choice: Choice
    at: datetime


# The budget's times are read again here; whoever counts it waits for this statement, and shuts out the next.
_CAST: Final = """
WITH open AS (
    SELECT id, collectivity FROM budget
    WHERE id = $6 AND frozen_at IS NOT NULL AND counted_at IS NULL AND called_off_at IS NULL
        AND vote_at <= $9 AND result_at > $9
    FOR KEY SHARE
), idempotency AS (
    INSERT INTO idempotency_record (caller, operation, key, body_hash, answer)
    SELECT $1, $2, $3, $4, $5 FROM open
), stored AS (
    INSERT INTO budget_vote (budget_id, person_key, holder_key, collectivity, choice, voted_at, version)
    SELECT id, $7, $10, collectivity, $8::text::jsonb, $9, 1 FROM open RETURNING 1
)
SELECT count(*) FROM stored
"""
_FIND: Final = "SELECT body_hash, answer FROM idempotency_record WHERE caller = $1 AND operation = $2 AND key = $3"
_VOTES: Final = text("""
SELECT item ->> 0 AS code, count(*) AS votes
FROM budget_vote, jsonb_array_elements(choice) item WHERE budget_id = :budget AND choice IS NOT NULL GROUP BY 1
""")
# In one statement: votes may be forgotten between two.
_CHOICES: Final = text("""
SELECT choice, times FROM budget_choice WHERE budget_id = :budget
UNION ALL
SELECT choice, count(*) FROM budget_vote WHERE budget_id = :budget AND choice IS NOT NULL
    AND NOT EXISTS (SELECT FROM budget_choice WHERE budget_id = :budget) GROUP BY choice
""")
_SHUT: Final = text("""
INSERT INTO budget_vote (budget_id, person_key, collectivity, choice, voted_at, version)
VALUES (:budget, :gone, :collectivity, NULL, now(), 1) ON CONFLICT DO NOTHING
""")
_EMPTY: Final = text("""
UPDATE budget_vote SET choice = NULL, holder_key = NULL WHERE budget_id = :budget AND person_key = :gone
""")
# Of two votes the one given first stands, and whoever's the other was is not forgotten.
_MOVE: Final = text("""
INSERT INTO budget_vote (budget_id, person_key, holder_key, collectivity, choice, voted_at, version)
VALUES (:budget, :kept, :holder, :collectivity, CAST(:choice AS jsonb), :voted_at, :version)
ON CONFLICT (budget_id, person_key) DO UPDATE
SET choice = CASE WHEN budget_vote.voted_at > excluded.voted_at THEN excluded.choice ELSE budget_vote.choice END,
    voted_at = least(budget_vote.voted_at, excluded.voted_at),
    version = budget_vote.version + (budget_vote.voted_at > excluded.voted_at)::integer,
    holder_key = coalesce(budget_vote.holder_key, excluded.holder_key)
""")


class Voting:
    """Takes votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, new: NewVote, call: IdempotentCall, sealed: bytes) -> None:
        """Store vote and record of the call, both or neither.

        Raises VoteGivenError, PhaseError, ReplayedError, or the problem ``request-in-progress``.
        """
        parameters = (
            call.caller, call.operation, call.key, call.body_hash, sealed, new.budget_id, new.person_key,
            json.dumps(new.choice), new.at, new.holder_key,
        )  # fmt: skip
        async with self._database.hot.lend() as connection:
            try:
                stored = await connection.fetchval(_CAST, *parameters)
            except asyncpg.UniqueViolationError as error:
                row = await connection.fetchrow(_FIND, call.caller, call.operation, call.key)
                if row is not None:
                    raise ReplayedError(row["body_hash"], row["answer"]) from error
                raise VoteGivenError from error
            except asyncpg.LockNotAvailableError as error:
                raise in_progress() from error
        if not stored:
            raise PhaseError("vote")


async def one(session: AsyncSession, budget_id: UUID, person_key: bytes, *, lock: bool = False) -> Row:
    """Somebody's vote; raises NotFoundError."""
    wanted = select(Row).where(Row.budget_id == budget_id, Row.person_key == person_key, Row.choice.is_not(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def key_of(session: AsyncSession, budget_id: UUID, person_key: bytes, holder_key: bytes | None) -> bytes | None:
    """Under which account's key somebody votes: this account's, or one of the same person; None without a vote."""
    same = Row.person_key == person_key if holder_key is None else Row.holder_key == holder_key
    wanted = select(Row.person_key).where(Row.budget_id == budget_id, same, Row.choice.is_not(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def choices(session: AsyncSession, budget_id: UUID, *, ordered: bool) -> dict[Choice, int]:
    """What the votes say, sorted, each with the number of those who say it; nobody is told apart."""
    found: dict[Choice, int] = {}
    for row in await session.execute(_CHOICES, {"budget": budget_id}):
        said = choice_of(row.choice)
        said = said if ordered else tuple(sorted(said))
        found[said] = found.get(said, 0) + row.times
    return dict(sorted(found.items()))


def choice_of(stored: list[list[Any]] | None) -> Choice:
    """A stored choice as counting takes it."""
    return tuple((code, points) for code, points in stored or ())


async def tally(session: AsyncSession, budget_id: UUID) -> dict[str, Any]:
    """How many have voted, and how many for each project: counted, never kept beside a vote."""
    votes = {row.code: row.votes for row in await session.execute(_VOTES, {"budget": budget_id})}
    cast = select(func.count()).where(Row.budget_id == budget_id, Row.choice.is_not(None))
    return {"cast": await session.scalar(cast) or 0, "votes": votes}


async def merge(session: AsyncSession, budget_id: UUID, collectivity: str, gone: bytes, kept: bytes) -> None:
    """Let the vote of an account that is no more be the kept one's, and shut that account out."""
    keys = {"budget": budget_id, "collectivity": collectivity, "gone": gone, "kept": kept}
    # Written before it is looked at: a vote that is on its way is waited for, and none comes after it.
    await session.execute(_SHUT, keys)
    wanted = select(Row.choice, Row.holder_key, Row.voted_at, Row.version)
    given = (await session.execute(wanted.where(Row.budget_id == budget_id, Row.person_key == gone))).one()
    await session.execute(_EMPTY, keys)
    if given.choice is not None:
        moved = {"choice": json.dumps(given.choice), "voted_at": given.voted_at, "version": given.version}
        await session.execute(_MOVE, keys | moved | {"holder": given.holder_key})
