# SPDX-License-Identifier: EUPL-1.2
"""The plain files from which anybody can check a counted poll."""

import json
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import acts, polls, urn
from parvis_participation.db.tables import Poll, PollChoice
from parvis_participation.db.votes import choice_of
from parvis_participation.domain.counting.count import envelopes
from parvis_participation.domain.errors import NotCountedError, NotFoundError
from parvis_participation.domain.poll import Poll as Entity
from parvis_participation.service.vote_files import ballots_pb, record_file, result_table


class PollFile(StrEnum):
    """The files of a poll."""

    RECORD = "record.json"
    COMMITMENTS = "commitments.txt"
    URN = "urn.csv"
    ACTS = "acts.jsonl"
    RESULT = "result.csv"
    BALLOTS = "ballots.pb"


async def poll_file(
    session: AsyncSession, collectivity: str, poll_id: UUID, file: PollFile, area: str | None = None
) -> Callable[[], str]:
    """What writes the text of a file; that of the ballots is for one area's money, or without area for the city's.

    To be called in a thread, once the session is given back: a large vote takes a second, and anybody asks for it.
    Raises NotFoundError, or NotCountedError before the count.
    """
    row = await polls.one(session, collectivity, poll_id, published=True)
    if file is PollFile.ACTS:  # from the first day on
        return partial(_lines, await acts.lines(session, poll_id))
    if row.record is None:
        raise NotCountedError
    match file:
        case PollFile.RECORD:
            return partial(record_file, row.record)
        case PollFile.COMMITMENTS:
            return partial(commitments_file, await urn.commitments(session, poll_id))
        case PollFile.URN:
            return partial(urn_file, await polls.choices(session, poll_id))
        case PollFile.RESULT:
            return partial(result_table, row.record)
        case PollFile.BALLOTS:
            poll = polls.entity(row)
            if area not in poll.budgets:
                raise NotFoundError
            return partial(_ballots, row, poll, area, await polls.choices(session, poll_id))


def _ballots(row: Poll, poll: Entity, area: str | None, opened: Sequence[PollChoice]) -> str:
    said = {choice_of(json.loads(choice.choice)): choice.times for choice in opened}
    (election,) = envelopes(poll.projects, {area: poll.budgets[area]}, said).values()
    return ballots_pb(row, (row.opens_at, row.closes_at), area, election, poll.rules)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def commitments_file(commitments: Iterable[bytes]) -> str:
    """One commitment a line, in the order that the signed roots cover: batch by batch, sorted in each."""
    return "".join(f"{commitment.hex()}\n" for commitment in commitments)


def urn_file(choices: Sequence[PollChoice]) -> str:
    """How many made each choice: the number, then codes with points, as ``3;park:1;bench:2``."""
    return "".join(
        ";".join([str(row.times), *(f"{code}:{points}" for code, points in json.loads(row.choice))]) + "\n"
        for row in choices
    )
