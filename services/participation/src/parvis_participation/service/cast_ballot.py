# SPDX-License-Identifier: EUPL-1.2
"""A citizen votes, once and for good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_kit.problems import Problem
from parvis_participation.db import entitled, residences
from parvis_participation.db.urn import Urn, Voter
from parvis_participation.domain.audience import ProcessAudience
from parvis_participation.domain.eligibility import NotEntitledError
from parvis_participation.domain.errors import PollNotOpenError
from parvis_participation.domain.poll import Box, Poll
from parvis_participation.domain.town_day import day_of
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.check_audience import check_within
from parvis_participation.service.envelope import check_envelope
from parvis_participation.service.seals import Seals
from parvis_participation.service.support_proposal import Supporter


@dataclass(frozen=True, slots=True)
class CastBallot:
    """Who votes, and the sealed ballot; ``acr`` is the level at which the person signed in."""

    collectivity: str
    poll_id: UUID
    person: UUID
    acr: str | None
    commitment: bytes
    sealed: bytes


async def cast_ballot(
    command: CastBallot, *, database: Database, urn: Urn, roll_keys: RollKeys, seals: Seals, now: datetime
) -> bytes:
    """The signature of the receipt, once roll and urn are written; the same ballot again gets the same signature.

    So it does after the close, and while identity is away: whoever lost the answer learns that they have voted.
    Raises NotFoundError, PollNotOpenError, NotVerifiedError, LevelTooLowError, EnvelopeError, NotResidentError,
    TooYoungError, AgeUnknownError, NotEntitledError, AlreadyVotedError or CommitmentTakenError, as :func:`check_within`
    of the process to which the poll belongs, or the 503 problem while identity cannot say who the person is, and
    nothing is stored.
    """
    poll = await urn.box(command.collectivity, command.poll_id, now)
    try:
        poll.check_voter(command.acr, now)
        check_envelope(command.sealed, poll.most)
        who = Supporter(command.collectivity, command.person, command.acr)
        person_key = await entitled_key(poll, poll.within, who, database=database, roll_keys=roll_keys, now=now)
        voter = Voter(person_key, seals.account_key(poll.id, command.person))
        await urn.cast(poll.id, voter, command.commitment, command.sealed, now)
    except (PollNotOpenError, Problem):
        if not await urn.holds(poll.id, command.commitment, command.sealed):
            raise
    return seals.receipt(poll.id, command.commitment)


async def entitled_key(
    poll: Box | Poll, within: ProcessAudience | None, who: Supporter,
    *, database: Database, roll_keys: RollKeys, now: datetime,
) -> bytes:  # fmt: skip
    """The person's key in the poll, where they meet its conditions and those of its process."""
    clock = clock_of(poll.collectivity)
    await check_within(who, within, database=database, roll_keys=roll_keys, now=now)
    if poll.eligibility.residence:
        async with database.reading() as session:
            areas = await residences.areas(session, poll.collectivity, who.person, day_of(now, clock))
        poll.eligibility.check_residence(areas)
    known = await roll_keys.of(poll.id, who.person, poll.born_by(clock))
    poll.eligibility.check_age(old_enough=known.old_enough)
    await check_listed(poll, known.key, database)
    return known.key


async def check_listed(poll: Box | Poll, person_key: bytes, database: Database) -> None:
    """Raise NotEntitledError where the poll is for the people of a list, and this one is not on it."""
    if poll.eligibility.listed:
        async with database.reading() as session:
            if not await entitled.holds(session, poll.id, person_key):
                raise NotEntitledError
