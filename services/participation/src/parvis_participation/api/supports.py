# SPDX-License-Identifier: EUPL-1.2
"""Supports of proposals: one a verified person, by name; the town's database knows who supports what."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.context import Parts, citizen_of, now, parts_of
from parvis_participation.api.proposal_schemas import NewSupport, SupportView
from parvis_participation.api.views import instant
from parvis_participation.service.support_proposal import (
    Supporter,
    own_support,
    support_no_more,
    support_proposal,
    supports_until,
)

routes = router(tags=["proposals"])


@routes.get(
    "/v1/proposals/{proposal_id}/supports/mine",
    **token("participation.proposals.read"),
    operation_id="readSupport",
    response_model=SupportView,
    responses=problems(401, 403, 404, 422),
)
async def read(proposal_id: UUID, request: Request, response: Response) -> SupportView:
    """Whether one supports a proposal, by whichever of one's accounts, and how many do."""
    parts, supporter = parts_of(request), _supporter(citizen_of(request))
    supporting, supports = await own_support(
        supporter, proposal_id, database=parts.runtime.database, roll_keys=parts.roll_keys
    )
    until = await _until(parts, supporter, proposal_id)
    response.headers["Cache-Control"] = "no-store"
    return SupportView(supporting=supporting, supports=supports, retention_ends_at=until)


@routes.post(
    "/v1/proposals/{proposal_id}/supports",
    **token("participation.proposals.write"),
    operation_id="supportProposal",
    response_model=SupportView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def support(proposal_id: UUID, body: NewSupport, request: Request, response: Response) -> SupportView:
    """Support a proposal, as a person of verified identity, or support it no more; asked again, nothing changes.

    A person counts once, whatever their accounts.
    """
    parts, supporter = parts_of(request), _supporter(citizen_of(request))
    database, roll_keys = parts.runtime.database, parts.roll_keys
    if body.supporting:
        await check_for_citizen(request, proposal_id, now())
        supports = await support_proposal(supporter, proposal_id, database=database, roll_keys=roll_keys, now=now())
    else:
        supports = await support_no_more(supporter, proposal_id, database=database, roll_keys=roll_keys)
    until = await _until(parts, supporter, proposal_id)
    response.headers["Cache-Control"] = "no-store"
    return SupportView(supporting=body.supporting, supports=supports, retention_ends_at=until)


async def _until(parts: Parts, supporter: Supporter, proposal_id: UUID) -> datetime | None:
    days = parts.runtime.settings.support_retention_days
    until = await supports_until(supporter, proposal_id, database=parts.runtime.database, days=days)
    return None if until is None else instant(until)


def _supporter(citizen: Principal) -> Supporter:
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)
