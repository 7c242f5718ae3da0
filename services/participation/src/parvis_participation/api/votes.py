# SPDX-License-Identifier: EUPL-1.2
"""Votes of residents in participatory budgets, and the result."""

import asyncio
import json
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.budget_views import results_view
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.plain_files import BUDGET_FILES, plain_file
from parvis_participation.api.schemas import Code
from parvis_participation.api.views import instant
from parvis_participation.api.vote_schemas import BudgetResultsView, NewVote, Pick, VoteView
from parvis_participation.db import budgets, votes
from parvis_participation.db.hot import ReplayedError
from parvis_participation.db.tables import BudgetVote
from parvis_participation.db.votes import NewVote as Stored
from parvis_participation.domain.counting.election import Choice
from parvis_participation.service.budget_dataset import budget_dataset
from parvis_participation.service.budget_files import BudgetFile, budget_file
from parvis_participation.service.vote_in_budget import Voter, cast_vote, change_vote, vote_key, withdraw_vote

routes = router(tags=["votes"])
_JSON_LD = "application/ld+json"
_PRIVATE = {"Cache-Control": "no-store"}
Area = Annotated[Code | None, Query(description="Whose money the ballots are about; without it, the whole city's.")]


@routes.post(
    "/v1/budgets/{budget_id}/votes",
    **token("participation.votes.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="castVote",
    status_code=201,
    response_model=VoteView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def cast(budget_id: UUID, body: NewVote, request: Request) -> Response:
    """Vote, once. Nominative: the town's database knows who voted what; a secret vote is a poll."""
    voter, parts = _voter(request, budget_id), parts_of(request)
    await check_for_citizen(request, budget_id, now())
    call = idempotent_call(request, citizen_of(request), await request.body())
    idempotency = parts.runtime.idempotency
    try:
        new = await cast_vote(
            voter,
            _choice(body),
            call,
            lambda stored: idempotency.seal(_cast_answer(stored)),
            database=parts.runtime.database,
            voting=parts.voting,
            roll_keys=parts.roll_keys,
            seals=parts.seals,
            now=now(),
        )
    except ReplayedError as first:
        return idempotency.replay(call, first.body_hash, first.answer)
    return _cast_answer(new).response()


@routes.get(
    "/v1/budgets/{budget_id}/votes/mine",
    **token("participation.votes.read"),
    operation_id="readVote",
    response_model=VoteView,
    responses=problems(401, 403, 404, 422),
)
async def read(budget_id: UUID, request: Request, response: Response) -> VoteView:
    """One's own vote."""
    key = await _key(request, _voter(request, budget_id))
    async with parts_of(request).runtime.database.reading() as session:
        row = await votes.one(session, budget_id, key)
    response.headers.update(_PRIVATE | {"ETag": entity_tag(row.version)})
    return _view(row)


@routes.put(
    "/v1/budgets/{budget_id}/votes/mine",
    **token("participation.votes.write", headers=[IF_MATCH]),
    operation_id="changeVote",
    response_model=VoteView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(budget_id: UUID, body: NewVote, request: Request, response: Response) -> VoteView:
    """Vote otherwise, until the close, where the budget allows it."""
    voter, version = _voter(request, budget_id), required_version(request)
    key = await _key(request, voter)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await change_vote(uow.session, voter, key, _choice(body), version=version, now=now())
        await uow.commit()
    response.headers.update(_PRIVATE | {"ETag": entity_tag(row.version)})
    return _view(row)


@routes.delete(
    "/v1/budgets/{budget_id}/votes/mine",
    **token("participation.votes.write", headers=[IF_MATCH]),
    operation_id="withdrawVote",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(budget_id: UUID, request: Request) -> Response:
    """Take one's vote back, until the close, where the budget allows it."""
    voter, version = _voter(request, budget_id), required_version(request)
    key = await _key(request, voter)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_vote(uow.session, voter, key, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/results",
    **public(),
    operation_id="readBudgetResults",
    response_model=BudgetResultsView,
    responses=problems(404, 409, 422),
)
async def results(
    collectivity: Collectivity, budget_id: UUID, request: Request, response: Response
) -> BudgetResultsView:
    """The result of a counted participatory budget, explained project by project."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await budgets.one(session, collectivity, budget_id)
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    response.headers.update(headers)
    return results_view(row, language)


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/files/{file}",
    **public(),
    operation_id="readBudgetFile",
    response_class=PlainTextResponse,
    responses=problems(404, 409, 422) | BUDGET_FILES,
)
async def file_(
    collectivity: Collectivity, budget_id: UUID, file: BudgetFile, request: Request, area: Area = None
) -> PlainTextResponse:
    """A plain file of a counted budget: its record, the result as a table, or the ballots in Pabulib's format."""
    async with parts_of(request).runtime.database.reading() as session:
        write = await budget_file(session, collectivity, budget_id, file, area)
    return plain_file(file, await asyncio.to_thread(write), "max-age=86400")


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/dataset",
    **public(),
    operation_id="readBudgetDataset",
    response_class=Response,
    responses=problems(404, 409, 422) | {200: {"content": {_JSON_LD: {"schema": {"type": "object"}}}}},
)
async def dataset(collectivity: Collectivity, budget_id: UUID, request: Request) -> Response:
    """A counted budget described as open data, with the address of each of its files: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await budgets.one(session, collectivity, budget_id)
    text = json.dumps(budget_dataset(row, runtime.settings.public_url), ensure_ascii=False)
    return Response(text, media_type=_JSON_LD, headers={"Cache-Control": "public, no-cache"})


def _voter(request: Request, budget_id: UUID) -> Voter:
    citizen = citizen_of(request)
    return Voter(citizen.collectivity, budget_id, citizen.person, citizen.acr)


async def _key(request: Request, voter: Voter) -> bytes:
    parts = parts_of(request)
    return await vote_key(voter, database=parts.runtime.database, roll_keys=parts.roll_keys, seals=parts.seals)


def _choice(body: NewVote) -> Choice:
    return tuple((pick.code, pick.points) for pick in body.choice)


def _cast_answer(new: Stored) -> Answer:
    picks = [Pick(code=code, points=points) for code, points in new.choice]
    view = VoteView(budget_id=new.budget_id, choice=picks, voted_at=instant(new.at), version=1)
    return Answer.of(view, _PRIVATE | {"ETag": entity_tag(1)})


def _view(row: BudgetVote) -> VoteView:
    picks = [Pick(code=code, points=points) for code, points in votes.choice_of(row.choice)]
    return VoteView(budget_id=row.budget_id, choice=picks, voted_at=instant(row.voted_at), version=row.version)
