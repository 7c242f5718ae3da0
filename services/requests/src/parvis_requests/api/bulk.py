# SPDX-License-Identifier: EUPL-1.2
"""One act on many requests: 202 at once, then the progress and what became of each."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.assignments import NewAssignment
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.queue_schemas import QueueFilter
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.api.work_queue import merged
from parvis_requests.db import bulk, saved_views
from parvis_requests.db.tables import BulkItem, BulkOperation
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.select_requests import select_requests
from parvis_requests.service.start_bulk import Bulk, Seen, start_bulk
from parvis_requests.service.work_off_bulk import DONE
from parvis_requests.service.work_queue import asked_for
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["work"])


class SeenRequest(Input):
    """A request in the version that the agent saw."""

    id: UUID
    version: Annotated[int, Field(ge=1, le=2_147_483_647, strict=True)]


class BulkSelection(Input):
    """All requests that filters of the work queue find, each in the version that it has now."""

    filters: QueueFilter
    view: UUID | None = Field(default=None, description="A saved view to start from; `filters` replace what it says.")
    count: Annotated[int, Field(ge=1, le=500, strict=True)] = Field(
        description="How many the agent saw; where it is another number now, nothing is started."
    )


class NewBulkOperation(Input):
    """One act to do to many requests: a transition, an assignment or a priority; each is done or refused by itself.

    They are named (`requests`), or chosen by filters (`selection`).
    """

    action: Code | None = Field(default=None, description="Code of a transition of the requests' workflow.")
    reason: PlainText | None = Field(
        default=None,
        min_length=1,
        max_length=10_000,
        description="Why the transition is made; the persons are told it as a public reply.",
    )
    assignment: NewAssignment | None = Field(default=None, description="To whom they go, in place of `action`.")
    priority: Priority | None = Field(
        default=None, validate_default=True, description="How pressing they are, in place of `action`."
    )
    requests: list[SeenRequest] | None = Field(
        default=None, min_length=1, max_length=500, description="Each named once."
    )
    selection: BulkSelection | None = Field(
        default=None, validate_default=True, description="Which they are, in place of `requests`."
    )

    @field_validator("priority")
    @classmethod
    def _one_act(cls, priority: Priority | None, info: ValidationInfo) -> Priority | None:
        others = [info.data[name] for name in ("action", "assignment") if name in info.data]
        if len(others) == len(("action", "assignment")) and sum(act is not None for act in (*others, priority)) != 1:
            french = {"fr": "Donnez une action, une affectation ou une priorité : une seule des trois."}
            raise PydanticCustomError("one_act", "Give one of action, assignment and priority", french)
        return priority

    @field_validator("requests")
    @classmethod
    def _named_once(cls, requests: list[SeenRequest] | None) -> list[SeenRequest] | None:
        if requests and len({request.id for request in requests}) < len(requests):
            french = {"fr": "Nommez chaque demande une seule fois."}
            raise PydanticCustomError("duplicate", "Name each request once", french)
        return requests

    @field_validator("selection")
    @classmethod
    def _one_choice(cls, selection: BulkSelection | None, info: ValidationInfo) -> BulkSelection | None:
        if "requests" in info.data and (selection is None) == (info.data["requests"] is None):
            french = {"fr": "Donnez des demandes ou une sélection : l'une des deux."}
            raise PydanticCustomError("one_choice", "Give requests or a selection, one of them", french)
        return selection

    @property
    def what(self) -> Bulk:
        """What is done to each."""
        if self.assignment:
            return Bulk(self.assignment.handing.action, self.assignment.reason, self.assignment.handing)
        if self.priority:
            return Bulk("priority", priority=self.priority)
        return Bulk(self.action or "", self.reason)


class BulkItemView(BaseModel):
    """What became of one request; `problem` is the code of the problem that refused it."""

    request_id: UUID
    outcome: Literal["waiting", "done", "refused"]
    problem: str | None


class BulkOperationView(BaseModel):
    """How far it is; `items` in the order in which they were named."""

    id: UUID
    action: str
    state: Literal["running", "finished"]
    total: int
    done: int
    refused: int
    created_at: datetime
    finished_at: datetime | None
    items: list[BulkItemView]


@routes.post(
    "/v1/bulk-operations",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY], body_limit=131_072),
    operation_id="startBulkOperation",
    status_code=202,
    response_model=BulkOperationView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def start(body: NewBulkOperation, request: Request) -> Response:
    """Have one act done to up to 500 requests, named or chosen by filters; `Location` tells how far it is."""
    actor, parts = actor_of(request), parts_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)

    async def effect(session: AsyncSession) -> Answer:
        seen = await _seen(session, body, actor, catalogue, parts.runtime.blind_index)
        operation = await start_bulk(session, actor, body.what, seen, persons=parts.runtime.persons, now=now())
        view = operation_view(operation, await bulk.items(session, operation.id))
        headers = {"Location": f"/v1/bulk-operations/{operation.id}", "Cache-Control": "no-store"}
        return Answer.of(view, headers, 202)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/bulk-operations/{operation_id}",
    **token("requests.requests.read"),
    operation_id="readBulkOperation",
    response_model=BulkOperationView,
    responses=problems(401, 403, 404, 422),
)
async def read(operation_id: UUID, request: Request, response: Response) -> object:
    """How far an own operation is, and what became of each request; kept thirty days."""
    actor = for_agents(actor_of(request))
    async with parts_of(request).runtime.database.reading() as session:
        operation = await bulk.one(session, actor, operation_id)
        items = await bulk.items(session, operation.id)
    response.headers["Cache-Control"] = "no-store"
    return operation_view(operation, items)


async def _seen(
    session: AsyncSession, body: NewBulkOperation, actor: Actor, catalogue: Catalogue, index: BlindIndex
) -> list[Seen]:
    if (chosen := body.selection) is None:
        return [Seen(each.id, each.version) for each in body.requests or ()]
    kept = (await saved_views.one(session, for_agents(actor), chosen.view)).filters if chosen.view else {}
    filters = merged(chosen.filters, kept).filters(for_agents(actor))
    asked = asked_for(actor, filters, catalogue, index=index)
    return await select_requests(session, actor, asked, chosen.count)


def operation_view(operation: BulkOperation, items: Sequence[BulkItem]) -> BulkOperationView:
    """A stored operation."""
    views = [item_view(item) for item in items]
    outcomes = Counter(view.outcome for view in views)
    ends = [item.ended_at for item in items if item.ended_at]
    finished = len(ends) == len(items)
    return BulkOperationView(
        id=operation.id,
        action=operation.action,
        state="finished" if finished else "running",
        total=len(items),
        done=outcomes["done"],
        refused=outcomes["refused"],
        created_at=instant(operation.created_at),
        finished_at=instant(max(ends)) if finished else None,
        items=views,
    )


def item_view(item: BulkItem) -> BulkItemView:
    """One request of an operation."""
    if item.outcome is None:
        return BulkItemView(request_id=item.request_id, outcome="waiting", problem=None)
    if item.outcome == DONE:
        return BulkItemView(request_id=item.request_id, outcome="done", problem=None)
    return BulkItemView(request_id=item.request_id, outcome="refused", problem=item.outcome)
