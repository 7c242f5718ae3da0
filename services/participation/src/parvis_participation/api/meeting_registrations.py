# SPDX-License-Identifier: EUPL-1.2
"""People register for public meetings, and withdraw."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.meeting_schemas import NewRegistration, RegistrationView
from parvis_participation.db.meeting_tables import MeetingRegistration
from parvis_participation.domain.meeting import RegistrationState
from parvis_participation.service.register_for_meeting import (
    is_registered,
    own_registration,
    register_for_meeting,
    waiting_before,
    withdraw_from_meeting,
)

routes = router(tags=["meetings"])
_MINE: Final = "/v1/meetings/{meeting_id}/registrations/mine"


@routes.get(
    _MINE,
    **token("participation.registrations.read"),
    operation_id="readRegistration",
    response_model=RegistrationView,
    responses=problems(401, 403, 404, 422),
)
async def read(meeting_id: UUID, request: Request, response: Response) -> RegistrationView:
    """Whether one has a place or waits for one; 404 where one is not registered."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row, before = await own_registration(session, citizen.collectivity, citizen.person, meeting_id)
    response.headers["Cache-Control"] = "no-store"
    return _view(row, before)


@routes.put(
    _MINE,
    **token("participation.registrations.write"),
    operation_id="registerForMeeting",
    response_model=RegistrationView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def register(meeting_id: UUID, body: NewRegistration, request: Request, response: Response) -> RegistrationView:
    """Take a place, or wait for one where none is left; asked again, only the name is another."""
    citizen, parts = citizen_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        registered = await is_registered(session, citizen.collectivity, citizen.person, meeting_id)
    if not registered:
        await check_for_citizen(request, meeting_id, now())
    async with parts.runtime.database.unit_of_work() as uow:
        who = citizen.collectivity, citizen.person, meeting_id, body.name
        _, row = await register_for_meeting(uow.session, parts.runtime.persons, *who, now=now())
        before = await waiting_before(uow.session, row)
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return _view(row, before)


@routes.delete(
    _MINE,
    **token("participation.registrations.write"),
    operation_id="withdrawFromMeeting",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422),
)
async def withdraw(meeting_id: UUID, request: Request) -> Response:
    """Give the place back before the meeting begins; who waited first has it and is told."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_from_meeting(uow.session, citizen.collectivity, citizen.person, meeting_id, now=now())
        await uow.commit()
    return Response(status_code=204)


def _view(row: MeetingRegistration, before: int) -> RegistrationView:
    return RegistrationView(meeting_id=row.meeting_id, state=RegistrationState(row.state), waiting_before=before)
