# SPDX-License-Identifier: EUPL-1.2
"""Requests that go to other bodies: agents see how far each is, and decide on what did not arrive."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import Forwarding
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.service.decide_forwarding import Decision, decide_forwarding, list_forwardings, read_forwarding
from parvis_requests.service.forward_by_hand import forward_by_hand

routes = router(tags=["work"])
_PATH: Final = "/v1/requests/{request_id}/forwarding"


class ForwardingView(BaseModel):
    """How far a request is on its way to another body, or what became of it there.

    `failed` waits for an agent's decision, and `error` is a stable code of why.
    """

    request: UUID
    body: UUID
    body_name: Text
    state: ForwardingState
    service_request_id: str | None
    remote_status: str | None
    error: str | None
    tries: int
    version: int
    created_at: datetime
    updated_at: datetime


class ForwardingItem(ForwardingView):
    """The same in a list, with the request's reference and type."""

    reference: str
    request_type: str


class ForwardingDecision(Input):
    """What an agent decides on a request that did not arrive, or that may have."""

    decision: Decision
    service_request_id: PlainText | None = Field(
        default=None, min_length=1, max_length=200, description="The number that it has there, where it was received."
    )

    @model_validator(mode="after")
    def _number_where_it_was_received(self) -> "ForwardingDecision":
        if (self.decision is Decision.RECEIVED) != (self.service_request_id is not None):
            french = {"fr": "Donnez le numéro quand la demande a été reçue, et alors seulement."}
            raise PydanticCustomError(
                "number_misplaced", "Give the number where it was received, and only then", french
            )
        return self


@routes.get(
    "/v1/forwardings",
    **token("requests.requests.read"),
    operation_id="listForwardings",
    response_model=Page[ForwardingItem],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    state: Annotated[list[ForwardingState] | None, Query(max_length=len(ForwardingState))] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The requests that went to other bodies, the newest first; `state=failed` are those that wait for a decision."""
    actor, parts, states = actor_of(request), parts_of(request), tuple(state or ())
    bound, write = [actor.collectivity, *sorted(states)], parts.runtime.cursors.write
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        page = await list_forwardings(session, actor, states, place, limit)
    response.headers["Cache-Control"] = "no-store"
    items = [
        ForwardingItem(
            **_members(row.Forwarding, Text.model_validate(row.body_name)),
            reference=row.reference,
            request_type=row.type_code,
        )
        for row in page.rows
    ]
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    _PATH,
    **token("requests.requests.read"),
    operation_id="readForwarding",
    response_model=ForwardingView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> ForwardingView:
    """To which body a request went, and how far it is; 404 where it goes nowhere."""
    async with parts_of(request).runtime.database.reading() as session:
        kept = await read_forwarding(session, actor_of(request), request_id)
    response.headers.update(_headers(kept.row))
    return ForwardingView(**_members(kept.row, kept.name))


@routes.post(
    _PATH,
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="forwardRequest",
    status_code=201,
    response_model=ForwardingView,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
)
async def forward(request_id: UUID, request: Request) -> Response:
    """Have the request that the agent saw (`If-Match`) sent to the body that handles its type, though filed before."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        kept = await forward_by_hand(
            session, actor, request_id, persons=parts.runtime.persons, catalogues=parts.catalogues,
            version=version, now=now(),
        )  # fmt: skip
        return Answer.of(ForwardingView(**_members(kept.row, kept.name)), _headers(kept.row))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.put(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="decideForwarding",
    response_model=ForwardingView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide(request_id: UUID, body: ForwardingDecision, request: Request, response: Response) -> ForwardingView:
    """Send it again, note the number that it has there, or give up; `If-Match` is the forwarding's version."""
    actor, runtime, version = actor_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        kept = await decide_forwarding(
            uow.session, actor, request_id, body.decision, body.service_request_id, runtime.persons,
            version=version, now=now(),
        )  # fmt: skip
        await uow.commit()
    response.headers.update(_headers(kept.row))
    return ForwardingView(**_members(kept.row, kept.name))


def _members(row: Forwarding, name: Text) -> dict[str, Any]:
    return {
        "request": row.request_id,
        "body": row.body_id,
        "body_name": name,
        "state": row.state,
        "service_request_id": row.service_request_id,
        "remote_status": row.remote_status,
        "error": row.error,
        "tries": row.tries,
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def _headers(row: Forwarding) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
