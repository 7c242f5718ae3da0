# SPDX-License-Identifier: EUPL-1.2
"""What one version of a proposal says otherwise than another."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.amendment_schemas import ComparisonView
from parvis_participation.api.amendments import segments
from parvis_participation.api.budget_schemas import Place
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import parts_of
from parvis_participation.db import proposals
from parvis_participation.db.proposal_tables import Proposal, ProposalVersion
from parvis_participation.domain.proposal import check_published

routes = router(tags=["proposals"])
Before = Annotated[
    int | None, Query(ge=1, le=1_000_000, description="The earlier version; without it, the one before the later.")
]
After = Annotated[int | None, Query(ge=1, le=1_000_000, description="That of the later one; without it, the present.")]


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}/comparisons",
    **public(),
    operation_id="compareProposalVersions",
    response_model=ComparisonView,
    responses=problems(404, 409, 422),
)
async def compare(
    collectivity: Collectivity,
    proposal_id: UUID,
    request: Request,
    response: Response,
    before: Before = None,
    after: After = None,
) -> ComparisonView:
    """Two versions of a proposal, word by word; any two, in either order."""
    async with parts_of(request).runtime.database.reading() as session:
        row = await proposals.one(session, collectivity, proposal_id)
        check_published(row.state)
        two = await two_versions(session, row, before, after)
    response.headers["Cache-Control"] = "public, no-cache"
    return await asyncio.to_thread(comparison_view, *two)


async def two_versions(
    session: AsyncSession, row: Proposal, before: int | None, after: int | None
) -> tuple[Proposal | ProposalVersion, Proposal | ProposalVersion]:
    """The versions that are compared; raises NotFoundError."""
    later = await proposals.version(session, row, after or row.version)
    if before is None:
        return await proposals.version_before(session, row, later.version), later
    return await proposals.version(session, row, before), later


def comparison_view(before: Proposal | ProposalVersion, after: Proposal | ProposalVersion) -> ComparisonView:
    """What the one says otherwise than the other."""
    return ComparisonView(
        before=before.version,
        after=after.version,
        title=segments(before.title, after.title),
        description=segments(before.description, after.description),
        estimate_before=before.estimate,
        estimate_after=after.estimate,
        position_before=_place(before),
        position_after=_place(after),
    )


def _place(row: Proposal | ProposalVersion) -> Place | None:
    return None if row.position is None else Place(**row.position)
