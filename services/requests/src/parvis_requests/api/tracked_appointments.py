# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account wants an appointment about their request, of the kinds that its type names."""

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, service
from parvis_requests.api import appointments, waiting_list
from parvis_requests.api.appointment_kinds import AppointmentKindList, kind_view
from parvis_requests.api.appointment_schemas import AppointmentView, NewTrackedAppointment
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.tracked import PATH, TRACKING_TOKEN, TrackedRoute, tracked
from parvis_requests.api.waiting_list import NewTrackedWait, WaitView
from parvis_requests.db.tables import Appointment, AppointmentWait
from parvis_requests.service.appointments_alone import allow_alone, kinds_alone
from parvis_requests.service.book_appointment import Wish, book_appointment
from parvis_requests.service.waiting_list import Hope, join_list

routes = router(tags=["tracked"], route_class=TrackedRoute)


@routes.get(
    PATH + "/appointment-kinds",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="listTrackedAppointmentKinds",
    response_model=AppointmentKindList,
    responses=problems(404, 422),
)
async def kinds(request: Request, response: Response) -> AppointmentKindList:
    """What an appointment about the request can be made for."""
    parts = parts_of(request)
    async with parts.runtime.database.reading() as session:
        found = await kinds_alone(session, actor_of(request), tracked(request), catalogues=parts.catalogues)
    response.headers["Cache-Control"] = "no-store"
    return AppointmentKindList(items=[kind_view(each) for each in found])


@routes.post(
    PATH + "/appointments",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="bookTrackedAppointment",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def book(body: NewTrackedAppointment, request: Request) -> Response:
    """Book a slot, once the address is confirmed; where another was faster, the 409 offers the next free ones."""
    actor, parts = actor_of(request), parts_of(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    wish = Wish(body.kind, body.starts_at, body.agenda_id, tracked(request))

    async def doing(session: AsyncSession) -> Appointment:
        await _allow(session, request, body.kind)
        return await book_appointment(session, actor, wish, holidays=holidays, now=now())

    return await appointments.once(request, doing)


@routes.post(
    PATH + "/waiting-list",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="joinTrackedWaitingList",
    status_code=201,
    response_model=WaitView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def join(body: NewTrackedWait, request: Request) -> Response:
    """Wait for a slot of an agenda: those that are freed are offered by mail to one person after the other."""
    hope = Hope(body.kind, body.agenda_id, body.starts_after, body.starts_before, tracked(request))

    async def joining(session: AsyncSession) -> AppointmentWait:
        await _allow(session, request, body.kind)
        return await join_list(session, actor_of(request), hope, now())

    return await waiting_list.once(request, joining)


async def _allow(session: AsyncSession, request: Request, kind: str) -> None:
    parts, actor = parts_of(request), actor_of(request)
    persons = parts.runtime.persons
    await allow_alone(session, actor, tracked(request), kind, catalogues=parts.catalogues, persons=persons)
