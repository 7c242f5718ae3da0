# SPDX-License-Identifier: EUPL-1.2
"""The board counts a closed poll: all its ballots, at once, or nothing."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import events
from parvis_participation.db import entitled, paper_batches, polls, roll, urn
from parvis_participation.db.paper_tables import PaperBatch
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.counting.count import count, envelopes
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.errors import AlteredPollError, BallotError
from parvis_participation.domain.paper import unfold
from parvis_participation.domain.poll import Poll
from parvis_participation.service.board_keys import Share, restore
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.enter_paper import choices_of, confirmed
from parvis_participation.service.envelope import unseal
from parvis_participation.service.poll_files import commitments_file, urn_file
from parvis_participation.service.publish_poll import check_list, definition, digest
from parvis_participation.service.result_record import result_record
from parvis_participation.service.seals import Seals
from parvis_participation.service.settle_budget import settle_secret
from parvis_participation.service.sign_roots import sign_root

_SECONDS: Final = 280
"""What the gateway leaves a count, less what it takes to say no."""


async def count_poll(
    session: AsyncSession, collectivity: str, poll_id: UUID, shares: Sequence[Share], seals: Seals, by: By
) -> Row:
    """Open the urn with the members' shares, count, and write the signed record, in the caller's transaction.

    Votes that are on their way hold the poll's row: the lock waits for them, and none comes after. The private key
    lives in memory for the length of this call. Raises NotFoundError, NotCountableError, SharesError,
    BatchesOpenError, or AlteredPollError when the poll, or its list of those who may vote, is not what was published.
    """
    row = await polls.one(session, collectivity, poll_id, published=True, lock=True)
    poll = polls.entity(row)
    after = poll.counted(by.at)
    if digest(row) != row.digest:
        raise AlteredPollError
    await urn.take_time(session, _SECONDS)
    await check_list(session, row)
    key = restore(shares, poll.board.key, poll.board.threshold)
    while await sign_root(session, collectivity, poll_id, seals):
        pass
    sealed = await urn.envelopes(session, poll_id)
    ballots, spoiled = await asyncio.to_thread(_open, poll, sealed, key)
    paper = await confirmed(session, poll_id)
    for batch in paper:
        for choice, times in choices_of(batch).items():
            ballots[choice] = ballots.get(choice, 0) + times
    results = await asyncio.to_thread(_count, poll, ballots, digest(row))
    choices = {json.dumps(choice, separators=(",", ":")): times for choice, times in ballots.items()}
    await urn.open_urn(session, collectivity, poll_id, choices)
    await paper_batches.forget(session, poll_id)
    await entitled.forget(session, poll_id)
    cast = Cast(len(sealed), spoiled, _paper(paper))
    told = {"sealed": cast.sealed, "paper": cast.paper["ballots"], "members": [number for number, _ in shares]}
    acts = await Chain(seals).add(session, collectivity, poll_id, "counted", by, **told)
    voters = cast.sealed + cast.paper["ballots"]
    await settle_secret(session, row, ballots, results, voters, by.at)
    record = await _record(session, row, cast, results) | {"acts": acts.hex()}
    row.record = record | {"signature": seals.record(record).hex()}
    await session.flush()
    await polls.save(session, after)
    await outbox.add(session, events.poll_counted(after, by.at))
    await session.refresh(row)
    return row


def _open(
    poll: Poll, sealed: Sequence[tuple[bytes, bytes]], key: EllipticCurvePrivateKey
) -> tuple[dict[Choice, int], int]:
    """The choices with the number of those who made each, and the number of ballots that say nothing allowed."""
    ballots: dict[Choice, int] = {}
    spoiled = 0
    for commitment, envelope in sealed:
        try:
            choice = unfold(unseal(envelope, poll.id, commitment, key))
            poll.rules.check(choice, poll.costs)
        except BallotError:
            spoiled += 1
            continue
        choice = choice if poll.ordered else tuple(sorted(choice))
        ballots[choice] = ballots.get(choice, 0) + 1
    return ballots, spoiled


def _count(poll: Poll, ballots: dict[Choice, int], seed: bytes) -> dict[str | None, Result]:
    parts = envelopes(poll.projects, poll.budgets, ballots)
    return {area: count(election, poll.method, seed) for area, election in parts.items()}


def _paper(batches: Sequence[PaperBatch]) -> dict[str, int]:
    valid, spoiled = sum(batch.valid for batch in batches), sum(batch.spoiled for batch in batches)
    return {"ballots": valid + spoiled, "spoiled": spoiled, "batches": len(batches)}


@dataclass(frozen=True, slots=True)
class Cast:
    """How many ballots there were: sealed ones, those of them that say nothing allowed, and those on paper."""

    sealed: int
    spoiled: int
    paper: dict[str, int]


async def _record(session: AsyncSession, row: Row, cast: Cast, results: dict[str | None, Result]) -> dict[str, Any]:
    """What the town says of the count, to be signed; every number in it can be redone from the published files."""
    signatures = await roll.signatures(session, row.id)
    roots = await polls.roots(session, row.id)
    commitments = commitments_file(await urn.commitments(session, row.id))
    opened = urn_file(await polls.choices(session, row.id))
    return {
        "definition": definition(row),
        "tie_seed": digest(row).hex(),
        "roll": sum(signatures.values()),
        "channels": {
            channel.value: number
            for channel, number in signatures.items()
            if number or channel is not Channel.SERVER  # few polls have any
        },
        "cast": cast.sealed + cast.paper["ballots"],
        "spoiled": cast.spoiled + cast.paper["spoiled"],
        "paper": cast.paper,
        "roots": [{"size": r.size, "root": r.root.hex(), "signature": r.signature.hex()} for r in roots],
        "files": {
            "commitments.txt": sha256(commitments.encode()).hexdigest(),
            "urn.csv": sha256(opened.encode()).hexdigest(),
        },
        "results": [result_record(area, result) for area, result in results.items()],
        "closed_at": instant(row.closes_at),
    }
