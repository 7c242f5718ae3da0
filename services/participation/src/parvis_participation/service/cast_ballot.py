# SPDX-License-Identifier: EUPL-1.2
"""A citizen votes, once and for good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_participation.db import polls
from parvis_participation.db.urn import Urn, Voter
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.envelope import check_envelope
from parvis_participation.service.seals import Seals


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

    Raises NotFoundError, PollNotOpenError, NotVerifiedError, EnvelopeError, AlreadyVotedError or CommitmentTakenError,
    or the 503 problem while identity cannot say who the person is, and nothing is stored.
    """
    async with database.reading() as session:
        row = await polls.one(session, command.collectivity, command.poll_id, published=True)
    poll = polls.entity(row)
    poll.check_voter(command.acr, now)
    check_envelope(command.sealed, poll.rules.most)
    voter = Voter(await roll_keys.of(poll.id, command.person), seals.account_key(poll.id, command.person))
    await urn.cast(poll.id, voter, command.commitment, command.sealed, now)
    return seals.receipt(poll.id, command.commitment)
