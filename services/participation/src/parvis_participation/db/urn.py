# SPDX-License-Identifier: EUPL-1.2
"""Roll and urn: written together, and joined by nothing that stays.

A vote is one statement: no idempotency record, no event, no time, no counter. Until its batch is signed, a ballot and
the roll's entry share PostgreSQL's transaction number and their order on disk; signing writes the batch's ballots anew,
all in one transaction and in the order of their commitments, which says nothing. What is left of the link is then in
the write-ahead log alone, and behind it a sealed envelope.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db.rules import eligibility_of
from parvis_participation.db.tables import Poll, PollChoice, PollRoot, PollUrn
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.errors import AlreadyVotedError, CommitmentTakenError, NotFoundError, PollNotOpenError
from parvis_participation.domain.poll import Box

CAST: Final = """
WITH open AS (
    SELECT id, collectivity FROM poll
    WHERE id = $1 AND published_at IS NOT NULL AND counted_at IS NULL AND cancelled_at IS NULL
    AND opens_at < $6 AND closes_at > $6
    FOR KEY SHARE
), signed AS (
    INSERT INTO poll_roll (poll_id, person_key, account_key, channel, collectivity)
    SELECT id, $2, $7, $8, collectivity FROM open RETURNING 1
), dropped AS (
    INSERT INTO poll_urn (id, collectivity, poll_id, commitment, sealed)
    SELECT $3, collectivity, id, $4, $5 FROM open
)
SELECT count(*) FROM signed
"""
_BOX: Final = """
SELECT id, collectivity, (rules->>'most')::integer AS most, eligibility, opens_at, closes_at, published_at, counted_at,
       cancelled_at
FROM poll WHERE id = $1 AND collectivity = $2 AND published_at IS NOT NULL
"""
_KNOWN: Final = """
SELECT EXISTS (SELECT FROM poll_roll WHERE poll_id = $1 AND person_key = $2)
       OR EXISTS (SELECT FROM poll_roll WHERE poll_id = $1 AND coalesce(account_key, person_key) = $4) AS voted,
       EXISTS (SELECT FROM poll_urn WHERE poll_id = $1 AND commitment = $3) AS held
"""
_HOLDS: Final = "SELECT EXISTS (SELECT FROM poll_urn WHERE poll_id = $1 AND commitment = $2 AND sealed = $3)"


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes: the key that identity made of the person, and ours of the account; each votes once.

    At a desk there is no account, and ``account_key`` is that of the document.
    """

    person_key: bytes
    account_key: bytes | None
    channel: Channel = Channel.ONLINE


class Urn:
    """Takes ballots."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def box(self, collectivity: str, poll_id: UUID) -> Box:
        """A published poll as voters meet it, without its options; raises NotFoundError."""
        async with self._database.hot.lend() as connection:
            row = await connection.fetchrow(_BOX, poll_id, collectivity)
        if row is None:
            raise NotFoundError
        return Box(**{**row, "eligibility": eligibility_of(json.loads(row["eligibility"] or "null"))})

    async def holds(self, poll_id: UUID, commitment: bytes, sealed: bytes) -> bool:
        """Whether that very ballot is in the urn of that poll; no more once it is counted."""
        async with self._database.hot.lend() as connection:
            return bool(await connection.fetchval(_HOLDS, poll_id, commitment, sealed))

    async def cast(self, poll_id: UUID, voter: Voter, commitment: bytes, sealed: bytes, now: datetime) -> None:
        """Sign the roll and drop the ballot, both or neither; the very same ballot again changes nothing.

        Raises AlreadyVotedError, CommitmentTakenError or PollNotOpenError.
        """
        async with self._database.hot.lend() as connection:
            try:
                signed = await connection.fetchval(
                    CAST,
                    poll_id,
                    voter.person_key,
                    uuid4(),
                    commitment,
                    sealed,
                    now,
                    voter.account_key,
                    voter.channel.value,
                )
            except asyncpg.UniqueViolationError as error:
                known = await connection.fetchrow(_KNOWN, poll_id, voter.person_key, commitment, voter.account_key)
                if known["voted"] and known["held"]:
                    return
                raise (AlreadyVotedError if known["voted"] else CommitmentTakenError) from error
        if not signed:
            raise PollNotOpenError


async def pending(session: AsyncSession, least: int, now: datetime) -> list[tuple[str, UUID]]:
    """The polls with ballots under no signed root: at least that many, or any once the poll has closed."""
    fresh = func.count()
    wanted = (
        select(PollUrn.collectivity, PollUrn.poll_id)
        .join(Poll, Poll.id == PollUrn.poll_id)
        .where(PollUrn.batch.is_(None))
        .group_by(PollUrn.collectivity, PollUrn.poll_id, Poll.closes_at)
        .having((fresh >= least) | (Poll.closes_at < now))
    )
    return [(row.collectivity, row.poll_id) for row in await session.execute(wanted)]


async def take_time(session: AsyncSession, seconds: int) -> None:
    """Let this transaction last that long: a whole city's ballots are opened in it."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        await session.execute(select(func.set_config(limit, f"{seconds}s", True)))  # noqa: FBT003 - PostgreSQL's order


