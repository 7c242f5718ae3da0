# SPDX-License-Identifier: EUPL-1.2
"""Whether people came to their appointments, as agents mark it."""

from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import required_version
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_requests.api.appointment_schemas import AppointmentView
from parvis_requests.api.appointments import once
from parvis_requests.api.context import actor_of, now
from parvis_requests.api.schemas import Input
from parvis_requests.db.tables import Appointment
from parvis_requests.domain.attendance import Attendance
from parvis_requests.service.mark_attendance import mark_attendance

routes = router(tags=["appointments"])


class NewAttendance(Input):
    """Whether somebody came."""

    attendance: Attendance = Field(
        description="`came` from an hour before the start on, `missed` from the start on, until a week after the end;"
        " `unknown` takes back what was marked."
    )


@routes.post(
    "/v1/appointments/{appointment_id}/attendance",
    **token("requests.appointments.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="markAttendance",
    status_code=201,
    response_model=AppointmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def mark(appointment_id: UUID, body: NewAttendance, request: Request) -> Response:
    """Mark that the person came or did not, or take that back; for agents, and nobody is written to."""
    actor, version = actor_of(request), required_version(request)

    async def doing(session: AsyncSession) -> Appointment:
        return await mark_attendance(session, actor, appointment_id, body.attendance, version=version, now=now())

    return await once(request, doing)
