# SPDX-License-Identifier: EUPL-1.2
"""The board counts a closed poll: all its ballots, at once, or nothing.

The envelopes are opened and counted in a process apart, and no row is held meanwhile. What is counted is written in one
transaction, which holds the poll's row, where urn and papers are still those that were read: a ballot that was on its
way at the close sends all back to the start. Whatever dies before that transaction leaves a poll that can be counted.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_kit.web.idempotency import Answer
from parvis_participation import events
from parvis_participation.db import entitled, paper_batches, polls, roll, urn
from parvis_participation.db.paper_tables import PaperBatch
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.poll_count import CountFailedError, UrnChangedError
from parvis_participation.service.chain_acts import Chain
from parvis_participation.service.count_apart import COUNTS, Counted, count_apart
from parvis_participation.service.open_urn import Asked, ClosedUrn, check_same, closed_poll, closed_urn
from parvis_participation.service.poll_files import commitments_file, urn_file
from parvis_participation.service.publish_poll import definition, digest
from parvis_participation.service.result_record import result_record
from parvis_participation.service.seals import Seals
from parvis_participation.service.settle_budget import settle_secret
from parvis_participation.service.sign_roots import sign_root

_SECONDS: Final = 220
"""What the opening and the count have, the wait for another urn included; to write them takes the rest of the call."""
_LEAST_SECONDS: Final = 5
_log = logger(__name__)
Effect = Callable[[AsyncSession], Awaitable[Answer]]


class Board:
    """Opens one urn at a time: each takes a processor, and memory for all its ballots."""

    def __init__(self) -> None:
        self._place = asyncio.Semaphore(1)

    async def count(
        self, asked: Asked, once: Callable[[Effect], Awaitable[Response]], shown: Callable[[Row], Answer], seals: Seals
    ) -> Response:
        """Open the urn with the members' shares, count, and write the signed record.

        ``once`` runs an effect in one transaction, or replays the answer to the same call. The private key lives in
        memory for the length of this call. Raises NotFoundError, NotCountableError, SharesError, BatchesOpenError,
        TooMuchPaperError, AlteredPollError when the poll, or its list of those who may vote, is not what was published;
        or CountFailedError, and the poll can be counted again.
        """
        until = time.monotonic() + _SECONDS
        try:
            async with asyncio.timeout(_SECONDS):
                await self._place.acquire()
        except TimeoutError as error:
            raise _failed("place") from error
        try:
            while (left := until - time.monotonic()) >= _LEAST_SECONDS:
                with suppress(UrnChangedError):
                    return await _count(asked, once, shown, seals, left)
        except CountFailedError as error:
            raise _failed(str(error)) from error
        finally:
            self._place.release()
        raise _failed("changed")


def _failed(reason: str) -> CountFailedError:
    COUNTS.labels("poll", "failed").inc()
    _log.error("poll_not_counted", reason=reason)
    return CountFailedError(reason)


class _ReadError(Exception):
    """Ends the transaction in which an urn was read, and nothing written."""

    def __init__(self, closed: ClosedUrn) -> None:
        super().__init__()
        self.closed = closed


async def _count(
    asked: Asked,
    once: Callable[[Effect], Awaitable[Response]],
    shown: Callable[[Row], Answer],
    seals: Seals,
    seconds: float,
) -> Response:
    async def read(session: AsyncSession) -> Answer:
        raise _ReadError(await closed_urn(session, asked))

    try:
        return await once(read)  # the answer to the same call of before
    except _ReadError as read_all:
        closed = read_all.closed
    counted = await count_apart(closed.vote, seconds=seconds, urn=closed.sealed)

    async def settle(session: AsyncSession) -> Answer:
        return shown(await _settle(session, asked, closed, counted, seals))

    answer = await once(settle)
    COUNTS.labels("poll", "counted").inc()
    return answer


async def _settle(session: AsyncSession, asked: Asked, closed: ClosedUrn, counted: Counted, seals: Seals) -> Row:
    """Write what was counted, in the caller's transaction; raises as :func:`closed_poll`, or UrnChangedError."""
    row, by = await closed_poll(session, asked), asked.by
    collectivity, poll_id = row.collectivity, row.id
    after = polls.entity(row).counted(by.at)
    while await sign_root(session, collectivity, poll_id, seals):
        pass
    commitments, paper = await check_same(session, row, closed)
    ballots, results, shares = counted.ballots, counted.results, asked.shares
    choices = {json.dumps(choice, separators=(",", ":")): times for choice, times in ballots.items()}
    await urn.open_urn(session, collectivity, poll_id, choices)
    await paper_batches.forget(session, poll_id)
    await entitled.forget(session, poll_id)
    cast = Cast(len(commitments), counted.spoiled, _paper(paper))
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


def _paper(batches: Sequence[PaperBatch]) -> dict[str, int]:
    valid, spoiled = sum(batch.valid for batch in batches), sum(batch.spoiled for batch in batches)
    return {"ballots": valid + spoiled, "spoiled": spoiled, "batches": len(batches)}


@dataclass(frozen=True, slots=True)
class Cast:
    """How many ballots there were: sealed ones, those of them that say nothing allowed, and those on paper."""

    sealed: int
    spoiled: int
    paper: dict[str, int]


async def _record(session: AsyncSession, row: Row, cast: Cast, results: Mapping[str | None, Result]) -> dict[str, Any]:
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
