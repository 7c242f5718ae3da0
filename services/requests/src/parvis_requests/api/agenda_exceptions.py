# SPDX-License-Identifier: EUPL-1.2
"""Exceptions to the hours of an agenda, and the appointments that no longer fit."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.etag import entity_tag, required_version, stale
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import Instant, PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import AgendaException, Appointment
from parvis_requests.domain.agenda import Span
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.service.agendas import (
    NewException,
    declare_exception,
    list_affected,
    list_exceptions,
    withdraw_exception,
)

routes = router(tags=["agendas"])
_PATH: Final = "/v1/agendas/{agenda_id}"
_READ: Final = "requests.appointments.read"
_WRITE: Final = "requests.agendas.write"
# An exception is withdrawn and declared anew, never changed.
_ONLY_VERSION: Final = 1
_ONE_DAY: Final = Text(fr="Une ouverture commence et finit le même jour.", en="An opening begins and ends on one day.")
_YEARS: Final = range(2000, 2201)
_LONGEST: Final = timedelta(days=366)
_RESERVED: Final = Field(
    default=0,
    description="How many more there are, about requests that the caller does not read: their team moves them.",
)


class ExceptionEffect(StrEnum):
    """What an exception does to the hours."""

    CLOSED = "closed"
    OPEN = "open"


class NewAgendaException(Input):
    """A time in which the agenda is closed, or open beyond its hours (within one day); closed wins over open."""

    effect: ExceptionEffect
    starts_at: Instant
    ends_at: Instant = Field(description="Later than the start, by a year at most.")
    reason: PlainText = Field(min_length=1, max_length=200, description="Why, for agents; of no person.")

    @model_validator(mode="after")
    def _in_order(self) -> "NewAgendaException":
        if self.starts_at.year not in _YEARS:
            raise ValueError("starts_at lies in a year from 2000 to 2200")
        if not self.starts_at < self.ends_at <= self.starts_at + _LONGEST:
            raise ValueError("ends_at comes after starts_at, by a year at most")
        return self

    def check_day(self, clock: ZoneInfo) -> None:
        """Raise the 422 problem unless an opening begins and ends on one day of the town."""
        first, last = (at.astimezone(clock) for at in (self.starts_at, self.ends_at - timedelta(microseconds=1)))
        if self.effect is ExceptionEffect.OPEN and first.date() != last.date():
            raise VALIDATION.problem(errors=[FieldError("", "value-error", _ONE_DAY)])


class AgendaExceptionView(BaseModel):
    """An exception to the hours of an agenda."""

    id: UUID
    effect: ExceptionEffect
    starts_at: datetime
    ends_at: datetime
    reason: str
    version: int
    created_at: datetime


class AgendaExceptionList(BaseModel):
    """Those that are not over, at most 500."""

    items: list[AgendaExceptionView]


class AffectedAppointment(BaseModel):
    """An appointment ahead that falls out of its agenda's hours: an agent moves or cancels one that is booked."""

    id: UUID
    state: AppointmentState
    offer_ends_at: datetime | None = Field(
        description="Until when it is held for somebody who waits; they cannot take it while the agenda is closed then."
    )
    starts_at: datetime
    ends_at: datetime
    version: int


class AffectedAppointments(BaseModel):
    """In the order in which they begin, at most 1,000."""

    items: list[AffectedAppointment]
    reserved: int = _RESERVED


class DeclaredException(AgendaExceptionView):
    """The exception, and all appointments ahead that do not fit the agenda's hours now: they stand until changed."""

    affected: list[AffectedAppointment]
    reserved: int = _RESERVED


@routes.post(
    _PATH + "/exceptions",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="declareAgendaException",
    status_code=201,
    response_model=DeclaredException,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def declare(agenda_id: UUID, body: NewAgendaException, request: Request) -> Response:
    """Close an agenda for a time, or open it beyond its hours; tells which appointments no longer fit."""
    actor, parts = actor_of(request), parts_of(request)
    body.check_day(clock_of(actor.collectivity))
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    closed = body.effect is ExceptionEffect.CLOSED
    new = NewException(closed, Span(body.starts_at, body.ends_at), body.reason)

    async def effect(session: AsyncSession) -> Answer:
        row, found = await declare_exception(session, actor, agenda_id, new, holidays=holidays, now=now())
        shown = [_affected(*each) for each in found.shown]
        view = DeclaredException(**_view(row).model_dump(), affected=shown, reserved=found.reserved)
        where = f"/v1/agendas/{agenda_id}/exceptions/{row.id}"
        return Answer.of(view, {"Location": where, "ETag": entity_tag(_ONLY_VERSION), "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH + "/exceptions",
    **token(_READ),
    operation_id="listAgendaExceptions",
    response_model=AgendaExceptionList,
    responses=problems(401, 403, 404, 422),
)
async def list_(agenda_id: UUID, request: Request, response: Response) -> AgendaExceptionList:
    """The exceptions of an agenda that are not over, for agents."""
    async with parts_of(request).runtime.database.reading() as session:
        rows = await list_exceptions(session, actor_of(request), agenda_id, now())
    response.headers["Cache-Control"] = "no-store"
    return AgendaExceptionList(items=[_view(row) for row in rows])


@routes.delete(
    _PATH + "/exceptions/{exception_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="withdrawAgendaException",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def withdraw(agenda_id: UUID, exception_id: UUID, request: Request) -> None:
    """Have the hours hold again."""
    if required_version(request) != _ONLY_VERSION:
        raise stale()
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_exception(uow.session, actor_of(request), agenda_id, exception_id)
        await uow.commit()


@routes.get(
    _PATH + "/affected-appointments",
    **token(_READ),
    operation_id="listAffectedAppointments",
    response_model=AffectedAppointments,
    responses=problems(401, 403, 404, 422),
)
async def affected(agenda_id: UUID, request: Request, response: Response) -> AffectedAppointments:
    """The appointments ahead that fall out of the agenda's hours, for agents to move or cancel."""
    actor, parts = actor_of(request), parts_of(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    async with parts.runtime.database.reading() as session:
        found = await list_affected(session, actor, agenda_id, holidays=holidays, now=now())
    response.headers["Cache-Control"] = "no-store"
    return AffectedAppointments(items=[_affected(*each) for each in found.shown], reserved=found.reserved)


def _view(row: AgendaException) -> AgendaExceptionView:
    return AgendaExceptionView(
        id=row.id,
        effect=ExceptionEffect.CLOSED if row.closed else ExceptionEffect.OPEN,
        starts_at=instant(row.starts_at),
        ends_at=instant(row.ends_at),
        reason=row.reason,
        version=_ONLY_VERSION,
        created_at=instant(row.created_at),
    )


def _affected(row: Appointment, offer_ends_at: datetime | None) -> AffectedAppointment:
    return AffectedAppointment(
        id=row.id,
        state=AppointmentState(row.state),
        offer_ends_at=instant(offer_ends_at) if offer_ends_at else None,
        starts_at=instant(row.starts_at),
        ends_at=instant(row.ends_at),
        version=row.version,
    )
