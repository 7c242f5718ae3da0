# SPDX-License-Identifier: EUPL-1.2
"""Agendas of counters, rooms and officials: their hours, and the exceptions to them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, Strict, StrictBool, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import Agenda
from parvis_requests.domain.agenda import ResourceKind, Weekday
from parvis_requests.service.agendas import (
    AgendaContent,
    list_agendas,
    open_agenda,
    read_agenda,
    replace_agenda,
)

routes = router(tags=["agendas"])
_PATH: Final = "/v1/agendas/{agenda_id}"
_READ: Final = "requests.appointments.read"
_WRITE: Final = "requests.agendas.write"
_Words = Annotated[PlainText, Field(min_length=1, max_length=300)]
_Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="On the town's clocks.")]


class Label(Input):
    """A short text in both languages."""

    fr: _Words
    en: _Words


class OpeningHours(Input):
    """Open on that day of each week, from one time of the clock until a later one."""

    day: Weekday
    opens: _Clock
    closes: _Clock

    @model_validator(mode="after")
    def _in_order(self) -> "OpeningHours":
        if self.opens >= self.closes:
            raise ValueError("opens comes before closes")
        return self


class NewAgenda(Input):
    """An agenda: it holds one appointment at a time."""

    resource: ResourceKind = Field(description="What it is the agenda of.")
    name: Label
    place: Label = Field(description="Where people come.")
    hours: list[OpeningHours] = Field(max_length=50, description="Those that touch or overlap count as one.")
    open_on_holidays: StrictBool = Field(
        default=False, description="Whether the hours hold on the collectivity's holidays."
    )
    reminder_minutes: Annotated[int, Strict()] = Field(
        default=1_440,
        ge=0,
        le=20_160,
        description="How long before its start the person is reminded of an appointment; 0 for never.",
    )
    offer_minutes: Annotated[int, Strict()] = Field(
        default=1_440,
        ge=0,
        le=10_080,
        description="How long a freed slot is held for the first of the waiting list, at most until 4 hours before its"
        " start; 0 to offer none.",
    )
    active: StrictBool = Field(default=True, description="Whether it offers slots.")

    @property
    def content(self) -> AgendaContent:
        """What the use case takes."""
        hours = [each.model_dump(mode="json") for each in self.hours]
        place, name = self.place.model_dump(), self.name.model_dump()
        return AgendaContent(
            resource=self.resource,
            name=name,
            place=place,
            hours=hours,
            open_on_holidays=self.open_on_holidays,
            reminder_minutes=self.reminder_minutes,
            offer_minutes=self.offer_minutes,
            active=self.active,
        )


class AgendaView(BaseModel):
    """An agenda."""

    id: UUID
    resource: ResourceKind
    name: Text
    place: Text
    hours: list[OpeningHours]
    open_on_holidays: bool
    reminder_minutes: int
    offer_minutes: int
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class AgendaList(BaseModel):
    """All of the collectivity's, at most 500."""

    items: list[AgendaView]


@routes.post(
    "/v1/agendas",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="openAgenda",
    status_code=201,
    response_model=AgendaView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def open_(body: NewAgenda, request: Request) -> Response:
    """Begin the agenda of a counter, a room or an official."""
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await open_agenda(session, actor, body.content, now())
        return Answer.of(agenda_view(row), {"Location": f"/v1/agendas/{row.id}", **_headers(row)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/agendas",
    **token(_READ),
    operation_id="listAgendas",
    response_model=AgendaList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> AgendaList:
    """The collectivity's agendas, for its agents."""
    async with parts_of(request).runtime.database.reading() as session:
        rows = await list_agendas(session, actor_of(request))
    response.headers["Cache-Control"] = "no-store"
    return AgendaList(items=[agenda_view(row) for row in rows])


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="readAgenda",
    response_model=AgendaView,
    responses=problems(401, 403, 404, 422),
)
async def read(agenda_id: UUID, request: Request, response: Response) -> AgendaView:
    """One agenda, for agents."""
    async with parts_of(request).runtime.database.reading() as session:
        row = await read_agenda(session, actor_of(request), agenda_id)
    response.headers.update(_headers(row))
    return agenda_view(row)


@routes.put(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="replaceAgenda",
    response_model=AgendaView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(agenda_id: UUID, body: NewAgenda, request: Request, response: Response) -> AgendaView:
    """Say it anew. What is booked stays booked: its affected appointments are those that no longer fit."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await replace_agenda(uow.session, actor, agenda_id, body.content, version=version, now=now())
        await uow.commit()
    response.headers.update(_headers(row))
    return agenda_view(row)


def agenda_view(row: Agenda) -> AgendaView:
    """What agents see of an agenda."""
    return AgendaView(
        id=row.id,
        resource=ResourceKind(row.resource),
        name=Text.model_validate(row.name),
        place=Text.model_validate(row.place),
        hours=[OpeningHours.model_validate(each) for each in row.hours],
        open_on_holidays=row.open_on_holidays,
        reminder_minutes=row.reminder_minutes,
        offer_minutes=row.offer_minutes,
        active=row.active,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _headers(row: Agenda) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
