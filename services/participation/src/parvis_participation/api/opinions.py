# SPDX-License-Identifier: EUPL-1.2
"""Opinions of people in conversations, and the statements that they write: one's own alone are readable."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.conversation_schemas import (
    NewOpinion,
    NewStatement,
    NextStatementsView,
    OpinionView,
    OwnOpinionsView,
    StatementView,
)
from parvis_participation.api.conversation_views import statement_view
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.db import conversations, statements
from parvis_participation.domain.errors import TooManyError
from parvis_participation.service.check_audience import check_audience
from parvis_participation.service.support_proposal import Supporter
from parvis_participation.service.take_part import give_opinion, key_of, next_statements, own_opinions
from parvis_participation.service.write_statement import withdraw_statement, write_statement

routes = router(tags=["conversations"])
_WRITE, _READ = "participation.opinions.write", "participation.opinions.read"


@routes.get(
    "/v1/conversations/{conversation_id}/next-statements",
    **token(_READ),
    operation_id="listNextStatements",
    response_model=NextStatementsView,
    responses=problems(401, 403, 404, 409, 422),
)
async def next_(conversation_id: UUID, request: Request, response: Response, limit: Limit = 20) -> NextStatementsView:
    """Statements of which one has said nothing, other ones at each call: by chance, those first that few have seen."""
    citizen, language = citizen_of(request), language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found, left = await next_statements(session, _giver(citizen), conversation_id, limit, now())
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    return NextStatementsView(items=[statement_view(each, language) for each in found], left=left)


@routes.put(
    "/v1/statements/{statement_id}/opinions/mine",
    **token(_WRITE),
    operation_id="giveOpinion",
    response_model=OpinionView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def give(statement_id: UUID, body: NewOpinion, request: Request, response: Response) -> OpinionView:
    """Say whether one agrees, once whatever one's accounts; said again, the last one counts."""
    parts, giver = parts_of(request), _giver(citizen_of(request))
    database, roll_keys = parts.runtime.database, parts.roll_keys
    found = await give_opinion(giver, statement_id, body.opinion, database=database, roll_keys=roll_keys, now=now())
    response.headers["Cache-Control"] = "no-store"
    return OpinionView(statement_id=statement_id, conversation_id=found, opinion=body.opinion)


@routes.get(
    "/v1/conversations/{conversation_id}/opinions/mine",
    **token(_READ),
    operation_id="readOwnOpinions",
    response_model=OwnOpinionsView,
    responses=problems(401, 403, 404, 422),
)
async def mine(conversation_id: UUID, request: Request, response: Response) -> OwnOpinionsView:
    """All that one has said in a conversation, in the order of the statements."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await own_opinions(session, _giver(citizen), conversation_id)
    response.headers["Cache-Control"] = "no-store"
    items = [
        OpinionView(statement_id=statement, conversation_id=conversation_id, opinion=opinion)
        for statement, opinion in found
    ]
    return OwnOpinionsView(items=items)


@routes.post(
    "/v1/conversations/{conversation_id}/statements",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="writeStatement",
    status_code=201,
    response_model=StatementView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
)
async def write(conversation_id: UUID, body: NewStatement, request: Request) -> Response:
    """Add a statement for others to have opinions on, with which one agrees; it waits where an agent looks first."""
    citizen, at, language = citizen_of(request), now(), language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await write_statement(session, giver, conversation_id, body.text, key=key, now=at)
        return Answer.of(statement_view(row, language), {"ETag": entity_tag(row.version)})

    parts, giver = parts_of(request), _giver(citizen)
    database, roll_keys = parts.runtime.database, parts.roll_keys
    await check_audience(giver, conversation_id, database=database, roll_keys=roll_keys, now=at)
    key = await key_of(giver, conversation_id, database=database, roll_keys=roll_keys)
    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


@routes.get(
    "/v1/conversations/{conversation_id}/own-statements",
    **token(_READ),
    operation_id="listOwnStatements",
    response_model=Page[StatementView],
    responses=problems(400, 401, 403, 404, 422),
)
async def own(
    conversation_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What one has written in a conversation, with the reasons of a refusal, newest first."""
    citizen, runtime, language = citizen_of(request), parts_of(request).runtime, language_of(request)
    bound = ["own-statements", str(conversation_id), citizen.key]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await conversations.one(session, citizen.collectivity, conversation_id, published=True)
        found = await statements.page_of(session, row.id, citizen.person, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [statement_view(each, language) for each in found.rows]
    write_ = runtime.cursors.write
    return paged(request, response, items, write_(found.next, bound), write_(found.previous, bound))


@routes.delete(
    "/v1/statements/{statement_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="withdrawStatement",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(statement_id: UUID, request: Request) -> Response:
    """Take one's statement back, its words for good; what others said of it counts no more."""
    citizen, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_statement(uow.session, _giver(citizen), statement_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


def _giver(citizen: Principal) -> Supporter:
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)
