# SPDX-License-Identifier: EUPL-1.2
"""A verified person supports a proposal, once, or supports it no more; nothing is locked that others wait for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import merged_accounts, proposals
from parvis_participation.domain.errors import ProposalGoneError
from parvis_participation.domain.proposal import check_published, check_supporter


@dataclass(frozen=True, slots=True)
class Supporter:
    """Who supports; ``acr`` is the level at which the person signed in."""

    collectivity: str
    person: UUID
    acr: str | None


async def support_proposal(session: AsyncSession, supporter: Supporter, proposal_id: UUID, *, now: datetime) -> int:
    """How many support it now, in the caller's transaction; safe to repeat.

    Raises NotVerifiedError, NotFoundError or ProposalGoneError.
    """
    check_supporter(supporter.acr)
    row = await proposals.one(session, supporter.collectivity, proposal_id)
    person = await merged_accounts.standing(session, supporter.person)
    if not await proposals.support(session, supporter.collectivity, proposal_id, person, now):
        raise ProposalGoneError
    return (await proposals.supported(session, row)).supports


async def support_no_more(session: AsyncSession, supporter: Supporter, proposal_id: UUID) -> int:
    """The same, once it is taken back, however the person signed in; raises NotFoundError or ProposalGoneError."""
    row = await proposals.one(session, supporter.collectivity, proposal_id)
    check_published(row.state)
    person = await merged_accounts.standing(session, supporter.person)
    await proposals.take_back(session, proposal_id, person)
    return (await proposals.supported(session, row)).supports
