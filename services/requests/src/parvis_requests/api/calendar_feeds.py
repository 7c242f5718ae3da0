# SPDX-License-Identifier: EUPL-1.2
"""Appointments as calendars that a program reads again and again, at addresses that nobody can guess."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

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
    service,
    token,
)
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db import calendar_feeds
from parvis_requests.db.tables import CalendarFeed
from parvis_requests.domain.calendar_feed import MAX_AGENDAS
from parvis_requests.domain.request import Actor
from parvis_requests.service.calendar_feeds import GivenFeed, give_anew, give_feed, take_back
from parvis_requests.service.read_calendar_feed import read_feed

routes = router(tags=["appointments"])
_ALL: Final = "/v1/calendar-feeds"
_PATH: Final = "/v1/calendar-feeds/{feed_id}"
_READ: Final = "requests.appointments.read"
_WRITE: Final = "requests.appointments.write"
_TYPE: Final = "text/calendar"
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_TYPE: {"schema": {"type": "string"}}}}}
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$", description="The secret part of the address.")]
IF_MODIFIED_SINCE: Final[dict[str, Any]] = {
    "in": "header",
    "name": "If-Modified-Since",
    "required": False,
    "description": "The Last-Modified that the caller has already; of no account beside If-None-Match.",
    "schema": {"type": "string", "maxLength": 100},
}


class NewCalendarFeed(Input):
    """What is to be read at the address: an agent's agendas, or the caller's own appointments."""

    agendas: list[UUID] = Field(
        default=[], max_length=MAX_AGENDAS, description="For an agent, from 1 to 20; for anybody else none."
    )


class CalendarFeedView(BaseModel):
    """A calendar at a secret address."""

    id: UUID
    agendas: list[UUID]
    own: bool = Field(description="Whether it is the caller's; who oversees agents sees and takes back theirs, too.")
    owner: UUID
    ends_at: datetime = Field(description="Nothing is shown from then on: 90 days for an agent, a year for others.")
    version: int
    created_at: datetime


class GivenCalendarFeed(CalendarFeedView):
    """The calendar with its address, which is told this once."""

    address: str = Field(description="Whoever has it reads the calendar: no names, but when and for what.")


class CalendarFeedList(BaseModel):
    """The caller's own, at most 5; for who oversees agents, theirs, too."""

    items: list[CalendarFeedView]


@routes.post(
    _ALL,
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="giveCalendarFeed",
    status_code=201,
    response_model=GivenCalendarFeed,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def give(body: NewCalendarFeed, request: Request) -> Response:
    """An address at which a calendar program reads appointments, in the language of this call."""
    actor, public_url = actor_of(request), parts_of(request).runtime.settings.public_url

    async def effect(session: AsyncSession) -> Answer:
        given = await give_feed(session, actor, body.agendas, language_of(request), now())
        headers = {"Location": f"{_ALL}/{given.row.id}", **_headers(given.row)}
        return Answer.of(_given(given, actor, public_url), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    _ALL,
    **token(_READ),
    operation_id="listCalendarFeeds",
    response_model=CalendarFeedList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> CalendarFeedList:
    """What the caller has given programs to read, without the addresses."""
    actor = actor_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        rows = await calendar_feeds.readable(session, actor, now())
    response.headers["Cache-Control"] = "no-store"
    return CalendarFeedList(items=[_view(row, actor) for row in rows])


@routes.post(
    _PATH + "/rotation",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="rotateCalendarFeed",
    status_code=201,
    response_model=GivenCalendarFeed,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
)
async def rotate(feed_id: UUID, request: Request) -> Response:
    """Another address for the same calendar; the former one shows nothing from now on."""
    actor, version = actor_of(request), required_version(request)
    public_url = parts_of(request).runtime.settings.public_url

    async def effect(session: AsyncSession) -> Answer:
        given = await give_anew(session, actor, feed_id, version=version, now=now())
        return Answer.of(_given(given, actor, public_url), _headers(given.row))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="takeBackCalendarFeed",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def revoke(feed_id: UUID, request: Request) -> None:
    """Show nothing at that address any more."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await take_back(uow.session, actor, feed_id, version=version, now=now())
        await uow.commit()


@routes.get(
    "/v1/calendars/{secret}",
    **service(headers=[IF_NONE_MATCH, IF_MODIFIED_SINCE], cors=False),
    operation_id="readCalendarFeed",
    response_class=Response,
    responses=problems(404, 422) | NOT_MODIFIED | _FILE,
)
async def read(secret: Secret, request: Request) -> Response:
    """The calendar at a secret address (iCalendar, RFC 5545 and RFC 7986), without anybody's name."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await read_feed(session, secret, now())
    tag = f'"{found.digest}"'
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(found.vouched_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
        "Content-Language": found.language,
    }
    if not_modified(request, tag) or (found.dated and _unchanged(request, found.changed_at)):
        return Response(status_code=304, headers=headers)
    shown = {"Content-Disposition": 'attachment; filename="appointments.ics"'}
    return Response(await found.written(), headers=headers | shown, media_type=f"{_TYPE}; charset=utf-8")


def _unchanged(request: Request, changed_at: datetime) -> bool:
    since = request.headers.get("if-modified-since")
    if since is None or "if-none-match" in request.headers:
        return False
    try:
        return changed_at <= parsedate_to_datetime(since).astimezone(UTC)
    except (ValueError, OverflowError):
        return False  # RFC 9110 section 13.1.3: what is no date is ignored


def _view(row: CalendarFeed, actor: Actor) -> CalendarFeedView:
    return CalendarFeedView(
        id=row.id,
        agendas=row.agendas,
        own=row.owner == actor.person,
        owner=row.owner,
        ends_at=instant(row.ends_at),
        version=row.version,
        created_at=instant(row.created_at),
    )


def _given(given: GivenFeed, actor: Actor, public_url: str) -> GivenCalendarFeed:
    address = f"{public_url}/v1/calendars/{given.secret}"
    return GivenCalendarFeed(**_view(given.row, actor).model_dump(), address=address)


def _headers(row: CalendarFeed) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
