# SPDX-License-Identifier: EUPL-1.2
"""Participatory processes as people of the town who have signed in see them: those too that strangers do not."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.process_schemas import NewsView, ProcessView
from parvis_participation.api.process_views import news_view, process_view
from parvis_participation.api.schemas import AboutArea
from parvis_participation.api.telling import Telling
from parvis_participation.db import processes
from parvis_participation.domain.audience import SIGNED_IN

routes = router(tags=["processes"])
_READ: Final = "participation.follows.read"
_HEADERS: Final = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


@routes.get(
    "/v1/visible-processes",
    **token(_READ),
    operation_id="listVisibleProcesses",
    response_model=Page[ProcessView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    area: AboutArea = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published processes of one's town that one sees, signed in, newest first."""
    citizen, runtime, telling, at = citizen_of(request), parts_of(request).runtime, Telling(language_of(request)), now()
    bound = ["visible-processes", citizen.collectivity, str(area)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await processes.page(session, citizen.collectivity, SIGNED_IN, place, limit, area=area)
        parts = {row.id: await processes.parts(session, row.id) for row in found.rows}
    items = [process_view(row, parts[row.id], telling, at) for row in found.rows]
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/visible-processes/{process_id}",
    **token(_READ),
    operation_id="readVisibleProcess",
    response_model=ProcessView,
    responses=problems(401, 403, 404, 422),
)
async def read(process_id: UUID, request: Request, response: Response) -> ProcessView:
    """One published process of one's town that one sees, signed in."""
    citizen, telling = citizen_of(request), Telling(language_of(request))
    async with parts_of(request).runtime.database.reading() as session:
        row = await processes.shown(session, citizen.collectivity, process_id, SIGNED_IN)
        parts = await processes.parts(session, row.id)
    view = process_view(row, parts, telling, now())
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    return view


@routes.get(
    "/v1/visible-processes/{process_id}/news",
    **token(_READ),
    operation_id="listVisibleProcessNews",
    response_model=Page[NewsView],
    responses=problems(400, 401, 403, 404, 422),
)
async def news(
    process_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What the town tells of such a process, newest first."""
    citizen, runtime, telling = citizen_of(request), parts_of(request).runtime, Telling(language_of(request))
    bound = ["visible-process-news", str(process_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await processes.shown(session, citizen.collectivity, process_id, SIGNED_IN)
        found = await processes.news(session, row.id, place, limit)
    items = [news_view(each, telling) for each in found.rows]
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))
