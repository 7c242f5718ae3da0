# SPDX-License-Identifier: EUPL-1.2
"""Surveys as everybody reads them, and as agents prepare and close them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import (
    NewSurvey,
    NewSurveyTransition,
    SurveyDraftView,
    SurveyHeadView,
    SurveyView,
)
from parvis_participation.api.survey_views import draft_view, head_view, survey_view
from parvis_participation.db import survey_responses, surveys
from parvis_participation.domain.survey_form import quotas_of
from parvis_participation.service.create_survey import SurveyDraft, act_on_survey, change_survey, create_survey

routes = router(tags=["surveys"])
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_BODY_LIMIT = 262_144


@routes.get(
    "/v1/collectivities/{collectivity}/surveys",
    **public(),
    operation_id="listSurveys",
    response_model=Page[SurveyHeadView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The published surveys of a collectivity, newest first."""
    runtime, language, at = parts_of(request).runtime, language_of(request), now()
    bound = ["surveys", collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await surveys.page(session, collectivity, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [head_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}",
    **public(),
    operation_id="readSurvey",
    response_model=SurveyView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, survey_id: UUID, request: Request, response: Response) -> SurveyView:
    """One published survey with its questions, and where each is asked."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await surveys.one(session, collectivity, survey_id, published=True)
        full = await survey_responses.full(session, row.id, quotas_of(row.form))
    response.headers.update(_HEADERS | {"Content-Language": language})
    return survey_view(row, full, language, now())


@routes.post(
    "/v1/surveys",
    **token("participation.surveys.write", headers=[IDEMPOTENCY_KEY], body_limit=_BODY_LIMIT),
    operation_id="createSurvey",
    status_code=201,
    response_model=SurveyDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewSurvey, request: Request) -> Response:
    """Prepare a survey of the agent's collectivity; it stays a draft until published."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_survey(session, agent.collectivity, _draft(body), now=at)
        headers = {"Location": f"/v1/surveys/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(draft_view(row, 0, at), headers)

    call = idempotent_call(request, agent, await request.body())
    with faults_told(("form",)):
        return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/surveys",
    **token("participation.surveys.read"),
    operation_id="listOwnSurveys",
    response_model=Page[SurveyHeadView],
    responses=problems(400, 401, 403, 422),
)
async def list_own(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The surveys of the agent's collectivity, drafts included, newest first."""
    agent, runtime, language, at = agent_of(request), parts_of(request).runtime, language_of(request), now()
    bound = ["own-surveys", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await surveys.page(session, agent.collectivity, place, limit, drafts=True)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [head_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/surveys/{survey_id}",
    **token("participation.surveys.read"),
    operation_id="readOwnSurvey",
    response_model=SurveyDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read_own(survey_id: UUID, request: Request, response: Response) -> SurveyDraftView:
    """A survey of the agent's collectivity in both languages, and how many have answered."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        responses = await survey_responses.number(session, row.id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return draft_view(row, responses, now())


@routes.put(
    "/v1/surveys/{survey_id}",
    **token("participation.surveys.write", headers=[IF_MATCH], body_limit=_BODY_LIMIT),
    operation_id="changeSurvey",
    response_model=SurveyDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(survey_id: UUID, body: NewSurvey, request: Request, response: Response) -> SurveyDraftView:
    """Ask otherwise, until the survey opens; from then on it is frozen."""
    agent, version, at = agent_of(request), required_version(request), now()
    with faults_told(("form",)):
        async with parts_of(request).runtime.database.unit_of_work() as uow:
            draft = _draft(body)
            row = await change_survey(uow.session, agent.collectivity, survey_id, draft, version=version, now=at)
            await chain_act(request, uow.session)
            await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return draft_view(row, 0, at)


@routes.post(
    "/v1/surveys/{survey_id}/transitions",
    **token("participation.surveys.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnSurvey",
    status_code=201,
    response_model=SurveyDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(survey_id: UUID, body: NewSurveyTransition, request: Request) -> Response:
    """Publish a draft, close an open survey early, renew its link, or release the results once no answers can come."""
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await act_on_survey(session, agent.collectivity, survey_id, body.action, version=version, now=at)
        responses = await survey_responses.number(session, row.id)
        return Answer.of(draft_view(row, responses, at), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def _draft(body: NewSurvey) -> SurveyDraft:
    return SurveyDraft(
        title=body.title.model_dump(),
        description=body.description.model_dump(),
        form=body.form.model_dump(mode="json"),
        identification=body.identification,
        open_link=body.open_link,
        release=body.release,
        opens_at=body.opens_at,
        closes_at=body.closes_at,
        paper_closes_at=body.paper_closes_at or body.closes_at,
    )
