# SPDX-License-Identifier: EUPL-1.2
"""A verified person supports a proposal, once whatever their accounts, or supports it no more.

They count under the key that identity makes of the person for this proposal. Nothing is locked that others wait for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_participation.db import accountability, merged_accounts, moderation, processes, proposals
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.domain.accountability import SETTLED
from parvis_participation.domain.errors import NotVerifiedError
from parvis_participation.domain.moderation import APPEAL_PERIOD, ContentKind, Ref
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, SupportsClosedError, check_published, check_supporter
from parvis_participation.domain.retention import retention_ends_at
from parvis_participation.domain.town_day import begin_of
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.follow_process import check_proposal_phase


@dataclass(frozen=True, slots=True)
class Supporter:
    """Who supports; ``acr`` is the level at which the person signed in."""

    collectivity: str
    person: UUID
    acr: str | None


async def support_proposal(
    supporter: Supporter, proposal_id: UUID, *, database: Database, roll_keys: RollKeys, now: datetime
) -> int:
    """How many support it now; safe to repeat, also by another account of the same person.

    Raises NotVerifiedError, NotFoundError, ProposalGoneError, SupportsClosedError, ProcessPhaseError, or the 503
    problem while identity cannot say who the person is, and nothing is stored.
    """
    check_supporter(supporter.acr)
    row = await _published(supporter, proposal_id, database)
    key = (await roll_keys.of(row.id, supporter.person, kind=Scrutiny.PROPOSAL)).key
    async with database.unit_of_work() as uow:
        person = await merged_accounts.standing(uow.session, supporter.person)
        await check_proposal_phase(uow.session, row, Act.SUPPORT_PROPOSAL, now)
        if not await proposals.support(uow.session, supporter.collectivity, row.id, person, key, now):
            check_published((await proposals.one(uow.session, supporter.collectivity, proposal_id)).state)
            raise SupportsClosedError
        supports = (await proposals.supported(uow.session, row)).supports
        await uow.commit()
    return supports


async def support_no_more(supporter: Supporter, proposal_id: UUID, *, database: Database, roll_keys: RollKeys) -> int:
    """The same, once it is taken back, however the person signed in and by whichever of their accounts.

    Raises NotFoundError, ProposalGoneError, or the 503 problem where another account may have supported it.
    """
    row = await _published(supporter, proposal_id, database)
    async with database.unit_of_work() as uow:
        person = await merged_accounts.standing(uow.session, supporter.person)
        taken = await proposals.take_back(uow.session, row.id, person)
        supports = (await proposals.supported(uow.session, row)).supports
        await uow.commit()
    if taken or not supports:
        return supports
    key = await _key(supporter, row, roll_keys)
    async with database.unit_of_work() as uow:
        if key is not None:
            await proposals.take_back_of_person(uow.session, row.id, key)
        supports = (await proposals.supported(uow.session, row)).supports
        await uow.commit()
    return supports


async def own_support(
    supporter: Supporter, proposal_id: UUID, *, database: Database, roll_keys: RollKeys
) -> tuple[bool, int]:
    """Whether the person supports it, by whichever of their accounts, and how many do.

    Identity is asked where this account does not. Raises NotFoundError, or the 503 problem as above.
    """
    async with database.reading() as session:
        row = await proposals.one(session, supporter.collectivity, proposal_id)
        person = await merged_accounts.standing(session, supporter.person)
        mine = await proposals.supports(session, row.id, person)
        supports = (await proposals.supported(session, row)).supports
    if mine or not supports:
        return mine, supports
    key = await _key(supporter, row, roll_keys)
    async with database.reading() as session:
        return key is not None and await proposals.supports_by_key(session, row.id, key), supports


async def supports_until(supporter: Supporter, proposal_id: UUID, *, database: Database, days: int) -> datetime | None:
    """Until when it is kept who supports it; None while nothing has become of it. Raises NotFoundError.

    What is settled counts from its day, or from when the town said so if that was later.
    """
    async with database.reading() as session:
        row = await proposals.one(session, supporter.collectivity, proposal_id)
        process = await processes.within(session, row)
        said = await accountability.last_reported_at(session, row.id)
        undecided = await moderation.is_undecided(session, Ref(ContentKind.PROPOSAL, row.id))
    ends = [] if process is None else [retention_ends_at(process.ends_at, days)]
    if row.state == ProposalState.WITHDRAWN or (row.state == ProposalState.REMOVED and not undecided):
        ends.append(max(retention_ends_at(row.changed_at, days), row.changed_at + APPEAL_PERIOD))
    if row.outcome in SETTLED and row.outcome_on is not None:
        settled = begin_of(row.outcome_on + timedelta(days=1), clock_of(row.collectivity))
        ends.append(retention_ends_at(settled if said is None else max(settled, said), days))
    return min(ends, default=None)


async def _published(supporter: Supporter, proposal_id: UUID, database: Database) -> Proposal:
    async with database.reading() as session:
        row = await proposals.one(session, supporter.collectivity, proposal_id)
    check_published(row.state)
    return row


async def _key(supporter: Supporter, row: Proposal, roll_keys: RollKeys) -> bytes | None:
    """The person's key; None for somebody whom nobody verified, who supports nothing by another account."""
    try:
        return (await roll_keys.of(row.id, supporter.person, kind=Scrutiny.PROPOSAL)).key
    except NotVerifiedError:
        return None
