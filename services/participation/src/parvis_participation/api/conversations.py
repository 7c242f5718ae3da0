# SPDX-License-Identifier: EUPL-1.2
"""Opinion conversations as everybody reads them."""

import json
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.conversation_schemas import ConversationResultView, ConversationView, StatementView
from parvis_participation.api.conversation_views import conversation_view, result_view, statement_view
from parvis_participation.db import conversations, statements
from parvis_participation.domain.conversation import StatementState
from parvis_participation.service.conversation_dataset import conversation_dataset
from parvis_participation.service.conversation_files import OpinionFile, read_file

routes = router(tags=["conversations"])
_HEADERS: Final = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_JSON_LD: Final = "application/ld+json"
_ONE: Final = "/v1/collectivities/{collectivity}/conversations/{conversation_id}"


@routes.get(
    "/v1/collectivities/{collectivity}/conversations",
    **public(),
    operation_id="listConversations",
    response_model=Page[ConversationView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The published conversations of a collectivity, newest first."""
    runtime, language, at = parts_of(request).runtime, language_of(request), now()
    bound = ["conversations", collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await conversations.page(session, collectivity, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [conversation_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **public(),
    operation_id="readConversation",
    response_model=ConversationView,
    responses=problems(404, 422),
)
async def read(
    collectivity: Collectivity, conversation_id: UUID, request: Request, response: Response
) -> ConversationView:
    """One published conversation, and who may take part in it."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await conversations.one(session, collectivity, conversation_id, published=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return conversation_view(row, language, now())


@routes.get(
    f"{_ONE}/statements",
    **public(),
    operation_id="listStatements",
    response_model=Page[StatementView],
    responses=problems(400, 404, 422),
)
async def of_conversation(
    collectivity: Collectivity,
    conversation_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The statements that people have opinions on, newest first; not how many have which."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["statements", str(conversation_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await conversations.one(session, collectivity, conversation_id, published=True)
        found = await statements.page(session, row.id, StatementState.PUBLISHED, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [statement_view(each, language) for each in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    f"{_ONE}/result",
    **public(),
    operation_id="readConversationResult",
    response_model=ConversationResultView,
    responses=problems(404, 409, 422),
)
async def result(
    collectivity: Collectivity, conversation_id: UUID, request: Request, response: Response
) -> ConversationResultView:
    """Groups of people who say alike, what tells them apart, what they share, and a map; of nobody by themselves.

    While the conversation is open it is computed anew from time to time, once enough people have said something; once
    it is closed, for the last time.
    """
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await conversations.one(session, collectivity, conversation_id, published=True)
        told = {each.number: each for each in await statements.published(session, row.id)}
    found = result_view(row, told, language)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return found


@routes.get(
    f"{_ONE}/files/{{file}}",
    **public(),
    operation_id="readConversationFile",
    response_class=Response,
    responses=problems(404, 422) | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def file_(collectivity: Collectivity, conversation_id: UUID, file: OpinionFile, request: Request) -> Response:
    """A file of a closed conversation: its statements with rounded counts; where people were told, all opinions.

    Of a statement that was taken back or removed since, only the counts are left.
    """
    async with parts_of(request).runtime.database.reading() as session:
        row = await conversations.one(session, collectivity, conversation_id, published=True)
        lines = await read_file(session, row, file)
    headers = {"Cache-Control": "public, no-cache"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@routes.get(
    f"{_ONE}/dataset",
    **public(),
    operation_id="readConversationDataset",
    response_class=Response,
    responses=problems(404, 409, 422) | {200: {"content": {_JSON_LD: {"schema": {"type": "object"}}}}},
)
async def dataset(collectivity: Collectivity, conversation_id: UUID, request: Request) -> Response:
    """A closed conversation described as open data, with the address of each of its files: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await conversations.one(session, collectivity, conversation_id, published=True)
    text = json.dumps(conversation_dataset(row, runtime.settings.public_url), ensure_ascii=False)
    return Response(text, media_type=_JSON_LD, headers={"Cache-Control": "public, no-cache"})
