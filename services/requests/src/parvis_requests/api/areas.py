# SPDX-License-Identifier: EUPL-1.2
"""Areas: administrators draw the parts of their territory; the public reads those that are in use."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field
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
    principal_of,
    problems,
    router,
    token,
)
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import Area
from parvis_requests.domain.area import DrawnArea
from parvis_requests.service.areas import draw_area, list_areas, read_area, replace_area, retire_area

routes = router(tags=["administration"])
_READ: Final = "requests.catalogue.read"
_WRITE: Final = "requests.catalogue.write"
# Some 20,000 positions: the outline of a whole département.
_LIMIT: Final = 1_048_576
_PATH: Final = "/v1/areas/{area_code}"
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
AreaCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Code of an area.")]


class Outline(Input):
    """A GeoJSON geometry: rings that end where they begin, the outer one first (RFC 7946 sections 3.1.6 and 3.1.7)."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any] = Field(min_length=1, max_length=1_000)


class AreaContentBody(Input):
    """A part of the territory: GeoJSON (RFC 7946), WGS 84, longitude first."""

    level: Code = Field(description="What sort of area it is, such as `quartier`.")
    name: Annotated[PlainText, Field(min_length=1, max_length=200)]
    parent: Code | None = Field(default=None, description="Code of the larger area that it lies in.")
    geometry: Outline

    def drawn(self, code: str) -> DrawnArea:
        """What the use case takes."""
        return DrawnArea(code, self.level, self.name, self.parent, self.geometry.model_dump())


class NewArea(AreaContentBody):
    """An area and its code, which stays: requests, rules and request types name it."""

    code: Code


class DrawnAreaView(BaseModel):
    """An area as administrators see it; `retired_at` once nothing is filed there any more."""

    code: str
    level: str
    name: str
    parent: str | None
    geometry: dict[str, object]
    retired_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


@routes.post(
    "/v1/areas",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY], body_limit=_LIMIT),
    operation_id="drawArea",
    status_code=201,
    response_model=DrawnAreaView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def draw(body: NewArea, request: Request) -> Response:
    """Add an area, so that requests are filed there and rules may name it."""
    actor, parts = actor_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await draw_area(session, actor, body.drawn(body.code), now())
        return Answer.of(_view(row), {"Location": f"/v1/areas/{row.code}", **_headers(row)})

    call = idempotent_call(request, principal_of(request), await request.body())
    answer = await parts.runtime.idempotency.once(call, effect)
    parts.catalogues.forget(actor.collectivity)
    return answer


@routes.get(
    "/v1/areas",
    **token(_READ),
    operation_id="listDrawnAreas",
    response_model=Page[DrawnAreaView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    retired: Annotated[bool | None, Query(description="Only those that are retired, or are not.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The areas of the collectivity, the latest first, those that are retired too."""
    actor, runtime = actor_of(request), parts_of(request).runtime
    bound = [actor.collectivity, str(retired)]
    async with runtime.database.reading() as session:
        page = await list_areas(session, actor, runtime.cursors.read(cursor, bound), limit, retired=retired)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(row) for row in page.rows]
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    _PATH,
    **token(_READ, headers=[IF_NONE_MATCH]),
    operation_id="readArea",
    response_model=DrawnAreaView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(area_code: AreaCode, request: Request, response: Response) -> object:
    """One area."""
    async with parts_of(request).runtime.database.reading() as session:
        row = await read_area(session, actor_of(request), area_code)
    if not_modified(request, entity_tag(row.version)):
        return Response(status_code=304, headers=_headers(row))
    response.headers.update(_headers(row))
    return _view(row)


@routes.put(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH], body_limit=_LIMIT),
    operation_id="replaceArea",
    response_model=DrawnAreaView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(area_code: AreaCode, body: AreaContentBody, request: Request, response: Response) -> DrawnAreaView:
    """Draw it anew, or have it back; requests keep the area that they were filed in."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        row = await replace_area(uow.session, actor, body.drawn(area_code), version=version, now=now())
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)
    response.headers.update(_headers(row))
    return _view(row)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="retireArea",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def retire(area_code: AreaCode, request: Request) -> None:
    """Take it out of the territory: nothing is filed there any more, and what was filed keeps its name."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        await retire_area(uow.session, actor, area_code, version=version, now=now())
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)


def _view(row: Area) -> DrawnAreaView:
    return DrawnAreaView(
        code=row.code,
        level=row.level,
        name=row.name,
        parent=row.parent,
        geometry=row.geometry,
        retired_at=instant(row.retired_at) if row.retired_at else None,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _headers(row: Area) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
