# SPDX-License-Identifier: EUPL-1.2
"""The register listed, searched, checked with whom it names, and taken along; each look at it is kept."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_kit.web.types import Instant
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.field_lists import OWN, door
from parvis_notifications.api.map_schemas import Label
from parvis_notifications.api.record_files import CSV, PRIVATE, csv_cell, csv_line
from parvis_notifications.api.register import entry_view
from parvis_notifications.api.register_schemas import RegisterEntryView, RegisterFound, RegisterSearchBody
from parvis_notifications.db import register, register_pages
from parvis_notifications.domain.errors import StreetError
from parvis_notifications.domain.street_order import streets_begun
from parvis_notifications.service.find_in_register import check_entry, find_named
from parvis_notifications.service.keep_register import opened
from parvis_notifications.service.walk_register import Walk

routes = router(tags=["register"])
_READ: Final = "notifications.register.read"
_SAID: Final = ("ground", "requested_by", "email", *OWN)
_COLUMNS: Final = ("postcode", "street", "number", *_SAID, "entered_at", "checked_at")


class RegisterOrder(StrEnum):
    """How the register is ordered: the newest first, or those first whom nobody has checked for longest."""

    NEWEST = "-entered_at"
    UNCHECKED = "checked_at"


@routes.get(
    "/v1/register-entries",
    **token(_READ),
    operation_id="listRegister",
    response_model=Page[RegisterEntryView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    request: Request,
    response: Response,
    postcode: Annotated[str | None, Query(pattern=r"^[0-9]{5}$", description="As the address ends.")] = None,
    street: Annotated[Label | None, Query(description="How the street begins, as `rue de Riv`.")] = None,
    area: Annotated[
        str | None, Query(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$", description="Code of an area of alerts.")
    ] = None,
    needs: Annotated[bool | None, Query(description="Whether there is something that helpers must know.")] = None,
    agreed: Annotated[bool | None, Query(description="Whether they still agree to be alerted.")] = None,
    checked_before: Annotated[
        Instant | None, Query(description="Those alone whom nobody has checked since: they are to be called.")
    ] = None,
    sort: Annotated[RegisterOrder, Query(description="The newest first, or the longest unchecked.")] = (
        RegisterOrder.NEWEST
    ),
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The register of the caller's collectivity, of it those who are wanted; 404 for an area that is none."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    streets = streets_begun(street) if street is not None else None
    if streets == ():
        raise StreetError
    wanted = register_pages.Wanted(postcode, streets, area, needs, agreed, checked_before)
    filters = (postcode, "\n".join(streets or ()), area, needs, agreed, checked_before, sort.value)
    bound = ["register", agent.collectivity, *filters]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        found = await register_pages.page(
            uow.session, agent.collectivity, wanted, place, limit, unchecked_first=sort is RegisterOrder.UNCHECKED
        )
        register.note_access(uow.session, agent.collectivity, agent.person, "list", now(), people=len(found.rows))
        await uow.commit()
    items = [entry_view(*each) for each in await opened(runtime.persons, list(found.rows))]
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/register-searches",
    **token(_READ),
    operation_id="findInRegister",
    response_model=RegisterFound,
    responses=problems(400, 401, 403, 413, 422),
)
async def find(body: RegisterSearchBody, request: Request, response: Response) -> object:
    """Find people of the register by their family name, which stands in no address; the look at them is kept."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        found, more = await find_named(
            uow.session, runtime.persons, runtime.blind_index, agent, body.family_name, body.birth_on, now()
        )
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return {"items": [entry_view(*each) for each in found], "more": more}


@routes.put(
    "/v1/register-entries/{entry_id}/check",
    **token("notifications.register.write", headers=[IF_MATCH]),
    operation_id="checkRegisterEntry",
    response_model=RegisterEntryView,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def check(entry_id: UUID, request: Request, response: Response) -> object:
    """Say that what stands there was made sure of with its person now: the register is to be kept up to date."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        row, content = await check_entry(uow.session, runtime.persons, agent, entry_id, version=version, now=now())
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return entry_view(row, content)


@routes.get(
    "/v1/register-csv",
    **token(_READ, timeout=300),
    operation_id="exportRegister",
    response_class=Response,
    responses=problems(401, 403) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(request: Request) -> Response:
    """The whole register as lines of CSV (RFC 4180), street by street: for the préfet, who may ask for it.

    CASF, article L. 121-6-1. A look at as many people, which is kept as `export`, as it is written. Cells that a
    spreadsheet would take for a formula begin with an apostrophe.
    """
    agent, runtime = agent_of(request), parts_of(request).runtime
    walk, clock = Walk(runtime.database, runtime.persons, agent), runtime.settings.clock(agent.collectivity)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(_COLUMNS)
        async for some in walk.everybody():
            for row, content in some:
                said = [content.get(name) for name in _SAID]
                cells = [*door(content["address"]), *said, row.created_at, row.last_checked]
                yield csv_line([csv_cell(cell, clock) for cell in cells])

    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{agent.collectivity}-register.csv"'}
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")
