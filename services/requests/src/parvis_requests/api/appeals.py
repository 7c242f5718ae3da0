# SPDX-License-Identifier: EUPL-1.2
"""Appeals against what a request was refused: brought, assigned, decided or withdrawn."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.appeal_schemas import (
    AppealList,
    AppealView,
    NewAppeal,
    NewAppealAssignment,
    NewAppealOutcome,
)
from parvis_requests.api.appeal_views import appeal_view
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.db.tables import Appeal
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.request import Actor
from parvis_requests.service.assign_appeal import Handing, assign_appeal
from parvis_requests.service.decide_appeal import Ending, decide_appeal, withdraw_appeal
from parvis_requests.service.lodge_appeal import LodgeAppeal, lodge_appeal
from parvis_requests.service.read_appeals import read_appeal, read_appeals

routes = router(tags=["appeals"])
_ALL: Final = "/v1/requests/{request_id}/appeals"
_ONE: Final = "/v1/requests/{request_id}/appeals/{appeal_id}"
_WRITE: Final = "requests.requests.write"


@routes.post(
    _ALL,
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="contestRequest",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def lodge(request_id: UUID, body: NewAppeal, request: Request) -> Response:
    """Contest what the request was refused; what comes late is taken, too. An agent takes down what came otherwise."""
    actor, parts = actor_of(request), parts_of(request)
    new = LodgeAppeal(request_id, body.kind, body.text, body.received_on, body.sent_on)

    async def effect(session: AsyncSession) -> Answer:
        row = await lodge_appeal(
            session, actor, new, catalogues=parts.catalogues, persons=parts.runtime.persons, now=now()
        )
        return await _answer(session, request, row)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _ALL,
    **token("requests.requests.read"),
    operation_id="listAppeals",
    response_model=AppealList,
    responses=problems(401, 403, 404, 422),
)
async def list_(request_id: UUID, request: Request, response: Response) -> AppealList:
    """All appeals of the request, and until when the court is open."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found = await read_appeals(
            session, actor, request_id, catalogues=parts.catalogues, persons=parts.runtime.persons
        )
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return AppealList(items=[appeal_view(each, catalogue, language, for_agent=actor.is_agent) for each in found])


@routes.get(
    _ONE,
    **token("requests.requests.read"),
    operation_id="readAppeal",
    response_model=AppealView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, appeal_id: UUID, request: Request, response: Response) -> AppealView:
    """One of them, with its `ETag`."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found = await read_appeal(
            session, actor, request_id, appeal_id, catalogues=parts.catalogues, persons=parts.runtime.persons
        )
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    response.headers["ETag"] = entity_tag(found.row.version, language)
    return appeal_view(found, catalogue, language, for_agent=actor.is_agent)


@routes.post(
    _ONE + "/assignment",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="assignAppeal",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def assign(request_id: UUID, appeal_id: UUID, body: NewAppealAssignment, request: Request) -> Response:
    """Say who looks at it; an appeal to the superior, or a mediation, not whoever took the decision."""
    handing = Handing(request_id, appeal_id, required_version(request), body.team, body.assignee)
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        return await _answer(session, request, await assign_appeal(session, actor, handing, now()))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.post(
    _ONE + "/outcome",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="decideAppeal",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide(request_id: UUID, appeal_id: UUID, body: NewAppealOutcome, request: Request) -> Response:
    """End it, with reasons; where it is upheld, the refusal is withdrawn and the request goes on."""
    outcome = AppealState(body.outcome)
    ending = Ending(request_id, appeal_id, required_version(request), outcome, body.reasons)
    actor, parts = actor_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await decide_appeal(
            session, actor, ending, catalogues=parts.catalogues, persons=parts.runtime.persons, now=now()
        )
        return await _answer(session, request, row)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    _ONE + "/withdrawal",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="withdrawAppeal",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def withdraw(request_id: UUID, appeal_id: UUID, request: Request) -> Response:
    """Take it back."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await withdraw_appeal(
            session, actor, request_id, appeal_id, version, catalogues=parts.catalogues, now=now()
        )
        return await _answer(session, request, row)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


async def _answer(session: AsyncSession, request: Request, row: Appeal) -> Answer:
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons
    # As it then is, for whoever has just acted: by that they may have left those who read it.
    service = Actor.service(row.collectivity)
    found = await read_appeal(session, service, row.request_id, row.id, catalogues=parts.catalogues, persons=persons)
    headers = {"ETag": entity_tag(row.version, language), "Cache-Control": "no-store"}
    return Answer.of(appeal_view(found, catalogue, language, for_agent=actor.is_agent), headers)
