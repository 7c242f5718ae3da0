# SPDX-License-Identifier: EUPL-1.2
"""Answers of people to surveys."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import DraftView, NewResponse, ResponseReceipt
from parvis_participation.api.views import instant
from parvis_participation.service.answer_survey import answer_survey, has_answered
from parvis_participation.service.check_audience import check_audience
from parvis_participation.service.respondent import Respondent
from parvis_participation.service.save_draft import discard_draft, read_draft, save_draft
from parvis_participation.service.support_proposal import Supporter

routes = router(tags=["surveys"])


@routes.put(
    "/v1/surveys/{survey_id}/responses/mine",
    **token("participation.responses.write"),
    operation_id="answerSurvey",
    response_model=ResponseReceipt,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def answer(survey_id: UUID, body: NewResponse, request: Request, response: Response) -> ResponseReceipt:
    """Answer, once: sent again, it is ``survey-answered``, and nothing changes.

    No key of a repeated call is kept, as it would lead from the person to the answers of an anonymous survey.
    """
    citizen, parts = citizen_of(request), parts_of(request)
    answers = body.model_dump(mode="json")["answers"]
    respondent = Respondent(citizen.collectivity, citizen.person)
    database = parts.runtime.database
    who = Supporter(citizen.collectivity, citizen.person, citizen.acr)
    await check_audience(who, survey_id, database=database, roll_keys=parts.roll_keys, now=now())
    with faults_told():
        async with database.unit_of_work() as uow:
            await answer_survey(
                uow.session, respondent, survey_id, answers, seals=parts.seals, words=parts.words, now=now()
            )
            await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return ResponseReceipt(survey_id=survey_id, answered=True)


@routes.get(
    "/v1/surveys/{survey_id}/responses/mine",
    **token("participation.responses.read"),
    operation_id="readResponseReceipt",
    response_model=ResponseReceipt,
    responses=problems(401, 403, 404, 422),
)
async def read(survey_id: UUID, request: Request, response: Response) -> ResponseReceipt:
    """Whether one has answered."""
    citizen, parts = citizen_of(request), parts_of(request)
    respondent = Respondent(citizen.collectivity, citizen.person)
    async with parts.runtime.database.reading() as session:
        answered = await has_answered(session, respondent, survey_id, parts.seals)
    response.headers["Cache-Control"] = "no-store"
    return ResponseReceipt(survey_id=survey_id, answered=answered)


@routes.put(
    "/v1/surveys/{survey_id}/drafts/mine",
    **token("participation.responses.write"),
    operation_id="saveSurveyDraft",
    response_model=DraftView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def save(survey_id: UUID, body: NewResponse, request: Request, response: Response) -> DraftView:
    """Save what one has begun, sealed, in the place of what was saved before; it counts for nothing."""
    citizen, parts, at = citizen_of(request), parts_of(request), now()
    answers = body.model_dump(mode="json")["answers"]
    respondent = Respondent(citizen.collectivity, citizen.person)
    with faults_told():
        async with parts.runtime.database.unit_of_work() as uow:
            await save_draft(uow.session, respondent, survey_id, answers, words=parts.words, now=at)
            await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return DraftView(survey_id=survey_id, answers=answers, changed_at=instant(at))


@routes.get(
    "/v1/surveys/{survey_id}/drafts/mine",
    **token("participation.responses.read"),
    operation_id="readSurveyDraft",
    response_model=DraftView,
    responses=problems(401, 403, 404, 422),
)
async def read_saved(survey_id: UUID, request: Request, response: Response) -> DraftView:
    """What one has begun."""
    citizen, parts = citizen_of(request), parts_of(request)
    respondent = Respondent(citizen.collectivity, citizen.person)
    async with parts.runtime.database.reading() as session:
        answers, changed_at = await read_draft(session, respondent, survey_id, parts.words)
    response.headers["Cache-Control"] = "no-store"
    return DraftView(survey_id=survey_id, answers=dict(answers), changed_at=instant(changed_at))


@routes.delete(
    "/v1/surveys/{survey_id}/drafts/mine",
    **token("participation.responses.write"),
    operation_id="discardSurveyDraft",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def discard(survey_id: UUID, request: Request) -> Response:
    """Forget what one has begun; asked again, nothing changes."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await discard_draft(uow.session, Respondent(citizen.collectivity, citizen.person), survey_id)
        await uow.commit()
    return Response(status_code=204)
