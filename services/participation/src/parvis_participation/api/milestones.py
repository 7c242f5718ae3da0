# SPDX-License-Identifier: EUPL-1.2
"""What becomes of the chosen projects: agents report it, everybody reads it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.schemas import Input, LongText, ShortText
from parvis_participation.api.views import instant
from parvis_participation.db import budgets, milestones, projects
from parvis_participation.db.tables import BudgetMilestone as Row
from parvis_participation.service.report_milestone import Milestone, report_milestone

routes = router(tags=["milestones"])


class NewMilestone(Input):
    """What a chosen project has reached, and on which day."""

    title: ShortText
    details: LongText
    reached_on: date


class MilestoneView(BaseModel):
    """A milestone, in the language asked for."""

    id: UUID
    project_id: UUID
    title: str
    details: str
    reached_on: date
    created_at: datetime


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/projects/{project_id}/milestones",
    **public(),
    operation_id="listMilestones",
    response_model=Page[MilestoneView],
    responses=problems(400, 404, 422),
)
async def list_(
    collectivity: Collectivity,
    budget_id: UUID,
    project_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What a chosen project has reached, the last reported first."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["milestones", str(project_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        await budgets.one(session, collectivity, budget_id)
        await projects.one(session, collectivity, budget_id, project_id)
        found = await milestones.page(session, project_id, place, limit)
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    response.headers.update(headers)
    items = [_view(row, language) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/projects/{project_id}/milestones",
    **token("participation.budgets.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="reportMilestone",
    status_code=201,
    response_model=MilestoneView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def report(project_id: UUID, body: NewMilestone, request: Request) -> Response:
    """Report what a chosen project has reached, while what was chosen is being built."""
    agent, language, at = agent_of(request), language_of(request), now()
    milestone = Milestone(body.title.model_dump(), body.details.model_dump(), body.reached_on)

    async def effect(session: AsyncSession) -> Answer:
        row = await report_milestone(session, agent.collectivity, project_id, milestone, now=at)
        return Answer.of(_view(row, language))

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def _view(row: Row, language: Language) -> MilestoneView:
    return MilestoneView(
        id=row.id,
        project_id=row.project_id,
        title=row.title[language],
        details=row.details[language],
        reached_on=row.reached_on,
        created_at=instant(row.created_at),
    )
