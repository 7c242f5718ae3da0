# SPDX-License-Identifier: EUPL-1.2
"""Consultations as the agents who prepare them list, read, change and delete them."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act
from parvis_participation.api.consultations import command_of
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.draft_schemas import ConsultationDraftView, Prepared, consultation_draft
from parvis_participation.api.schemas import ConsultationView, NewConsultation
from parvis_participation.api.views import consultation_view
from parvis_participation.db import consultations, drafts
from parvis_participation.db.tables import Consultation
from parvis_participation.service.change_draft import change_consultation, delete_consultation

routes = router(tags=["consultations"])
_SCOPE = "participation.consultations.write"


@routes.get(
    "/v1/consultations",
    **token(_SCOPE),
    operation_id="listOwnConsultations",
    response_model=Page[ConsultationView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request, response: Response, state: Prepared = None, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The consultations of the agent's collectivity, drafts included, newest first."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    runtime, bound = parts.runtime, ["own-consultations", agent.collectivity, str(state)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await drafts.page(session, Consultation, agent.collectivity, state, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [consultation_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/consultations/{consultation_id}",
    **token(_SCOPE),
    operation_id="readOwnConsultation",
    response_model=ConsultationDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(consultation_id: UUID, request: Request, response: Response) -> ConsultationDraftView:
    """A consultation of the agent's collectivity, published or not, in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await consultations.one(session, agent.collectivity, consultation_id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return consultation_draft(row, now())


@routes.put(
    "/v1/consultations/{consultation_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="changeConsultationDraft",
    response_model=ConsultationDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(
    consultation_id: UUID, body: NewConsultation, request: Request, response: Response
) -> ConsultationDraftView:
    """Ask otherwise, until the consultation is published; from then on it is frozen."""
    version = required_version(request)
    command = command_of(request, body)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await change_consultation(uow.session, consultation_id, command, version=version)
        await chain_act(request, uow.session)
        view = consultation_draft(row, now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(view.version)
    return view


@routes.delete(
    "/v1/consultations/{consultation_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="deleteConsultationDraft",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def delete(consultation_id: UUID, request: Request) -> Response:
    """Throw a draft away; nothing is left but that somebody did."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await delete_consultation(uow.session, agent.collectivity, consultation_id, version=version)
        await chain_act(request, uow.session)
        await uow.commit()
    return Response(status_code=204)
