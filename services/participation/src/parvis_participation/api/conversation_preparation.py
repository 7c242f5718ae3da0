# SPDX-License-Identifier: EUPL-1.2
"""Opinion conversations as agents prepare and close them, and look at what people write."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.conversation_schemas import (
    ConversationDraftView,
    NewConversation,
    NewConversationTransition,
    NewSeedStatement,
    NewStatementReview,
    StatementView,
)
from parvis_participation.api.conversation_views import conversation_draft_view, statement_view
from parvis_participation.db import conversations, statements
from parvis_participation.domain.conversation import StatementState
from parvis_participation.service.prepare_conversation import (
    ConversationDraft,
    act_on_conversation,
    change_conversation,
    create_conversation,
)
from parvis_participation.service.write_statement import review_statement, seed_statement

routes = router(tags=["conversations"])
_WRITE, _READ = "participation.conversations.write", "participation.conversations.read"


@routes.post(
    "/v1/conversations",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="createConversation",
    status_code=201,
    response_model=ConversationDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewConversation, request: Request) -> Response:
    """Prepare a conversation of the agent's collectivity; it stays a draft until published."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_conversation(session, agent.collectivity, _draft(body), now=at)
        headers = {"Location": f"/v1/conversations/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(conversation_draft_view(row, at), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/conversations",
    **token(_READ),
    operation_id="listOwnConversations",
    response_model=Page[ConversationDraftView],
    responses=problems(400, 401, 403, 422),
)
async def list_own(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The conversations of the agent's collectivity, drafts included, newest first."""
    agent, runtime, at = agent_of(request), parts_of(request).runtime, now()
    bound = ["own-conversations", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await conversations.page(session, agent.collectivity, place, limit, drafts=True)
    response.headers["Cache-Control"] = "no-store"
    items = [conversation_draft_view(row, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/conversations/{conversation_id}",
    **token(_READ),
    operation_id="readOwnConversation",
    response_model=ConversationDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read_own(conversation_id: UUID, request: Request, response: Response) -> ConversationDraftView:
    """A conversation of the agent's collectivity in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await conversations.one(session, agent.collectivity, conversation_id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return conversation_draft_view(row, now())


@routes.put(
    "/v1/conversations/{conversation_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="changeConversation",
    response_model=ConversationDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(
    conversation_id: UUID, body: NewConversation, request: Request, response: Response
) -> ConversationDraftView:
    """Prepare it otherwise, while it is a draft."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        draft = _draft(body)
        row = await change_conversation(uow.session, agent.collectivity, conversation_id, draft, version=version)
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return conversation_draft_view(row, now())


@routes.post(
    "/v1/conversations/{conversation_id}/transitions",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnConversation",
    status_code=201,
    response_model=ConversationDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(conversation_id: UUID, body: NewConversationTransition, request: Request) -> Response:
    """Publish a draft, from when on it does not change, or close an open conversation early."""
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        town = agent.collectivity
        row = await act_on_conversation(session, town, conversation_id, body.action, version=version, now=at)
        return Answer.of(conversation_draft_view(row, at), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/conversations/{conversation_id}/seed-statements",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="seedStatement",
    status_code=201,
    response_model=StatementView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def seed(conversation_id: UUID, body: NewSeedStatement, request: Request) -> Response:
    """Add a statement of the town itself, until the conversation closes."""
    agent, at, language = agent_of(request), now(), language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        words = body.text.model_dump()
        row = await seed_statement(session, agent.collectivity, conversation_id, words, now=at)
        return Answer.of(statement_view(row, language), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/conversations/{conversation_id}/statements",
    **token(_READ),
    operation_id="listStatementsToReview",
    response_model=Page[StatementView],
    responses=problems(400, 401, 403, 404, 422),
)
async def to_review(
    conversation_id: UUID,
    request: Request,
    response: Response,
    state: Annotated[StatementState, Query()] = StatementState.PROPOSED,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The statements in one state, those that wait unless another is asked for, newest first."""
    agent, runtime, language = agent_of(request), parts_of(request).runtime, language_of(request)
    bound = ["statements-to-review", str(conversation_id), state]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await conversations.one(session, agent.collectivity, conversation_id)
        found = await statements.page(session, row.id, state, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [statement_view(each, language) for each in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/statements/{statement_id}/reviews",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="reviewStatement",
    status_code=201,
    response_model=StatementView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def review(statement_id: UUID, body: NewStatementReview, request: Request) -> Response:
    """Admit a statement that waits, refuse it with reasons that its author reads, or withdraw one of the town."""
    agent, at, version, language = agent_of(request), now(), required_version(request), language_of(request)
    reasons = body.reasons.model_dump() if body.reasons else None

    async def effect(session: AsyncSession) -> Answer:
        town = agent.collectivity
        row = await review_statement(session, town, statement_id, body.outcome, reasons, version=version, now=at)
        return Answer.of(statement_view(row, language), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def _draft(body: NewConversation) -> ConversationDraft:
    return ConversationDraft(**body.model_dump())
