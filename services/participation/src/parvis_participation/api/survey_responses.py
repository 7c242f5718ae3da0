# SPDX-License-Identifier: EUPL-1.2
"""Answers of people to surveys."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import NewResponse, ResponseReceipt
from parvis_participation.service.answer_survey import Respondent, answer_survey, has_answered

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
    with faults_told():
        async with parts.runtime.database.unit_of_work() as uow:
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
