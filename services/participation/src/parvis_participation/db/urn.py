# SPDX-License-Identifier: EUPL-1.2
"""Roll and urn: written together, and joined by nothing that stays.

A vote has no idempotency record, no event, no time, no counter. Votes of one moment are written in one statement, each
table in an order that says nothing. Until its batch is signed, a ballot and the roll's entry share PostgreSQL's
transaction number, with those beside them; signing writes the batch's ballots anew, all in one transaction and in the
order of their commitments. What is left of the link is then in the write-ahead log alone, and behind it a sealed
envelope.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_batching.batches import Batches
from parvis_kit.db.database import Database
from parvis_participation.db.processes import audience_within
from parvis_participation.db.rules import eligibility_of
from parvis_participation.db.tables import Poll, PollChoice, PollRoot, PollUrn
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.errors import AlreadyVotedError, CommitmentTakenError, NotFoundError, PollNotOpenError
from parvis_participation.domain.poll import Box, PollState

# A second statement goes where the first takes long, as one that waits for a lock.
_TOGETHER: Final = 64
_AT_ONCE: Final = 2
_WAITING: Final = 512
_KEPT_SECONDS: Final = 60
_MOST_KEPT: Final = 256

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
# The votes of one moment: each stands alone but for its commitment, for a ballot without a place undoes its signature.
_CAST_TOGETHER: Final = """
WITH brought AS (
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[], $5::timestamptz[], $6::uuid[], $7::bytea[],
        $8::bytea[]) AS ballot (poll_id, person_key, account_key, channel, at, urn_id, commitment, sealed)
), open AS (
    SELECT id, collectivity, opens_at, closes_at FROM poll
    WHERE id = ANY($1) AND published_at IS NOT NULL AND counted_at IS NULL AND cancelled_at IS NULL
    FOR KEY SHARE
), signed AS (
    INSERT INTO poll_roll (poll_id, person_key, account_key, channel, collectivity)
    SELECT open.id, person_key, account_key, channel, collectivity FROM brought JOIN open ON open.id = poll_id
    WHERE opens_at < at AND closes_at > at
    ORDER BY open.id, person_key
    ON CONFLICT DO NOTHING RETURNING poll_id, person_key
), dropped AS (
    INSERT INTO poll_urn (id, collectivity, poll_id, commitment, sealed)
    SELECT urn_id, collectivity, poll_id, commitment, sealed
    FROM signed JOIN brought USING (poll_id, person_key) JOIN open ON open.id = poll_id
    ORDER BY commitment
)
SELECT poll_id, person_key FROM signed
"""
_BOX: Final = """
SELECT poll.id, poll.collectivity, (rules->>'most')::integer AS most, eligibility, opens_at, closes_at,
       poll.published_at, counted_at, cancelled_at,
       process.id AS process_id, process.audience, process.phases, process.roll, process.roll_salt
FROM poll LEFT JOIN process_part ON process_part.part = poll.id
LEFT JOIN process ON process.id = process_part.process_id AND process.collectivity = poll.collectivity
     AND process.published_at IS NOT NULL AND process.audience IS NOT NULL
WHERE poll.id = $1 AND poll.collectivity = $2 AND poll.published_at IS NOT NULL
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


@dataclass(frozen=True, slots=True)
class _Ballot:
    poll_id: UUID
    voter: Voter
    commitment: bytes
    sealed: bytes
    at: datetime

    @property
    def signs(self) -> tuple[UUID, bytes]:
        """The entry of the roll."""
        return self.poll_id, self.voter.person_key


class Urn:
    """Takes ballots."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._boxes: OrderedDict[tuple[str, UUID], tuple[float, Box]] = OrderedDict()
        self._together = Batches(self._cast, size=_TOGETHER, at_once=_AT_ONCE, waiting=_WAITING)

    async def box(self, collectivity: str, poll_id: UUID, now: datetime) -> Box:
        """A published poll as voters meet it, without its options; raises NotFoundError.

        Publishing froze it but for its close, which comes later at most, and its end, which is looked at again as the
        ballot is taken: so it is kept for a minute while it says that the poll is open. So is for whom its process is.
        """
        until, kept = self._boxes.get((collectivity, poll_id), (0.0, None))
        if kept and time.monotonic() < until and kept.state(now) is PollState.OPEN:
            return kept
        async with self._database.hot.lend() as connection:
            row = await connection.fetchrow(_BOX, poll_id, collectivity)
        if row is None:
            raise NotFoundError
        box = _box(row)
        self._boxes[collectivity, poll_id] = time.monotonic() + _KEPT_SECONDS, box
        if len(self._boxes) > _MOST_KEPT:
            self._boxes.popitem(last=False)
        return box

    async def holds(self, poll_id: UUID, commitment: bytes, sealed: bytes) -> bool:
        """Whether that very ballot is in the urn of that poll; no more once it is counted."""
        async with self._database.hot.lend() as connection:
            return bool(await connection.fetchval(_HOLDS, poll_id, commitment, sealed))

    async def cast(self, poll_id: UUID, voter: Voter, commitment: bytes, sealed: bytes, now: datetime) -> None:
        """Sign the roll and drop the ballot, both or neither; the very same ballot again changes nothing.

        Raises AlreadyVotedError, CommitmentTakenError or PollNotOpenError.
        """
        ballot = _Ballot(poll_id, voter, commitment, sealed, now)
        if not await self._together.ask(ballot):
            await self._cast_alone(ballot)

    async def _cast(self, ballots: Sequence[_Ballot]) -> Sequence[bool]:
        """Whether each was taken; what became of the others is found out alone."""
        # A second ballot of somebody waits for the first one's fate.
        first = {ballot.signs: ballot for ballot in reversed(ballots)}
        rows = [
            (*one.signs, one.voter.account_key, one.voter.channel.value, one.at, uuid4(), one.commitment, one.sealed)
            for one in first.values()
        ]
        try:
            async with self._database.hot.lend() as connection:
                taken = await connection.fetch(_CAST_TOGETHER, *map(list, zip(*rows, strict=True)))
        except asyncpg.PostgresError:
            taken = []  # whatever it was about, it was about one of them
        signed = {tuple(row) for row in taken}
        return [ballot.signs in signed and first[ballot.signs] is ballot for ballot in ballots]

    async def _cast_alone(self, ballot: _Ballot) -> None:
        voter = ballot.voter
        async with self._database.hot.lend() as connection:
            try:
                signed = await connection.fetchval(
                    CAST,
                    ballot.poll_id,
                    voter.person_key,
                    uuid4(),
                    ballot.commitment,
                    ballot.sealed,
                    ballot.at,
                    voter.account_key,
                    voter.channel.value,
                )
            except asyncpg.UniqueViolationError as error:
                known = await connection.fetchrow(
                    _KNOWN, ballot.poll_id, voter.person_key, ballot.commitment, voter.account_key
                )
                if known["voted"] and known["held"]:
                    return
                raise (AlreadyVotedError if known["voted"] else CommitmentTakenError) from error
        if not signed:
            raise PollNotOpenError


def _box(row: asyncpg.Record) -> Box:
    values, within = dict(row), None
    process_id, salt = values.pop("process_id"), values.pop("roll_salt")
    audience, phases, roll = (json.loads(values.pop(name) or "null") for name in ("audience", "phases", "roll"))
    if process_id is not None:
        within = audience_within(process_id, row["collectivity"], audience, phases, roll=roll, roll_salt=salt)
    eligibility = eligibility_of(json.loads(values.pop("eligibility") or "null"))
    return Box(**values, eligibility=eligibility, within=within)


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
