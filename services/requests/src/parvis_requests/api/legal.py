# SPDX-License-Identifier: EUPL-1.2
"""The legal side of a request: its receipt, when it was received, and more time for it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, colleagues_at_hand, language_of, now, parts_of
from parvis_requests.api.legal_views import (
    NewExtension,
    NewReception,
    ReceiptView,
    receipt_view,
)
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import RequestView
from parvis_requests.api.views import request_view
from parvis_requests.domain.reception import Reception
from parvis_requests.service.correct_reception import Correction, correct_reception
from parvis_requests.service.extend_period import extend_period
from parvis_requests.service.legal_documents import read_receipt
from parvis_requests.service.read_request import reopen_acted

routes = router(tags=["requests"])


@routes.get(
    "/v1/requests/{request_id}/receipt",
    **token("requests.requests.read"),
    operation_id="readReceipt",
    response_model=ReceiptView,
    responses=problems(401, 403, 404, 422),
)
async def receipt(request_id: UUID, request: Request, response: Response) -> ReceiptView:
    """The electronic acknowledgement: date received, service in charge, what silence means and from when on."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        found = await read_receipt(session, actor_of(request), request_id, catalogues=parts.catalogues)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return receipt_view(found, language)


@routes.post(
    "/v1/requests/{request_id}/extension",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="extendLegalPeriod",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def extend(request_id: UUID, body: NewExtension, request: Request) -> Response:
    """Extend the legal period once, as far as the text that governs the request allows; the person is told why."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    catalogue, language = await parts.catalogues.of(actor.collectivity), language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await extend_period(
            session,
            actor,
            request_id,
            body.reason,
            version=version,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            now=now(),
        )
        opened = await reopen_acted(session, actor, row, persons=parts.runtime.persons, catalogues=parts.catalogues)
        headers = {"ETag": entity_tag(row.version, language), "Cache-Control": "no-store"}
        view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
        return Answer.of(view, headers)

    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    "/v1/requests/{request_id}/reception",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="correctReception",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def receive(request_id: UUID, body: NewReception, request: Request) -> Response:
    """Correct the day on which the town received what an agent entered; periods count anew, the person is told why."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    reception = Reception(body.received_on, body.period_over)
    said = Correction(request_id, required_version(request), reception, body.reason)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons
    known = parts.catalogues

    async def effect(session: AsyncSession) -> Answer:
        row = await correct_reception(
            session, actor, said, catalogues=known, persons=persons, holidays=catalogue.holidays, now=now()
        )
        opened = await reopen_acted(session, actor, row, persons=persons, catalogues=known)
        tag = entity_tag(row.version, language)
        return Answer.of(request_view(opened, catalogue, actor, language), {"ETag": tag, "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)
