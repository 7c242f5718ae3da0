# SPDX-License-Identifier: EUPL-1.2
"""Somebody without JavaScript votes: this process seals their ballot, which it sees open for that moment.

The random bytes on the paper are kept by nobody, so that the same choice sent again makes another ballot: whoever lost
the answer learns that they have voted, and gets no receipt.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_participation.db import polls, processes, roll
from parvis_participation.db.urn import Urn, Voter
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.paper import NONCE_BYTES, commitment_of, fold
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.cast_ballot import entitled_key
from parvis_participation.service.envelope import public_key, seal
from parvis_participation.service.seals import Seals
from parvis_participation.service.support_proposal import Supporter


@dataclass(frozen=True, slots=True)
class OpenBallot:
    """Who votes, and what; ``acr`` is the level at which the person signed in."""

    collectivity: str
    poll_id: UUID
    person: UUID
    acr: str | None
    choice: Choice


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody stands on the roll, and by which channel."""

    voted: bool
    channel: Channel | None


async def seal_for_voter(
    ballot: OpenBallot, *, database: Database, urn: Urn, roll_keys: RollKeys, seals: Seals, now: datetime
) -> tuple[bytes, bytes]:
    """The commitment and the signature of the receipt, once roll and urn are written.

    Raises NotFoundError, PollNotOpenError, ChannelError, BallotError, or as :func:`cast_ballot`.
    """
    async with database.reading() as session:
        row = await polls.one(session, ballot.collectivity, ballot.poll_id, published=True)
        within = processes.whom_within(await processes.of_part(session, row.id))
    poll = polls.entity(row)
    poll.check_voter(ballot.acr, now, Channel.SERVER)
    poll.rules.check(ballot.choice, poll.costs)
    who = Supporter(ballot.collectivity, ballot.person, ballot.acr)
    person_key = await entitled_key(poll, within, who, database=database, roll_keys=roll_keys, now=now)
    content = fold(ballot.choice, secrets.token_bytes(NONCE_BYTES), poll.rules.most)
    commitment = commitment_of(content)
    sealed = seal(content, poll.id, public_key(poll.board.key))
    voter = Voter(person_key, seals.account_key(poll.id, ballot.person), Channel.SERVER)
    await urn.cast(poll.id, voter, commitment, sealed, now)
    return commitment, seals.receipt(poll.id, commitment)


async def standing_of(
    collectivity: str, poll_id: UUID, person: UUID, *, database: Database, roll_keys: RollKeys, seals: Seals
) -> Standing:
    """Whether a vote stands on the roll for somebody, whoever gave it: before the count, and after it.

    Raises NotFoundError or NotVerifiedError, or the 503 problem.
    """
    async with database.reading() as session:
        poll = await polls.one(session, collectivity, poll_id, published=True)
    key = (await roll_keys.of(poll_id, person)).key
    async with database.reading() as session:
        channel = await roll.channel_of(session, poll.id, key, seals.account_key(poll_id, person))
    return Standing(channel is not None, channel)
