# SPDX-License-Identifier: EUPL-1.2
"""Appointments: booked, moved and cancelled by people for themselves, and by agents with a reason."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import Instant
from parvis_requests.api.appointment_schemas import (
    AppointmentSteps,
    AppointmentView,
    Cancellation,
    NewAppointment,
    NewTime,
    appointment_view,
    step_view,
)
from parvis_requests.api.context import actor_of, language_of, now, parts_of, root_of
from parvis_requests.db.appointments import Filters
from parvis_requests.db.tables import Appointment
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.service.book_appointment import Wish, book_appointment
from parvis_requests.service.change_appointment import Change, cancel_appointment, move_appointment
from parvis_requests.service.offer_slots import accept_offer, decline_offer
from parvis_requests.service.read_appointments import (
    OpenAppointment,
    list_appointments,
    open_appointments,
    read_appointment,
    read_steps,
)

routes = router(tags=["appointments"])
_PATH: Final = "/v1/appointments/{appointment_id}"
_READ: Final = token("requests.appointments.read")
_WRITE: Final = "requests.appointments.write"

Doing = Callable[[AsyncSession], Awaitable[Appointment]]
Answering = Callable[..., Awaitable[Appointment]]


@routes.post(
    "/v1/appointments",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="bookAppointment",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def book(body: NewAppointment, request: Request) -> Response:
    """Book a slot; where another was faster, the 409 offers the next free ones."""
    actor, parts = actor_of(request), parts_of(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    wish = Wish(body.kind, body.starts_at, body.agenda_id, body.request_id)

    async def doing(session: AsyncSession) -> Appointment:
        return await book_appointment(session, actor, wish, holidays=holidays, now=now())

    return await once(request, doing)


@routes.get(
    "/v1/appointments",
    **_READ,
    operation_id="listAppointments",
    response_model=Page[AppointmentView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    agenda_id: UUID | None = None,
    request_id: UUID | None = None,
    starts_after: Annotated[Instant | None, Query()] = None,
    starts_before: Annotated[Instant | None, Query()] = None,
    state: Annotated[list[AppointmentState] | None, Query(max_length=5)] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """A person's own, an agent's collectivity's; in the order in which they begin."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    filters = Filters(agenda_id, request_id, starts_after, starts_before, tuple(state or ()))
    bound = [str(actor.person), actor.is_agent, repr(filters)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_appointments(session, actor, filters, place, limit, persons=runtime.persons)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    items = [appointment_view(each, actor, language) for each in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH,
    **_READ,
    operation_id="readAppointment",
    response_model=AppointmentView,
    responses=problems(401, 403, 404, 422),
)
async def read(appointment_id: UUID, request: Request, response: Response) -> AppointmentView:
    """One appointment."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    async with runtime.database.reading() as session:
        found = await read_appointment(session, actor, appointment_id, persons=runtime.persons)
    response.headers.update(_headers(found.row) | {"Content-Language": language, "Vary": "Accept-Language"})
    return appointment_view(found, actor, language)


@routes.get(
    _PATH + "/history",
    **_READ,
    operation_id="readAppointmentHistory",
    response_model=AppointmentSteps,
    responses=problems(401, 403, 404, 422),
)
async def history(appointment_id: UUID, request: Request, response: Response) -> AppointmentSteps:
    """What was done to an appointment, and whether by an agent."""
    actor = actor_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        rows = await read_steps(session, actor, appointment_id)
    response.headers["Cache-Control"] = "no-store"
    return AppointmentSteps(items=[step_view(row, actor) for row in rows])


@routes.post(
    _PATH + "/move",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="moveAppointment",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def move(appointment_id: UUID, body: NewTime, request: Request) -> Response:
    """Give the appointment that the caller saw another time; the person until `changes_end_at`, agents at any time."""
    actor, parts = actor_of(request), parts_of(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    change = Change(appointment_id, required_version(request), body.reason, body.starts_at, body.agenda_id)

    async def doing(session: AsyncSession) -> Appointment:
        persons = parts.runtime.persons
        return await move_appointment(session, actor, change, persons=persons, holidays=holidays, now=now())

    return await once(request, doing)


@routes.post(
    _PATH + "/cancellation",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="cancelAppointment",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def cancel(appointment_id: UUID, body: Cancellation, request: Request) -> Response:
    """Give the time of the appointment that the caller saw back; the person until `changes_end_at`."""
    actor, parts = actor_of(request), parts_of(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    change = Change(appointment_id, required_version(request), body.reason)

    async def doing(session: AsyncSession) -> Appointment:
        persons = parts.runtime.persons
        return await cancel_appointment(session, actor, change, persons=persons, holidays=holidays, now=now())

    return await once(request, doing)


@routes.post(
    _PATH + "/acceptance",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="acceptOffer",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
)
async def accept(appointment_id: UUID, request: Request) -> Response:
    """Take the slot that is offered to the caller; they leave the waiting list."""
    return await _answer(appointment_id, request, accept_offer)


@routes.post(
    _PATH + "/refusal",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="declineOffer",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
)
async def decline(appointment_id: UUID, request: Request) -> Response:
    """Leave the slot that is offered to the caller to the next; they keep their place for others."""
    return await _answer(appointment_id, request, decline_offer)


async def _answer(appointment_id: UUID, request: Request, act: Answering) -> Response:
    actor, version = actor_of(request), required_version(request)
    holidays = (await parts_of(request).catalogues.of(actor.collectivity)).holidays

    async def doing(session: AsyncSession) -> Appointment:
        return await act(session, actor, appointment_id, version=version, holidays=holidays, now=now())

    return await once(request, doing)


async def once(request: Request, doing: Doing) -> Response:
    """Do it, once for its key, and answer how the appointment stands then."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await doing(session)
        found: OpenAppointment = (await open_appointments(session, [row], persons=runtime.persons))[0]
        where = f"{root_of(request)}/appointments/{row.id}"
        headers = {"Location": where, "Content-Language": language, **_headers(row)}
        return Answer.of(appointment_view(found, actor, language), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await runtime.idempotency.once(call, effect)


def _headers(row: Appointment) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
