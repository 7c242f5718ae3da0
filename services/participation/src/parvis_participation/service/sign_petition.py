# SPDX-License-Identifier: EUPL-1.2
"""Somebody signs a petition, once, and takes their signature back while it is open; nobody waits for anybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import merged_accounts, petitions
from parvis_participation.domain.errors import PetitionStateError
from parvis_participation.domain.petition import PetitionState, check_level, check_state
from parvis_participation.service.support_proposal import Supporter


@dataclass(frozen=True, slots=True)
class Wishes:
    """Whether readers see that somebody signs, under their pseudonym, and whether they want to know of the answer."""

    shown: bool
    told: bool


async def sign_petition(
    session: AsyncSession, signer: Supporter, petition_id: UUID, wishes: Wishes, *, now: datetime
) -> int:
    """How many have signed now, in the caller's transaction; sign again to wish otherwise.

    Raises NotFoundError, NotVerifiedError where it wants verified people, or PetitionStateError.

    The phases of a process that it belongs to do not count: what was admitted is signed until its own close, whatever
    agents plan later.
    """
    row = await petitions.public(session, signer.collectivity, petition_id)
    check_level(signer.acr, verified=row.verified)
    person = await merged_accounts.standing(session, signer.person)
    values = {"id": uuid4(), "petition": row.id, "person": person, "at": now}
    if not await petitions.sign(session, values | {"shown": wishes.shown, "told": wishes.told}):
        raise PetitionStateError
    return await petitions.number(session, row.id)


async def sign_no_more(session: AsyncSession, signer: Supporter, petition_id: UUID) -> None:
    """Take it back while the petition is open, however the person signed in; asked again, nothing changes.

    Raises NotFoundError or PetitionStateError.
    """
    row = await petitions.public(session, signer.collectivity, petition_id)
    check_state(row.state, PetitionState.OPEN)
    person = await merged_accounts.standing(session, signer.person)
    await petitions.take_back(session, row.id, person)
