# SPDX-License-Identifier: EUPL-1.2
"""An agent has somebody before them whose identity they have checked: they may vote at the desk, or on paper.

The civil status that the agent types makes the key that the person's accounts have, so that nobody votes twice. At the
desk the roll is not signed by the agent: the voter gets a voucher, and the desk's device casts the sealed ballot with
it, roll and urn in one statement as everywhere. Who walks away has not voted.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.crypto.keys import MasterKey, UnreadableError
from parvis_kit.db.database import Database
from parvis_participation.db import polls, processes, roll
from parvis_participation.db.urn import Urn, Voter
from parvis_participation.domain.desk import Channel, ChannelError, IncompleteCivilStatusError, VoucherError
from parvis_participation.domain.errors import AlreadyVotedError, ParticipationError, PollNotOpenError
from parvis_participation.domain.poll import Poll
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.cast_ballot import check_listed
from parvis_participation.service.check_audience import check_visitor
from parvis_participation.service.envelope import check_envelope
from parvis_participation.service.seals import Seals

LIFE: Final = timedelta(minutes=15)
_KEY_BYTES: Final = 32
_EXPIRY_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the desk: a document's civil status, kind and number; where they live, as the agent has checked.

    ``resident`` is whether the agent has seen where they live; ``area`` then is the part of the town, if any.
    """

    civil_status: Mapping[str, str | None]
    resident: bool
    area: str | None
    document: str
    number: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The use case, with what it needs."""

    database: Database
    roll_keys: RollKeys
    seals: Seals

    async def receive(
        self, collectivity: str, poll_id: UUID, visitor: Visitor, channel: Channel, now: datetime
    ) -> tuple[Poll, Voter]:
        """The poll and the keys of somebody who may vote in it that way now.

        Raises NotFoundError, PollNotOpenError, ChannelError, NotResidentError, IncompleteCivilStatusError,
        TooYoungError, AgeUnknownError or NotEntitledError, as :func:`check_visitor` of the poll's process, or the 503
        problem.
        """
        poll, voter = await self.know(collectivity, poll_id, visitor, channel)
        await self.check(poll, voter, visitor, now)
        return poll, voter

    async def know(self, collectivity: str, poll_id: UUID, visitor: Visitor, channel: Channel) -> tuple[Poll, Voter]:
        """The poll and the keys of somebody, whether or not they may vote.

        Raises NotFoundError, ChannelError or IncompleteCivilStatusError, or the 503 problem.
        """
        async with self.database.reading() as session:
            row = await polls.one(session, collectivity, poll_id, published=True)
        # The keys on the roll of a poll of before identity made keys are of accounts: nobody would be found there.
        if row.eligibility is None:
            raise ChannelError
        (key,) = await self.roll_keys.of_civil_statuses(poll_id, [visitor.civil_status])
        if key is None:
            raise IncompleteCivilStatusError
        document_key = self.seals.document_key(poll_id, visitor.document, visitor.number)
        return polls.entity(row), Voter(key, document_key, channel)

    async def check(self, poll: Poll, voter: Voter, visitor: Visitor, now: datetime) -> None:
        """Raise the errors of :meth:`receive` that are about the conditions of the poll and its process."""
        poll.check_open(now)
        poll.eligibility.check_channel(voter.channel)
        areas = [visitor.area] if visitor.resident else []
        poll.eligibility.check_residence(areas)
        poll.check_birth_date(visitor.civil_status["birth_date"] or "", clock_of(poll.collectivity))
        await check_listed(poll, voter.person_key, self.database)
        async with self.database.reading() as session:
            within = processes.whom_within(await processes.of_part(session, poll.id))
        await check_visitor(visitor.civil_status, areas, within, database=self.database, roll_keys=self.roll_keys)

    async def fault(self, poll: Poll, voter: Voter, visitor: Visitor, now: datetime) -> ParticipationError | None:
        """What :meth:`check` raises: a call that was answered before is answered alike, whatever holds now."""
        try:
            await self.check(poll, voter, visitor, now)
        except ParticipationError as error:
            return error
        return None

    async def check_new(self, poll: Poll, voter: Voter) -> None:
        """Raise AlreadyVotedError for somebody who stands on the roll: told at the desk, not once they chose."""
        async with self.database.reading() as session:
            if await roll.holds(session, poll.id, voter.person_key, voter.account_key):
                raise AlreadyVotedError


class Vouchers:
    """What lets the desk's device cast one ballot, for fifteen minutes; nothing is stored of it."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.sealing("desk-vouchers")

    def give(self, poll: UUID, voter: Voter, now: datetime) -> tuple[str, datetime]:
        """A voucher for that person in that poll, and its end."""
        ends = datetime.fromtimestamp(int((now + LIFE).timestamp()), UTC)
        plain = voter.person_key + (voter.account_key or b"") + int(ends.timestamp()).to_bytes(_EXPIRY_BYTES, "big")
        return urlsafe_b64encode(self._key.seal(plain, f"voucher/{poll}")).decode().rstrip("="), ends

    def take(self, poll: UUID, voucher: str, now: datetime) -> Voter:
        """Whom it is for; raises VoucherError."""
        try:
            plain = self._key.open(urlsafe_b64decode(voucher + "=" * (-len(voucher) % 4)), f"voucher/{poll}")
        except (UnreadableError, ValueError) as error:
            raise VoucherError from error
        if now.timestamp() >= int.from_bytes(plain[-_EXPIRY_BYTES:], "big"):
            raise VoucherError
        # Those of before have no document's key.
        return Voter(plain[:_KEY_BYTES], plain[_KEY_BYTES:-_EXPIRY_BYTES] or None, Channel.DESK)


@dataclass(frozen=True, slots=True)
class DeskBallot:
    """A ballot sealed on the desk's device."""

    poll_id: UUID
    voucher: str
    commitment: bytes
    sealed: bytes


async def cast_at_desk(
    ballot: DeskBallot, *, database: Database, urn: Urn, vouchers: Vouchers, seals: Seals, now: datetime
) -> bytes:
    """The signature of the receipt, as :func:`cast_ballot`.

    Raises VoucherError, NotFoundError, PollNotOpenError, EnvelopeError, AlreadyVotedError or CommitmentTakenError.
    """
    try:
        voter = vouchers.take(ballot.poll_id, ballot.voucher, now)
        async with database.reading() as session:
            row = await polls.published(session, ballot.poll_id)
        poll = polls.entity(row)
        poll.check_open(now)
        check_envelope(ballot.sealed, poll.rules.most)
        await urn.cast(poll.id, voter, ballot.commitment, ballot.sealed, now)
    except (PollNotOpenError, VoucherError):
        if not await urn.holds(ballot.poll_id, ballot.commitment, ballot.sealed):
            raise
    return seals.receipt(ballot.poll_id, ballot.commitment)


async def mark_paper(session: AsyncSession, poll: Poll, voter: Voter, now: datetime) -> None:
    """Sign the roll for somebody who is handed a paper ballot, in the caller's transaction.

    Raises PollNotOpenError or AlreadyVotedError.
    """
    row = await polls.one(session, poll.collectivity, poll.id, published=True, share=True)
    polls.entity(row).check_open(now)
    await roll.mark(session, poll.collectivity, poll.id, voter.person_key, voter.account_key)
