# SPDX-License-Identifier: EUPL-1.2
"""Consultations as everybody reads them, and as agents prepare and close them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    problems,
    public,
    router,
    token,
)
from parvis_participation.api.acting import chained
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.schemas import ConsultationView, NewConsultation, NewTransition
from parvis_participation.api.views import consultation_view
from parvis_participation.db import consultations
from parvis_participation.domain.consultation import State
from parvis_participation.service.act_on_consultation import act_on_consultation
from parvis_participation.service.create_consultation import CreateConsultation, create_consultation

routes = router(tags=["consultations"])
Collectivity = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Short name of the collectivity.")]
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}


@routes.get(
    "/v1/collectivities/{collectivity}/consultations",
    **public(),
    operation_id="listConsultations",
    response_model=Page[ConsultationView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    state: Annotated[list[State], Query(default_factory=list, max_length=4)],
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published consultations of a collectivity, newest first."""
    runtime, language, at = parts_of(request).runtime, language_of(request), now()
    bound = [collectivity, *map(str, state)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await consultations.page(session, collectivity, state, place, limit, at)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [consultation_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/consultations/{consultation_id}",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="readConsultation",
    response_model=ConsultationView,
    responses=problems(404, 422) | NOT_MODIFIED,
)
async def read(collectivity: Collectivity, consultation_id: UUID, request: Request, response: Response) -> object:
    """One published consultation."""
    language, at = language_of(request), now()
    async with parts_of(request).runtime.database.reading() as session:
        row = await consultations.one(session, collectivity, consultation_id, published=True)
    view = consultation_view(row, language, at)
    tag = entity_tag(row.version, language, str(view.state))
    headers = _HEADERS | {"ETag": tag, "Content-Language": language}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return view


@routes.post(
    "/v1/consultations",
    **token("participation.consultations.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createConsultation",
    status_code=201,
    response_model=ConsultationView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewConsultation, request: Request) -> Response:
    """Prepare a consultation of the agent's collectivity; it stays a draft until published."""
    agent, language, at = agent_of(request), language_of(request), now()
    command = command_of(request, body)

    async def effect(session: AsyncSession) -> Answer:
        row = await create_consultation(session, command, now=at)
        path = f"/v1/collectivities/{row.collectivity}/consultations/{row.id}"
        headers = {"Location": path, "ETag": entity_tag(row.version, language)}
        return Answer.of(consultation_view(row, language, at), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/consultations/{consultation_id}/transitions",
    **token("participation.consultations.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnConsultation",
    status_code=201,
    response_model=ConsultationView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(consultation_id: UUID, body: NewTransition, request: Request) -> Response:
    """Publish a draft, or close an open consultation early."""
    agent, language, at = agent_of(request), language_of(request), now()
    call = idempotent_call(request, agent, await request.body())
    version = required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await act_on_consultation(
            session, agent.collectivity, consultation_id, body.action, version=version, now=at
        )
        return Answer.of(consultation_view(row, language, at), {"ETag": entity_tag(row.version, language)})

    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def command_of(request: Request, body: NewConsultation) -> CreateConsultation:
    """What the agent who calls wants to ask."""
    days = body.retention_days or parts_of(request).runtime.settings.answer_retention_days
    given = body.model_dump() | {"retention_days": days}
    return CreateConsultation(collectivity=agent_of(request).collectivity, **given)
