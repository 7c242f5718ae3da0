# SPDX-License-Identifier: EUPL-1.2
"""mySociety's extension servicerequestupdates: what became of requests in a time."""

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import public, router
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open311.contract import Format, Jurisdiction, answers, text
from parvis_requests.api.open311.formats import answered
from parvis_requests.api.open311.search import place, window
from parvis_requests.api.open311.views import UPDATES, update_members
from parvis_requests.domain.open311 import INVALID, Open311Error
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.read_open311 import read_updates

routes = router(tags=["open311"])
_DAY: Final = timedelta(days=1)
_MOST: Final = 5_000


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
    page: Annotated[str | None, text("page", "From 1 on; the header `Link` leads to the next one.")] = None,
    page_size: Annotated[str | None, text("page_size", "1 to 5000, the usual.")] = None,
) -> Response:
    """Each public act on a request, the oldest first; those of the last day unless said otherwise.

    Nothing is cut off: where no page is asked for and one answer does not hold all, the answer is an error.
    """
    parts, language = parts_of(request), language_of(request)
    links: list[str] = []

    async def found() -> Any:
        after, before = window(start_date, end_date, now(), _DAY)
        limit, offset = place(page, page_size, _MOST)
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
            acts, more = await read_updates(
                session, town, after, before, catalogues=parts.catalogues, limit=limit, offset=offset
            )
        if more and not (page or page_size):
            raise Open311Error(INVALID, f"more than {limit} updates: narrow start_date and end_date, or give page")
        if more:
            asked = {"start_date": after.isoformat(), "end_date": before.isoformat(), "page": offset // limit + 2}
            links.append(f'<?{urlencode(dict(request.query_params) | asked)}>; rel="next"')
        return [update_members(act, language) for act in acts]

    response = await answered(request, format, "service_request_updates", found)
    if links:
        response.headers["Link"] = links[0]
    return response
