# SPDX-License-Identifier: EUPL-1.2
"""Public meetings as everybody reads them, also as calendar files."""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.assemblies import answer
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.meeting_schemas import MeetingView
from parvis_participation.api.meeting_views import meeting_view
from parvis_participation.db import meetings
from parvis_participation.service.meeting_files import MeetingFile, meetings_file

routes = router(tags=["meetings"])
_ALL: Final = "/v1/collectivities/{collectivity}/meetings"
_HEADERS: Final = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}}
_SHOWN: Final = timedelta(days=366)
_MOST_SHOWN: Final = 500


@routes.get(
    _ALL,
    **public(),
    operation_id="listMeetings",
    response_model=Page[MeetingView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    process_id: Annotated[UUID | None, Query(description="Only those of this process.")] = None,
    assembly_id: Annotated[UUID | None, Query(description="Only those of this assembly.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The meetings that were published, the latest first, also those that were cancelled later."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["meetings", collectivity, str(process_id), str(assembly_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        of = {"process": process_id, "assembly": assembly_id}
        found = await meetings.page(session, collectivity, place, limit, public=True, **of)
    return answer(request, response, found, bound, lambda row: meeting_view(row, language))


@routes.get(
    f"{_ALL}/{{meeting_id}}",
    **public(),
    operation_id="readMeeting",
    response_model=MeetingView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, meeting_id: UUID, request: Request, response: Response) -> MeetingView:
    """One meeting, with how many places are left and, afterwards, what was said."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await meetings.one(session, collectivity, meeting_id, public=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return meeting_view(row, language)


@routes.get(
    f"{_ALL}/{{meeting_id}}/files/{{file}}",
    **public(),
    operation_id="readMeetingFile",
    response_class=Response,
    responses=problems(404, 422) | _FILE,
)
async def file_(collectivity: Collectivity, meeting_id: UUID, file: MeetingFile, request: Request) -> Response:
    """One meeting to put into a calendar (RFC 5545)."""
    del file  # the calendar is the one file that there is
    async with parts_of(request).runtime.database.reading() as session:
        row = await meetings.one(session, collectivity, meeting_id, public=True)
    return _calendar(request, meetings_file([row], language_of(request)))


@routes.get(
    "/v1/collectivities/{collectivity}/meeting-files/{file}",
    **public(),
    operation_id="readMeetingsFile",
    response_class=Response,
    responses=problems(404, 422) | _FILE,
)
async def feed(collectivity: Collectivity, file: MeetingFile, request: Request) -> Response:
    """The town's meetings of the last year and those to come, as a calendar to subscribe to (RFC 5545)."""
    del file
    async with parts_of(request).runtime.database.reading() as session:
        found = await meetings.since(session, collectivity, now() - _SHOWN, _MOST_SHOWN)
    return _calendar(request, meetings_file(found, language_of(request)))


def _calendar(request: Request, content: bytes) -> Response:
    return Response(content, media_type="text/calendar", headers=_HEADERS | {"Content-Language": language_of(request)})
