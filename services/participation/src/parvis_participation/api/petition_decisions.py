# SPDX-License-Identifier: EUPL-1.2
"""What the town decides of petitions, and answers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.petition_schemas import NewPetitionAnswer, NewPetitionDecision, PetitionView
from parvis_participation.api.petition_views import petition_view, sort_bound
from parvis_participation.db import petition_list, petitions
from parvis_participation.domain.petition import PetitionSort, PetitionState
from parvis_participation.service.decide_petition import PetitionDecision, answer_petition, decide_petition
from parvis_participation.service.deposit_project import Author

routes = router(tags=["petitions"])
_Sort = Annotated[
    Literal[PetitionSort.NEWEST, PetitionSort.OLDEST, PetitionSort.MOST_SIGNED],
    Query(description="Newest, oldest or most signed first; the order by signatures follows within about a minute."),
]


@routes.get(
    "/v1/petitions",
    **token("participation.petition-decisions.read"),
    operation_id="listPetitionsToDecide",
    response_model=Page[PetitionView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    state: Annotated[list[PetitionState], Query(default_factory=list, max_length=5)],
    sort: _Sort = PetitionSort.NEWEST,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """Petitions of the agent's collectivity, those that wait for a decision included, newest first unless sorted."""
    agent, parts, language = agent_of(request), parts_of(request), language_of(request)
    bound = ["petitions-to-decide", agent.collectivity, *map(str, state), *sort_bound(sort)]
    place = parts.runtime.cursors.read(cursor, bound)
    wanted = petition_list.of_town(agent.collectivity, state or list(PetitionState))
    async with parts.runtime.database.reading() as session:
        found = await petition_list.page(session, wanted, place, limit, sort)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [petition_view(each, parts.pseudonyms, language) for each in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/petitions/{petition_id}",
    **token("participation.petition-decisions.read"),
    operation_id="readPetitionToDecide",
    response_model=PetitionView,
    responses=problems(401, 403, 404, 422),
)
async def read(petition_id: UUID, request: Request, response: Response) -> PetitionView:
    """One petition of the agent's collectivity, whatever its state."""
    agent, parts, language = agent_of(request), parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        found = await petitions.signed(session, await petitions.one(session, agent.collectivity, petition_id))
    headers = {"Cache-Control": "no-store", "ETag": entity_tag(found.row.version), "Content-Language": language}
    response.headers.update(headers)
    return petition_view(found, parts.pseudonyms, language)


@routes.post(
    "/v1/petitions/{petition_id}/decisions",
    **token("participation.petition-decisions.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="decidePetition",
    status_code=201,
    response_model=PetitionView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide(petition_id: UUID, body: NewPetitionDecision, request: Request) -> Response:
    """Admit a petition, with what is promised at which threshold and its close, or refuse it, with reasons; once."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    version, given = required_version(request), body.model_dump(exclude={"outcome", "closes_at"})
    decision = PetitionDecision(outcome=body.outcome, closes_at=body.closes_at, **given)

    async def effect(session: AsyncSession) -> Answer:
        row = await decide_petition(session, _author(agent), petition_id, decision, version=version, now=at)
        found = await petitions.signed(session, row)
        return Answer.of(petition_view(found, parts.pseudonyms, language), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts.runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/petitions/{petition_id}/answers",
    **token("participation.petition-decisions.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="answerPetition",
    status_code=201,
    response_model=PetitionView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def answer(petition_id: UUID, body: NewPetitionAnswer, request: Request) -> Response:
    """Publish what the town answers, once; its author is told, and each signer who wants to know."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    version, text = required_version(request), body.text.model_dump()

    async def effect(session: AsyncSession) -> Answer:
        row = await answer_petition(session, _author(agent), petition_id, text, version=version, now=at)
        found = await petitions.signed(session, row)
        return Answer.of(petition_view(found, parts.pseudonyms, language), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts.runtime.idempotency.once(call, chained(request, effect))


def _author(agent: Principal) -> Author:
    return Author(agent.collectivity, agent.person)
