# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people asks of an appointment, on the internal port."""

from uuid import UUID

from pydantic import Field
from starlette.requests import Request

from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.appointment_schemas import AppointmentView, appointment_view
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.domain.request import Actor
from parvis_requests.service.read_appointments import read_any_appointment, tracked_reference

routes = router(tags=["internal"])


class AppointmentToTellView(AppointmentView):
    """An appointment, and where its person finds it again without an account."""

    tracked_reference: str | None = Field(
        description="Of the request by which they come back to it, where they have no account."
    )


@routes.get(
    "/internal/v1/appointments/{appointment_id}",
    **token("requests.messages.read"),
    response_model=AppointmentToTellView,
    responses=problems(401, 403, 404, 422),
)
async def read(appointment_id: UUID, collectivity: Collectivity, request: Request) -> AppointmentToTellView:
    """An appointment as it stands now, for the service that tells the person of it, in the asked language."""
    for_services(request)
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await read_any_appointment(session, collectivity, appointment_id, persons=runtime.persons)
        reference = await tracked_reference(session, found.row)
    view = appointment_view(found, Actor.service(collectivity), language_of(request))
    return AppointmentToTellView(**view.model_dump(), tracked_reference=reference)
