# SPDX-License-Identifier: EUPL-1.2
"""Where requests are, as agents correct it."""

from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, colleagues_of, language_of, now, parts_of
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import Input, Point, RequestView
from parvis_requests.api.views import request_view
from parvis_requests.domain.position import Position
from parvis_requests.service.place_request import Place, place_request
from parvis_requests.service.read_request import reopen_acted

routes = router(tags=["work"])


class NewPlace(Input):
    """Where it is; both are said anew, what is left out is not known."""

    position: Point | None = None
    address: PlainText | None = Field(default=None, min_length=1, max_length=300, description="As one says it.")


@routes.put(
    "/v1/requests/{request_id}/place",
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="placeRequest",
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def place(request_id: UUID, body: NewPlace, request: Request, response: Response) -> RequestView:
    """Correct where the request is that the agent saw (`If-Match`): area, team and the public map follow."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    point = Position(*body.position.coordinates) if body.position else None
    said = Place(request_id, required_version(request), point, body.address)
    catalogue, names = await parts.catalogues.of(actor.collectivity), await colleagues_of(request)
    persons, catalogues = parts.runtime.persons, parts.catalogues
    async with parts.runtime.database.unit_of_work() as uow:
        row = await place_request(uow.session, actor, said, catalogues=catalogues, persons=persons, now=now())
        opened = await reopen_acted(uow.session, actor, row, persons=persons, catalogues=catalogues)
        await uow.commit()
    tag = entity_tag(opened.row.version, language)
    response.headers.update({"ETag": tag, "Cache-Control": "no-store", "Content-Language": language})
    return named_request(request_view(opened, catalogue, actor, language), actor, names)