async def lock_roots(session: AsyncSession, poll_id: UUID) -> None:
    """Let one transaction at a time sign roots of a poll; votes go on meanwhile."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"poll-root/{poll_id}", 0))))


async def renew_fresh(session: AsyncSession, poll_id: UUID, most: int) -> int:
    """Write ballots that have no batch anew, under the next one, by their commitments; returns how many."""
    fresh = (
        select(PollUrn.id, PollUrn.collectivity, PollUrn.commitment, PollUrn.sealed)
        .where(PollUrn.poll_id == poll_id, PollUrn.batch.is_(None))
        .limit(most)
        .with_for_update()
    )
    ballots = sorted((await session.execute(fresh)).all(), key=lambda ballot: ballot.commitment)
    if not ballots:
        return 0
    batch = 1 + (await session.scalar(select(func.max(PollRoot.batch)).where(PollRoot.poll_id == poll_id)) or 0)
    await session.execute(delete(PollUrn).where(PollUrn.id.in_([ballot.id for ballot in ballots])))
    rows = [ballot._asdict() | {"poll_id": poll_id, "batch": batch} for ballot in ballots]
    await session.execute(insert(PollUrn), rows)
    return len(ballots)


async def commitments(session: AsyncSession, poll_id: UUID) -> list[bytes]:
    """All commitments under a signed root, in the order that the roots cover."""
    wanted = (
        select(PollUrn.commitment)
        .where(PollUrn.poll_id == poll_id, PollUrn.batch.is_not(None))
        .order_by(PollUrn.batch, PollUrn.commitment)
    )
    return list((await session.scalars(wanted)).all())


async def envelopes(session: AsyncSession, poll_id: UUID) -> list[tuple[bytes, bytes]]:
    """Every sealed ballot with its commitment."""
    rows = await session.execute(select(PollUrn.commitment, PollUrn.sealed).where(PollUrn.poll_id == poll_id))
    return [(row.commitment, row.sealed) for row in rows]


async def open_urn(session: AsyncSession, collectivity: str, poll_id: UUID, choices: dict[str, int]) -> None:
    """Keep what the ballots say, sorted, and forget the envelopes: no envelope is next to what was in it."""
    rows = [
        {"poll_id": poll_id, "place": place, "collectivity": collectivity, "choice": choice, "times": times}
        for place, (choice, times) in enumerate(sorted(choices.items()))
    ]
    if rows:
        await session.execute(insert(PollChoice), rows)
    await burn(session, poll_id)


async def burn(session: AsyncSession, poll_id: UUID) -> None:
    """Forget the envelopes."""
    emptied = update(PollUrn).where(PollUrn.poll_id == poll_id).values(sealed=None)
    await session.execute(emptied.execution_options(synchronize_session=False))
