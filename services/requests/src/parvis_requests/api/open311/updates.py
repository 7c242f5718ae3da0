# SPDX-License-Identifier: EUPL-1.2
"""mySociety's extension servicerequestupdates: what became of requests in a time, and what clients say of theirs."""

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from parvis_files.route import FileRoute
from parvis_kit.web.operation import public, router, service
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open311.contract import TEXT, Format, Jurisdiction, answers, objects, text
from parvis_requests.api.open311.form import BODY_LIMIT, posted
from parvis_requests.api.open311.formats import answered
from parvis_requests.api.open311.search import place, window
from parvis_requests.api.open311.update_form import FILES, FORM, sent_update
from parvis_requests.api.open311.views import UPDATES, update_members
from parvis_requests.db.blobs import undone_on_failure
from parvis_requests.domain.open311 import FORBIDDEN, INVALID, Open311Error
from parvis_requests.service.open311_keys import client_of
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.read_open311 import read_updates
from parvis_requests.service.write_open311_update import write_update

routes = router(tags=["open311"], route_class=FileRoute)
_DAY: Final = timedelta(days=1)
_MOST: Final = 5_000
_POST: Final = service(body_limit=BODY_LIMIT, timeout=60)
_POST["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "The status in capitals; a further field `attribute[CODE]` goes to the agents as it is.",
    "content": {
        "application/x-www-form-urlencoded": {"schema": FORM},
        "multipart/form-data": {"schema": FILES},
    },
}
_WRITTEN: Final = objects("update_id", update_id=TEXT)


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


@routes.post(
    "/open311/v2/servicerequestupdates.{format}",
    **_POST,
    operation_id="writeOpen311Update",
    **answers(_WRITTEN, 400, 403, 404),
)
async def write(format: Format, request: Request) -> Response:  # noqa: A002
    """Send on what somebody says about a request that this client filed, once however often it is sent.

    Agents read it; a state is a wish, for them to decide on.
    """
    parts = parts_of(request)
    runtime = parts.runtime

    async def written() -> Any:
        form = await posted(request)
        async with runtime.database.unit_of_work() as uow, undone_on_failure(parts.blobs) as fresh:
            town = await find_jurisdiction(uow.session, form.text("jurisdiction_id"), parts.catalogues)
            client = await client_of(uow.session, town.collectivity, form.text("api_key"))
            if client is None:
                raise Open311Error(FORBIDDEN, "api_key: required")
            update_id = await write_update(
                uow.session, town.collectivity, client, sent_update(form), catalogues=parts.catalogues,
                persons=runtime.persons, blobs=fresh, scan=parts.first_scan, now=now(),
            )  # fmt: skip
            await uow.commit()
        return [{"update_id": update_id}]

    return await answered(request, format, "service_request_updates", written)
