# SPDX-License-Identifier: EUPL-1.2
"""mySociety's extension servicerequestupdates: what became of requests in a time."""

from datetime import timedelta
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import public, router
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open311.contract import Format, Jurisdiction, answers, text
from parvis_requests.api.open311.formats import answered
from parvis_requests.api.open311.search import window
from parvis_requests.api.open311.views import UPDATES, update_members
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.read_open311 import read_updates

routes = router(tags=["open311"])
_DAY = timedelta(days=1)


@routes.get(
    "/open311/v2/servicerequestupdates.{format}",
    **public(),
    operation_id="listOpen311Updates",
    **answers(UPDATES, 400, 404),
)
async def list_(
    format: Format,  # noqa: A002 - the name in the contract
    request: Request,
    jurisdiction_id: Jurisdiction = None,
    start_date: Annotated[str | None, text("start_date", "From that W3C date-time on.")] = None,
    end_date: Annotated[str | None, text("end_date", "Up to that W3C date-time, a day at most.")] = None,
) -> Response:
    """Each public act on a request, the oldest first; those of the last day unless said otherwise."""
    parts, language = parts_of(request), language_of(request)

    async def found() -> Any:
        after, before = window(start_date, end_date, now(), _DAY)
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
            acts = await read_updates(session, town, after, before, catalogues=parts.catalogues)
        return [update_members(act, language) for act in acts]

    return await answered(request, format, "service_request_updates", found)
