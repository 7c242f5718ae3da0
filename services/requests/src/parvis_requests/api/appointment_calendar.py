# SPDX-License-Identifier: EUPL-1.2
"""The calendar file of an appointment."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, language_of, parts_of
from parvis_requests.service.appointment_calendar import calendar_of
from parvis_requests.service.read_appointments import read_appointment

routes = router(tags=["appointments"])
_TYPE: Final = "text/calendar"
_SHOWN: Final = {"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"}


@routes.get(
    "/v1/appointments/{appointment_id}/calendar",
    **token("requests.appointments.read"),
    operation_id="readAppointmentCalendar",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {_TYPE: {"schema": {"type": "string"}}}}},
)
async def read(appointment_id: UUID, request: Request) -> Response:
    """An appointment for the person's own calendar (iCalendar, RFC 5545); once cancelled, what takes it out of it."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    async with runtime.database.reading() as session:
        found = await read_appointment(session, actor, appointment_id, persons=runtime.persons)
    told = {"ETag": entity_tag(found.row.version, language), "Content-Language": language, "Vary": "Accept-Language"}
    return Response(calendar_of(found, language), headers=_SHOWN | told, media_type=f"{_TYPE}; charset=utf-8")
