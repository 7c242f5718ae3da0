# SPDX-License-Identifier: EUPL-1.2
"""Answers of people without an account, by a survey's link."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.alone import OWN_KEY, call_alone
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import NewLinkResponse, ResponseReceipt
from parvis_participation.service.answer_by_link import LinkBearer, answer_by_link

routes = router(tags=["surveys"])


@routes.post(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}/responses",
    **public(headers=[OWN_KEY]),
    operation_id="answerSurveyByLink",
    status_code=201,
    response_model=ResponseReceipt,
    responses=problems(400, 403, 404, 409, 413, 422, 429),
)
async def answer(collectivity: Collectivity, survey_id: UUID, body: NewLinkResponse, request: Request) -> Response:
    """Answer without an account, by the link of a survey that has one; nothing is kept but the answers."""
    parts, at = parts_of(request), now()
    bearer, answers = LinkBearer(collectivity, body.link), body.model_dump(mode="json")["answers"]
    most = parts.runtime.settings.link_answers_per_hour

    async def effect(session: AsyncSession) -> Answer:
        await answer_by_link(session, bearer, survey_id, answers, words=parts.words, most_an_hour=most, now=at)
        return Answer.of(ResponseReceipt(survey_id=survey_id, answered=True), {"Cache-Control": "no-store"})

    call = await call_alone(request, "answerSurveyByLink", collectivity, survey_id)
    with faults_told():
        return await parts.runtime.idempotency.once(call, effect)
