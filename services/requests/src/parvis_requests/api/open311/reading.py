# SPDX-License-Identifier: EUPL-1.2
"""Requests: a search, one of them, the one behind a token."""

from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import public, router
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open311.contract import TEXT, TEXT_OR_NULL, Format, Jurisdiction, Key, answers, objects, text
from parvis_requests.api.open311.formats import answered
from parvis_requests.api.open311.search import Asked, place, search
from parvis_requests.api.open311.views import REQUESTS, request_members
from parvis_requests.domain.open311 import UNKNOWN, Open311Error
from parvis_requests.service.open311_keys import client_of
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.read_open311 import read_requests

routes = router(tags=["open311"])
Extensions = Annotated[
    str | None,
    Query(
        description="`true`: with notes of what became of it and photos; for the client that filed it with its answers."
    ),
]
_TOKENS = objects("service_request_id", "token", service_request_id=TEXT_OR_NULL, token=TEXT)


@routes.get(
    "/open311/v2/requests.{format}",
    **public(),
    operation_id="listOpen311Requests",
    **answers(REQUESTS, 400, 403, 404),
)
async def list_(
    format: Format,  # noqa: A002 - the name in the contract
    request: Request,
    jurisdiction_id: Jurisdiction = None,
    service_request_id: Annotated[str | None, text("service_request_id", "List; counts alone.")] = None,
    service_code: Annotated[str | None, text("service_code", "List of codes.")] = None,
    start_date: Annotated[str | None, text("start_date", "From that W3C date-time on.")] = None,
    end_date: Annotated[str | None, text("end_date", "Up to that W3C date-time, 90 days at most.")] = None,
    status: Annotated[str | None, text("status", "`open`, `closed`, or both with a comma.")] = None,
    updated_after: Annotated[str | None, text("updated_after", "Of those, what changed from then on.")] = None,
    updated_before: Annotated[str | None, text("updated_before", "Of those, what last changed until then.")] = None,
    page: Annotated[str | None, text("page", "From 1 on.")] = None,
    page_size: Annotated[str | None, text("page_size", "1 to 1000, the usual.")] = None,
    extensions: Extensions = None,
    api_key: Key = None,
) -> Response:
    """Requests about the town's places, newest first; the latest 90 days unless said otherwise.

    What went along with another request is left out, but for whoever filed it or names it.
    """
    parts, language, extended = parts_of(request), language_of(request), extensions == "true"

    async def found() -> Any:
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
            asked = Asked(service_request_id, service_code, start_date, end_date, status, updated_after, updated_before)
            wanted, (limit, offset) = search(town, asked, now()), place(page, page_size)
            client = await client_of(session, town.collectivity, api_key)
            rows = await read_requests(
                session,
                town,
                wanted,
                catalogues=parts.catalogues,
                client=client,
                limit=limit,
                offset=offset,
                persons=parts.runtime.persons if extended else None,
            )
        return [request_members(row, language, parts.runtime.settings.public_url, extended=extended) for row in rows]

    return await answered(request, format, "service_requests", found)


@routes.get(
    "/open311/v2/requests/{service_request_id}.{format}",
    **public(),
    operation_id="readOpen311Request",
    **answers(REQUESTS, 400, 403, 404),
)
async def read(
    service_request_id: str,
    format: Format,  # noqa: A002
    request: Request,
    jurisdiction_id: Jurisdiction = None,
    extensions: Extensions = None,
    api_key: Key = None,
) -> Response:
    """One request, as a list of one."""
    parts, language, extended = parts_of(request), language_of(request), extensions == "true"

    async def found() -> Any:
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
            client = await client_of(session, town.collectivity, api_key)
            wanted = search(town, Asked(service_request_id, None, None, None, None), now())
            rows = await read_requests(
                session,
                town,
                wanted,
                catalogues=parts.catalogues,
                client=client,
                limit=1,
                persons=parts.runtime.persons if extended else None,
            )
        if not rows:
            raise Open311Error(UNKNOWN, "service_request_id: unknown")
        return [request_members(row, language, parts.runtime.settings.public_url, extended=extended) for row in rows]

    return await answered(request, format, "service_requests", found)


@routes.get(
    "/open311/v2/tokens/{token}.{format}",
    **public(),
    operation_id="readOpen311Token",
    **answers(_TOKENS, 400, 404),
)
async def token(
    token: str,
    format: Format,  # noqa: A002
    request: Request,
    jurisdiction_id: Jurisdiction = None,
) -> Response:
    """The request behind a token: this endpoint gives the id at once, so that its token is the id itself."""
    parts = parts_of(request)

    async def found() -> Any:
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
            wanted = search(town, Asked(token, None, None, None, None), now())
            rows = await read_requests(session, town, wanted, catalogues=parts.catalogues, client=None, limit=1)
        if not rows:
            raise Open311Error(UNKNOWN, "token: unknown")
        return [{"service_request_id": rows[0].row.reference, "token": token}]

    return await answered(request, format, "service_requests", found)
