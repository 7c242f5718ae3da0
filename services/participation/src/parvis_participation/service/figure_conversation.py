# SPDX-License-Identifier: EUPL-1.2
"""What conversations add up to: computed by the worker from time to time while they are open, and once they are over.

An open one is computed anew only where as many people have said something since as figures tell of: whoever compares
two results does not see by the difference what one person said. The last figures come from all opinions and from
nothing that was computed before, so that they are the same for whoever computes them again.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_participation import conversation_events
from parvis_participation.db import conversations, opinions, statements
from parvis_participation.db.conversation_tables import Conversation as Row
from parvis_participation.db.conversation_tables import ConversationStatement
from parvis_participation.db.urn import take_time
from parvis_participation.domain.opinions.analysis import Analysis, analyse, told
from parvis_participation.domain.opinions.clusters import Steady
from parvis_participation.domain.opinions.votes import MOST_OPINIONS, TooManyOpinionsError, Votes
from parvis_participation.service.conversation_files import write_files
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.town_acts import TownAct, add_act

_SECONDS: Final = 300
"""What reading the opinions of a large town, and writing its files, may take."""
_GIVEN: Final = np.dtype([("number", ">i4"), ("value", ">i2")])

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation as it was read: its statements by their numbers, and the opinions on them."""

    row: Row
    statements: list[ConversationStatement]
    votes: Votes
    final: bool


async def keep_conversations(database: Database, minutes: int, smallest: int, now: datetime) -> None:
    """Tell those that are over, and compute what is due; each in transactions of its own."""
    while await _close_one(database, now):
        pass

    began = time.monotonic()

    def clock() -> datetime:
        """The hour of the round, which may be minutes long, as it goes on."""
        return now + timedelta(seconds=time.monotonic() - began)

    async def figure_one(failed: list[UUID]) -> bool:
        return await _figure_one(database, minutes, smallest, clock, failed)

    await in_turn(figure_one)


async def _close_one(database: Database, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await conversations.closing(uow.session, now)
        if row is None:
            return False
        # The telling is an act: the event's sequence is the version that it makes.
        row.version, row.closing_told_at = row.version + 1, now
        await uow.session.flush()
        await outbox.add(uow.session, conversation_events.conversation_closed(row, now))
        await uow.commit()
    return True


async def _figure_one(
    database: Database, minutes: int, smallest: int, clock: Callable[[], datetime], failed: list[UUID]
) -> bool:
    """Compute one, noted first as looked at: what fails has its turn again after as many minutes, not at once."""
    now = clock()
    async with database.unit_of_work() as uow:
        row = await conversations.to_figure(uow.session, now, now - timedelta(minutes=minutes))
        if row is None:
            return False
        failed.append(row.id)
        row.looked_at, final = now, row.closing_told_at is not None
        # One that was on its way as they were read is in neither count: it waits for others, and never tells by itself.
        changed = await opinions.changed_since(uow.session, row.id, row.figured_at)
        await uow.commit()
    if final or changed >= smallest:
        known = await _read(database, row, final=final)
        read_at = clock()  # after it: what is in these figures is not among what has changed since
        found = await asyncio.to_thread(analyse, known.votes, smallest, None if final else _before(row))
        await _keep(database, known, found, smallest, read_at)
    return True


async def _read(database: Database, row: Row, *, final: bool) -> Known:
    given, size = list[bytes](), 0
    async with database.unit_of_work() as uow:  # a transaction: what comes in pieces needs one
        await take_time(uow.session, _SECONDS)
        listed = list(await statements.published(uow.session, row.id))
        async for _, said in opinions.given(uow.session, row.id):
            given.append(said)
            size += len(said) // opinions.GIVEN_BYTES
            if size > MOST_OPINIONS:
                raise TooManyOpinionsError(size)
        await uow.commit()
    votes = await asyncio.to_thread(_votes, given, [each.number for each in listed])
    return Known(row, listed, votes, final)


def _votes(given: list[bytes], numbers: list[int]) -> Votes:
    """The opinions as arrays; those on a statement that came in between are left to the next time."""
    flat = np.frombuffer(b"".join(given), dtype=_GIVEN)
    rows = np.repeat(np.arange(len(given)), [len(said) // opinions.GIVEN_BYTES for said in given])
    place = np.full(max(numbers, default=-1) + 2, -1)
    place[numbers] = np.arange(len(numbers))
    columns = place[np.minimum(flat["number"], len(place) - 1)]
    there = columns >= 0
    return Votes(rows[there], columns[there], flat["value"][there].astype(np.int8), len(given), len(numbers))


async def _keep(database: Database, known: Known, found: Analysis, smallest: int, read_at: datetime) -> None:
    numbers = [each.number for each in known.statements]
    figures: dict[str, Any] = {"least": smallest} | told(found, numbers, smallest)
    async with database.unit_of_work() as uow:
        row = await conversations.figured(uow.session, known.row.collectivity, known.row.id)
        if row.final_at is not None or row.figured_at != known.row.figured_at:
            return  # another worker has come by: these might differ from its figures by what one person said
        row.figures, row.figured_at = figures, read_at
        row.steady = None if found.steady is None else asdict(found.steady)
        weights = map(float, found.priorities)
        ids = (each.id for each in known.statements)
        await statements.prioritise(uow.session, dict(zip(ids, weights, strict=True)))
        if known.final:
            row.final_at, row.version = read_at, row.version + 1
            await take_time(uow.session, _SECONDS)
            await write_files(uow.session, row, known.statements, known.votes, found, smallest)
            of = {"conversation_id": str(row.id)}
            await add_act(uow.session, row.collectivity, TownAct("conversation-result-published", of, read_at))
        await uow.commit()
    _log.info("conversation_figured", conversation=str(row.id), statements=len(numbers), groups=found.number)


def _before(row: Row) -> Steady | None:
    return None if row.steady is None else Steady(**row.steady)
