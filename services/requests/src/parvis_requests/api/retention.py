# SPDX-License-Identifier: EUPL-1.2
"""How long requests are kept: what falls due, what was purged, and the holds that suspend it; for agents."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.conversation_schemas import Words
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.api.views import instant, status_label, type_label
from parvis_requests.db import retention
from parvis_requests.db.requests import form_key
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.legal_hold import Hold, hold_request, read_hold, release_request

routes = router(tags=["retention"])
_HOLD: Final = "/v1/requests/{request_id}/legal-hold"
_PRIVATE: Final = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


class PurgeNoticeView(BaseModel):
    """A request that has ended, and from when on it is kept no longer, unless it is `held`."""

    id: UUID
    reference: str
    request_type: Labelled
    status: Labelled
    team: str
    ended_at: datetime
    due_at: datetime
    held: bool


class PurgedRequestView(BaseModel):
    """All that is left of a request."""

    reference: str
    request_type: Labelled
    type_version: int
    status: Labelled
    team: str
    area: str | None
    filed_on: date
    ended_on: date
    purged_at: datetime


class NewLegalHold(Input):
    """Why a request is kept beyond its time."""

    reason: Words


class LegalHoldView(BaseModel):
    """Who keeps a request beyond its time, since when and why."""

    agent: UUID
    reason: str
    created_at: datetime


@routes.get(
    "/v1/purge-notices",
    **token("requests.requests.read"),
    operation_id="listPurgeNotices",
    response_model=Page[PurgeNoticeView],
    responses=problems(400, 401, 403, 422),
)
async def notices(
    request: Request,
    response: Response,
    within_days: Annotated[int, Query(ge=0, le=3_660, description="In how many days at the latest.")] = 90,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What is purged next, the first first; what an agent holds stays in the list for as long as it is held."""
    actor, parts, language = for_agents(actor_of(request)), parts_of(request), language_of(request)
    bound, write = [actor.collectivity, str(actor.person), within_days], parts.runtime.cursors.write
    place, before = parts.runtime.cursors.read(cursor, bound), now() + timedelta(days=within_days)
    async with parts.runtime.database.reading() as session:
        page = await retention.notices(session, actor, before, place, limit)
        forms = await parts.catalogues.forms_of(session, {form_key(row) for row in page.rows})
    response.headers.update(_PRIVATE | {"Content-Language": language})
    items = [
        PurgeNoticeView(**_labels(row, forms, language), **_of(row, "id", "ended_at", "due_at", "held"))
        for row in page.rows
    ]
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    "/v1/purged-requests",
    **token("requests.requests.read"),
    operation_id="listPurgedRequests",
    response_model=Page[PurgedRequestView],
    responses=problems(400, 401, 403, 422),
)
async def purged(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """What is left of the requests that were purged, the last first: for statistics, and as proof."""
    actor, parts, language = for_agents(actor_of(request)), parts_of(request), language_of(request)
    bound, write = [actor.collectivity, str(actor.person)], parts.runtime.cursors.write
    async with parts.runtime.database.reading() as session:
        place = parts.runtime.cursors.read(cursor, bound)
        page = await retention.purged(session, actor, place, limit)
        forms = await parts.catalogues.forms_of(session, {form_key(row) for row in page.rows})
    response.headers.update(_PRIVATE | {"Content-Language": language})
    more = ("type_version", "area", "filed_on", "ended_on", "purged_at")
    items = [PurgedRequestView(**_labels(row, forms, language), **_of(row, *more)) for row in page.rows]
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    _HOLD,
    **token("requests.requests.read"),
    operation_id="readLegalHold",
    response_model=LegalHoldView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> object:
    """What keeps a request beyond its time; the agent's look is recorded for the person."""
    actor, runtime = actor_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        hold = await read_hold(uow.session, actor, request_id, persons=runtime.persons, now=now())
        await uow.commit()
    return _hold(hold, request, response)


@routes.put(
    _HOLD,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="holdRequest",
    response_model=LegalHoldView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def hold(request_id: UUID, body: NewLegalHold, request: Request, response: Response) -> object:
    """Keep a request, ended or not, until it is released, whatever its time; `If-Match` is the request's version."""
    actor, runtime, version = actor_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        held = await hold_request(
            uow.session, actor, request_id, body.reason, version=version, persons=runtime.persons, now=now()
        )
        await uow.commit()
    return _hold(held, request, response)


@routes.delete(
    _HOLD,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="releaseRequest",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def release(request_id: UUID, request: Request) -> None:
    """Keep a request no longer than its time; what is due goes with the next purge."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await release_request(uow.session, actor, request_id, version=version, now=now())
        await uow.commit()


def _hold(hold: Hold, request: Request, response: Response) -> LegalHoldView:
    tag = entity_tag(hold.version, language_of(request))
    response.headers.update({"ETag": tag, "Cache-Control": "no-store"})
    return LegalHoldView(agent=hold.agent, reason=hold.reason, created_at=instant(hold.created_at))


def _labels(row: Any, forms: Any, language: Any) -> dict[str, Any]:
    form = forms[form_key(row)]
    return {
        "reference": row.reference,
        "request_type": type_label(form, language),
        "status": status_label(form.workflow, row.status, language),
        "team": row.team,
    }


def _of(row: Any, *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in values.items()}
