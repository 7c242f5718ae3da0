# SPDX-License-Identifier: EUPL-1.2
"""Signatures of people whom nobody verified, who are counted by their accounts."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.petition_tables import Petition, PetitionSignature
from parvis_participation.db.process_tables import ProcessPart
from parvis_participation.domain.petition import PetitionState

# What is closed was counted; what is removed may be given back.
_COUNTED_ON: Final = (PetitionState.OPEN, PetitionState.REMOVED)


async def any_unverified(session: AsyncSession, parts: Select[tuple[UUID]] | Collection[UUID]) -> bool:
    """Whether one of these is a petition, not closed, that somebody has signed whom nobody verified.

    Nobody signs one of them before this transaction ends.
    """
    petitions = select(Petition.id).where(Petition.id.in_(parts), Petition.state.in_(_COUNTED_ON)).order_by(Petition.id)
    held = (await session.scalars(petitions.with_for_update())).all()
    wanted = select(PetitionSignature.id).where(
        PetitionSignature.petition_id.in_(held), PetitionSignature.person_key.is_(None)
    )
    return (await session.execute(wanted.limit(1))).first() is not None


def of_process(process_id: UUID) -> Select[tuple[UUID]]:
    """What belongs to a process."""
    return select(ProcessPart.part).where(ProcessPart.process_id == process_id)
