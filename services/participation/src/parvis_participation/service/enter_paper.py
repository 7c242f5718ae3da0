# SPDX-License-Identifier: EUPL-1.2
"""Two agents enter the paper ballots of one urn, each by themselves; they count once both entered the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import paper_batches, polls, roll
from parvis_participation.db.paper_tables import PaperBatch as Row
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.desk import (
    BatchConfirmedError,
    BatchDiffersError,
    BatchesOpenError,
    Channel,
    TooMuchPaperError,
)
from parvis_participation.domain.poll import Poll
from parvis_participation.service.chain_acts import By, Chain


@dataclass(frozen=True, slots=True)
class Entry:
    """What one agent read from the papers of an urn: choices with their numbers, and how many say nothing allowed."""

    collectivity: str
    poll_id: UUID
    label: str
    agent: str
    ballots: Sequence[tuple[Choice, int]]
    spoiled: int
    replace: bool


async def enter_paper(session: AsyncSession, entry: Entry, chain: Chain, by: By) -> Row:
    """The batch once entered, in the caller's transaction: the first entry waits, another agent's same one confirms.

    Whoever entered first may enter again in place of it, and another agent may where they say so: the one who entered
    is away, or read wrongly. It then waits for another agent, as a first entry does.

    Raises NotFoundError, ChannelError, NotClosedError, BallotError, TooMuchPaperError, BatchConfirmedError or
    BatchDiffersError.
    """
    poll = polls.entity(await polls.one(session, entry.collectivity, entry.poll_id, published=True, lock=True))
    poll.eligibility.check_channel(Channel.PAPER)
    poll.check_closed(by.at)
    ballots = _summed(poll, entry.ballots)
    row = await paper_batches.find(session, poll.id, entry.label)
    if row is None:
        row = Row(
            poll_id=poll.id, label=entry.label, collectivity=poll.collectivity, digest=b"", entered_by=entry.agent
        )
        session.add(row)
    elif row.confirmed_by is not None:
        raise BatchConfirmedError
    elif row.entered_by != entry.agent:
        if (row.ballots, row.spoiled) == (ballots, entry.spoiled):
            row.confirmed_by = entry.agent
        elif entry.replace:
            row.entered_by = entry.agent
        else:
            raise BatchDiffersError
    row.ballots, row.valid, row.spoiled = ballots, sum(times for _, times in ballots), entry.spoiled
    await session.flush()
    await _check_number(session, poll.id)
    act = "paper-confirmed" if row.confirmed_by else "paper-entered"
    told = {"label": row.label, "ballots": row.valid, "spoiled": row.spoiled}
    await chain.add(session, poll.collectivity, poll.id, act, by, **told)
    return row


async def confirmed(session: AsyncSession, poll_id: UUID) -> Sequence[Row]:
    """The batches of a poll that is counted; raises BatchesOpenError or TooMuchPaperError."""
    rows = await paper_batches.all_of(session, poll_id)
    if any(row.confirmed_by is None for row in rows):
        raise BatchesOpenError
    await _check_number(session, poll_id)
    return rows


def choices_of(row: Row) -> Mapping[Choice, int]:
    """What the papers of a batch say."""
    return {tuple((code, points) for code, points in choice): times for choice, times in row.ballots or ()}


def _summed(poll: Poll, ballots: Sequence[tuple[Choice, int]]) -> list[list[Any]]:
    """Each choice once, in one order: two agents who read the same write the same."""
    found: dict[Choice, int] = {}
    for given, times in ballots:
        poll.rules.check(given, poll.costs)
        choice = given if poll.ordered else tuple(sorted(given))
        found[choice] = found.get(choice, 0) + times
    return [[[list(item) for item in choice], times] for choice, times in sorted(found.items())]


async def _check_number(session: AsyncSession, poll_id: UUID) -> None:
    marked = (await roll.signatures(session, poll_id))[Channel.PAPER]
    if sum(row.valid + row.spoiled for row in await paper_batches.all_of(session, poll_id)) > marked:
        raise TooMuchPaperError
