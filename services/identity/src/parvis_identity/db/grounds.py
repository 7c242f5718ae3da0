# SPDX-License-Identifier: EUPL-1.2
"""What tokens on behalf rest on, of whatever sort."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.behalf_tables import AssistanceRow, MandateRow
from parvis_identity.db.organisation_tables import OrganisationMemberRow, OrganisationRow


async def any_over(session: AsyncSession, ids: Collection[UUID]) -> bool:
    """True where one of these is over: a mandate, an assisted session, an organisation, a membership."""
    over = select(
        or_(
            select(MandateRow.id).where(MandateRow.id.in_(ids), MandateRow.ended_at.is_not(None)).exists(),
            select(AssistanceRow.id).where(AssistanceRow.id.in_(ids), AssistanceRow.ended_at.is_not(None)).exists(),
            select(OrganisationRow.id)
            .where(OrganisationRow.id.in_(ids), OrganisationRow.closed_at.is_not(None))
            .exists(),
            select(OrganisationMemberRow.id)
            .where(OrganisationMemberRow.id.in_(ids), OrganisationMemberRow.ended_at.is_not(None))
            .exists(),
        )
    )
    return bool(await session.scalar(over))


async def standing(session: AsyncSession, person: UUID) -> list[tuple[UUID, str]]:
    """What lets somebody act for that person, or that person for another, with the collectivity of each."""
    given = or_(MandateRow.mandator == person, MandateRow.mandatary == person)
    mandates = select(MandateRow.id, MandateRow.collectivity).where(given, MandateRow.ended_at.is_(None))
    assisted = select(AssistanceRow.id, AssistanceRow.collectivity).where(
        AssistanceRow.person == person, AssistanceRow.ended_at.is_(None)
    )
    return [(id_, collectivity) for id_, collectivity in await session.execute(union_all(mandates, assisted))]
