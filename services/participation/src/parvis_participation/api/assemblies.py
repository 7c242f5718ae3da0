# SPDX-License-Identifier: EUPL-1.2
"""Assemblies as everybody reads them: who is in them, when they meet, what they minuted; and as plain files."""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.db.keyset import Slice
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.assembly_answers import (
    AssemblySessionDetailView,
    AssemblySessionView,
    AssemblyView,
    MinutesView,
    PublicMemberView,
)
from parvis_participation.api.assembly_views import (
    assembly_view,
    minutes_view,
    public_member_view,
    session_detail_view,
    session_view,
)
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.schemas import AboutArea
from parvis_participation.db import assemblies, assembly_sessions
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.assembly_files import AssemblyFile, assembly_file

T = TypeVar("T")
VersionNumber = Annotated[int, Path(ge=1, le=50, description="A version of the minutes.")]
routes = router(tags=["assemblies"])
_ALL: Final = "/v1/collectivities/{collectivity}/assemblies"
_ONE: Final = f"{_ALL}/{{assembly_id}}"
_HEADERS: Final = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_TEXT: Final = {"schema": {"type": "string"}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": _TEXT, "text/calendar": _TEXT}}}


@routes.get(
    _ALL,
    **public(),
    operation_id="listAssemblies",
    response_model=Page[AssemblyView],
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
    """The published assemblies of a collectivity, newest first."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["assemblies", collectivity, str(area)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await assemblies.page(session, collectivity, place, limit, area=area)
    return answer(request, response, found, bound, lambda row: assembly_view(row, language))


@routes.get(
    _ONE,
    **public(),
    operation_id="readAssembly",
    response_model=AssemblyView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, assembly_id: UUID, request: Request, response: Response) -> AssemblyView:
    """One published assembly."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await assemblies.one(session, collectivity, assembly_id, published=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return assembly_view(row, language)


@routes.get(
    f"{_ONE}/members",
    **public(),
    operation_id="listAssemblyMembers",
    response_model=Page[PublicMemberView],
    responses=problems(400, 404, 422),
)
async def members(
    collectivity: Collectivity,
    assembly_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The members in office today, newest first, with the names of those who let everybody read theirs."""
    parts, bound = parts_of(request), ["assembly-members", str(assembly_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        row = await assemblies.one(session, collectivity, assembly_id, published=True)
        found = await assemblies.members(session, row.id, place, limit, on=day_of(now(), clock_of(collectivity)))
    names = await parts.names.open(member for member in found.rows if member.listed)
    return answer(request, response, found, bound, lambda member: public_member_view(member, names))


@routes.get(
    f"{_ONE}/sessions",
    **public(),
    operation_id="listAssemblySessions",
    response_model=Page[AssemblySessionView],
    responses=problems(400, 404, 422),
)
async def sessions(
    collectivity: Collectivity,
    assembly_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The sessions to which the members were convened, the latest first; how many came, never who did not."""
    runtime, language, bound = parts_of(request).runtime, language_of(request), ["sessions", str(assembly_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await assemblies.one(session, collectivity, assembly_id, published=True)
        found = await assembly_sessions.page(session, row.id, place, limit)
    return answer(request, response, found, bound, lambda each: session_view(each, language))


@routes.get(
    f"{_ONE}/sessions/{{assembly_session_id}}",
    **public(),
    operation_id="readAssemblySession",
    response_model=AssemblySessionDetailView,
    responses=problems(404, 422),
)
async def session_(
    collectivity: Collectivity, assembly_id: UUID, assembly_session_id: UUID, request: Request, response: Response
) -> AssemblySessionDetailView:
    """One session with its agenda, and which versions of its minutes are public."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        assembly = await assemblies.one(session, collectivity, assembly_id, published=True)
        row = await assembly_sessions.public_one(session, assembly.id, assembly_session_id)
        minutes = await assembly_sessions.versions(session, row.id, published=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return session_detail_view(row, minutes, language)


@routes.get(
    f"{_ONE}/sessions/{{assembly_session_id}}/minutes/{{number}}",
    **public(),
    operation_id="readPublishedMinutes",
    response_model=MinutesView,
    responses=problems(404, 422),
)
async def minutes_(
    collectivity: Collectivity,
    assembly_id: UUID,
    assembly_session_id: UUID,
    number: VersionNumber,
    request: Request,
    response: Response,
) -> MinutesView:
    """A published version of the minutes."""
    async with parts_of(request).runtime.database.reading() as session:
        assembly = await assemblies.one(session, collectivity, assembly_id, published=True)
        row = await assembly_sessions.public_one(session, assembly.id, assembly_session_id)
        minutes = await assembly_sessions.minutes(session, row.id, number, published=True)
    response.headers.update({"Cache-Control": "public, no-cache", "Content-Language": minutes.language})
    return minutes_view(minutes)


@routes.get(
    f"{_ONE}/files/{{file}}",
    **public(),
    operation_id="readAssemblyFile",
    response_class=Response,
    responses=problems(404, 422) | _FILE,
)
async def file_(collectivity: Collectivity, assembly_id: UUID, file: AssemblyFile, request: Request) -> Response:
    """Open data of an assembly: its sessions or members as CSV (RFC 4180), or its calendar (RFC 5545)."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        row = await assemblies.one(session, collectivity, assembly_id, published=True)
        content = await assembly_file(session, parts.names, row, file, language, now())
    kind = "text/calendar" if file is AssemblyFile.CALENDAR else "text/csv"
    return Response(content, media_type=kind, headers=_HEADERS | {"Content-Language": language})


def answer(
    request: Request, response: Response, found: Slice[T], bound: list[str], view: Callable[[T], object]
) -> object:
    """A page of what everybody may read, in the language of the caller."""
    response.headers.update(_HEADERS | {"Content-Language": language_of(request)})
    write = parts_of(request).runtime.cursors.write
    items = [view(row) for row in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))
