# SPDX-License-Identifier: EUPL-1.2
"""Participatory processes as everybody reads and follows them."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.process_schemas import FollowView, NewsView, ProcessView
from parvis_participation.api.process_views import news_view, process_view
from parvis_participation.api.schemas import AboutArea
from parvis_participation.api.telling import Telling
from parvis_participation.db import processes
from parvis_participation.domain.audience import PUBLIC, SIGNED_IN
from parvis_participation.service.follow_process import follow_process

routes = router(tags=["processes"])
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_FOLLOW = "/v1/processes/{process_id}/followers/mine"


@routes.get(
    "/v1/collectivities/{collectivity}/processes",
    **public(),
    operation_id="listProcesses",
    response_model=Page[ProcessView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    area: AboutArea = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published processes of a collectivity that everybody sees, newest first."""
    runtime, telling, at = parts_of(request).runtime, Telling(language_of(request)), now()
    bound = ["processes", collectivity, str(area)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await processes.page(session, collectivity, PUBLIC, place, limit, area=area)
        parts = {row.id: await processes.parts(session, row.id) for row in found.rows}
    items = [process_view(row, parts[row.id], telling, at) for row in found.rows]
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/processes/{process_id}",
    **public(),
    operation_id="readProcess",
    response_model=ProcessView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, process_id: UUID, request: Request, response: Response) -> ProcessView:
    """One published process: its phases, what may be done in each, and what belongs to it."""
    telling = Telling(language_of(request))
    async with parts_of(request).runtime.database.reading() as session:
        row = await processes.shown(session, collectivity, process_id, PUBLIC)
        parts = await processes.parts(session, row.id)
    view = process_view(row, parts, telling, now())
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    return view


@routes.get(
    "/v1/collectivities/{collectivity}/processes/{process_id}/news",
    **public(),
    operation_id="listProcessNews",
    response_model=Page[NewsView],
    responses=problems(400, 404, 422),
)
async def news(
    collectivity: Collectivity,
    process_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What the town tells of a process, newest first."""
    runtime, telling, bound = (
        parts_of(request).runtime,
        Telling(language_of(request)),
        ["process-news", str(process_id)],
    )
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await processes.shown(session, collectivity, process_id, PUBLIC)
        found = await processes.news(session, row.id, place, limit)
    items = [news_view(each, telling) for each in found.rows]
    response.headers.update(_HEADERS | {"Content-Language": telling.content_language})
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _FOLLOW,
    **token("participation.follows.read"),
    operation_id="readFollow",
    response_model=FollowView,
    responses=problems(401, 403, 404, 422),
)
async def read_follow(process_id: UUID, request: Request, response: Response) -> FollowView:
    """Whether one follows a process."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await processes.shown(session, citizen.collectivity, process_id, SIGNED_IN)
        following = await processes.follows(session, row.id, citizen.person)
    response.headers["Cache-Control"] = "no-store"
    return FollowView(process_id=row.id, following=following)


@routes.put(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followProcess",
    response_model=FollowView,
    responses=problems(401, 403, 404, 422),
)
async def follow(process_id: UUID, request: Request, response: Response) -> FollowView:
    """Be told of the process's news from now on; asked again, nothing changes."""
    await _follow(request, process_id, following=True)
    response.headers["Cache-Control"] = "no-store"
    return FollowView(process_id=process_id, following=True)


@routes.delete(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followProcessNoMore",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def follow_no_more(process_id: UUID, request: Request) -> Response:
    """Be told of it no more; asked again, nothing changes."""
    await _follow(request, process_id, following=False)
    return Response(status_code=204)


async def _follow(request: Request, process_id: UUID, *, following: bool) -> None:
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        who = citizen.collectivity, citizen.person
        await follow_process(uow.session, *who, process_id, following=following, now=now())
        await uow.commit()
