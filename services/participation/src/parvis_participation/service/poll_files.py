# SPDX-License-Identifier: EUPL-1.2
"""The plain files from which anybody can check a counted poll."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import acts, polls, urn
from parvis_participation.db.tables import Poll, PollChoice
from parvis_participation.db.votes import choice_of
from parvis_participation.domain.counting.count import envelopes
from parvis_participation.domain.errors import NotCountedError, NotFoundError
from parvis_participation.service.seals import canonical
from parvis_participation.service.vote_files import ballots_pb, result_table


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
) -> str:
    """The text of a file; that of the ballots is for one area's money, or without area for the whole city's.

    Raises NotFoundError, or NotCountedError before the count.
    """
    row = await polls.one(session, collectivity, poll_id, published=True)
    if file is PollFile.ACTS:  # from the first day on
        return "".join(f"{line}\n" for line in await acts.lines(session, poll_id))
    if row.record is None:
        raise NotCountedError
    match file:
        case PollFile.RECORD:
            return canonical(row.record).decode() + "\n"
        case PollFile.COMMITMENTS:
            return commitments_file(await urn.commitments(session, poll_id))
        case PollFile.URN:
            return urn_file(await polls.choices(session, poll_id))
        case PollFile.RESULT:
            return result_table(row.record)
        case PollFile.BALLOTS:
            return await _ballots(session, row, area)


async def _ballots(session: AsyncSession, row: Poll, area: str | None) -> str:
    poll = polls.entity(row)
    opened = await polls.choices(session, row.id)
    said = {choice_of(json.loads(choice.choice)): choice.times for choice in opened}
    elections = envelopes(poll.projects, poll.budgets, said)
    if area not in elections:
        raise NotFoundError
    return ballots_pb(row, (row.opens_at, row.closes_at), area, elections[area], poll.rules)


def commitments_file(commitments: Iterable[bytes]) -> str:
    """One commitment a line, in the order that the signed roots cover: batch by batch, sorted in each."""
    return "".join(f"{commitment.hex()}\n" for commitment in commitments)


def urn_file(choices: Sequence[PollChoice]) -> str:
    """How many made each choice: the number, then codes with points, as ``3;park:1;bench:2``."""
    return "".join(
        ";".join([str(row.times), *(f"{code}:{points}" for code, points in json.loads(row.choice))]) + "\n"
        for row in choices
    )
