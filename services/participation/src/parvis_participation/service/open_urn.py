# SPDX-License-Identifier: EUPL-1.2
"""What a count of a secret poll starts from, read in one transaction that nothing is written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import polls, urn
from parvis_participation.db.paper_tables import PaperBatch
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import AlteredPollError
from parvis_participation.domain.poll_count import UrnChangedError
from parvis_participation.service.board_keys import Share, restore
from parvis_participation.service.chain_acts import By
from parvis_participation.service.count_apart import SealedUrn, Vote
from parvis_participation.service.enter_paper import choices_of, confirmed
from parvis_participation.service.publish_poll import check_list, digest

SECONDS: Final = 280
"""What the gateway leaves a count, less what it takes to say no."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which poll is to be counted, with whose shares, and by whom."""

    collectivity: str
    poll_id: UUID
    shares: Sequence[Share]
    by: By


@dataclass(frozen=True, slots=True)
class ClosedUrn:
    """All ballots of a poll, as they lay in the urn; ``content`` is the digest of all that the count depends on."""

    vote: Vote
    sealed: SealedUrn
    content: bytes


async def closed_poll(session: AsyncSession, asked: Asked) -> Row:
    """The poll, locked, where it can be counted now; raises NotFoundError, NotCountableError or AlteredPollError.

    Votes that are on their way hold the row: the lock waits for them. None comes while it is held.
    """
    row = await polls.one(session, asked.collectivity, asked.poll_id, published=True, lock=True)
    polls.entity(row).counted(asked.by.at)
    if digest(row) != row.digest:
        raise AlteredPollError
    await urn.take_time(session, SECONDS)
    await check_list(session, row)
    return row


async def closed_urn(session: AsyncSession, asked: Asked) -> ClosedUrn:
    """What is counted; raises as :func:`closed_poll`, SharesError, BatchesOpenError or TooMuchPaperError."""
    row = await closed_poll(session, asked)
    board = polls.entity(row).board
    key = restore(asked.shares, board.key, board.threshold)
    paper = await confirmed(session, row.id)
    ballots: dict[Choice, int] = {}
    for batch in paper:
        for choice, times in choices_of(batch).items():
            ballots[choice] = ballots.get(choice, 0) + times
    vote = Vote(row.options, row.budgets, row.rules, row.method, digest(row), ballots)
    sealed = await urn.envelopes(session, row.id)
    content = _content(row, [commitment for commitment, _ in sealed], paper)
    return ClosedUrn(vote, SealedUrn(row.id, sealed, key), content)


async def check_same(session: AsyncSession, row: Row, before: ClosedUrn) -> tuple[list[bytes], Sequence[PaperBatch]]:
    """The commitments in the order of the signed roots, and the papers, where they are those that were counted.

    Raises UrnChangedError where they are not; the caller holds the poll's row.
    """
    commitments, paper = await urn.commitments(session, row.id), await confirmed(session, row.id)
    if _content(row, commitments, paper) != before.content:
        raise UrnChangedError
    return commitments, paper


def _content(row: Row, commitments: Sequence[bytes], paper: Sequence[PaperBatch]) -> bytes:
    told = sha256(f"{row.version}\n".encode())
    for commitment in sorted(commitments):
        told.update(commitment)
    for batch in paper:
        told.update(repr((batch.label, batch.ballots, batch.valid, batch.spoiled)).encode())
    return told.digest()
