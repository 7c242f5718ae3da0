# SPDX-License-Identifier: EUPL-1.2
"""Documents that lack: an agent asks for them, the person gives them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.conversation_schemas import (
    DocumentRequestList,
    NewDocumentRequest,
    NewDocuments,
)
from parvis_requests.api.conversation_views import acted, document_request_view
from parvis_requests.api.schemas import RequestView
from parvis_requests.db import conversation, requests
from parvis_requests.service.act_on_request import Act
from parvis_requests.service.complete_file import AskDocuments, ask_documents, complete_file, form_of

routes = router(tags=["requests"])


@routes.post(
    "/v1/requests/{request_id}/document-requests",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="askForDocuments",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def ask(request_id: UUID, body: NewDocumentRequest, request: Request) -> Response:
    """Ask the person for documents that lack, and let the request wait for them as its workflow says."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    catalogue = await parts.catalogues.of(actor.collectivity)
    asked = AskDocuments(Act(request_id, body.action, version, body.text), body.documents, body.days)

    async def effect(session: AsyncSession) -> Answer:
        row = await ask_documents(
            session,
            actor,
            asked,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            holidays=catalogue.holidays,
            now=now(),
        )
        return await acted(session, request, row)

    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/requests/{request_id}/document-requests",
    **token("requests.requests.read"),
    operation_id="listDocumentRequests",
    response_model=DocumentRequestList,
    responses=problems(401, 403, 404, 422),
)
async def list_(request_id: UUID, request: Request, response: Response) -> DocumentRequestList:
    """Which documents were asked for after the request was filed, until when, and whether they came."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        row = await requests.one(session, actor_of(request), request_id)
        form = await form_of(session, row, parts.catalogues)
        found = await conversation.document_requests(session, row.id)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return DocumentRequestList(items=[document_request_view(asked, form, language) for asked in found])


@routes.post(
    "/v1/requests/{request_id}/documents",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="giveDocuments",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def give(request_id: UUID, body: NewDocuments, request: Request) -> Response:
    """Join documents to a request that has not ended; with `action`, say in the same call that it is complete."""
    actor, parts = actor_of(request), parts_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    catalogue = await parts.catalogues.of(actor.collectivity)

    async def effect(session: AsyncSession) -> Answer:
        row = await complete_file(
            session,
            actor,
            request_id,
            body.documents,
            body.action,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            holidays=catalogue.holidays,
            now=now(),
        )
        return await acted(session, request, row)

    return await parts.runtime.idempotency.once(call, effect)
