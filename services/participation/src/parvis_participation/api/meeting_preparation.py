# SPDX-License-Identifier: EUPL-1.2
"""Public meetings as agents prepare them, see who registered, note who came and report."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.api.meeting_schemas import (
    MeetingDraftView,
    NewMeeting,
    NewMeetingAttendances,
    NewMeetingReport,
    NewMeetingTransition,
    RegistrantView,
)
from parvis_participation.api.meeting_views import meeting_draft_view, registrant_view
from parvis_participation.api.views import instant
from parvis_participation.db import meeting_registrations, meetings
from parvis_participation.domain.meeting import RegistrationState
from parvis_participation.service.prepare_meeting import (
    MeetingDraft,
    act_on_meeting,
    change_meeting,
    create_meeting,
    note_who_came,
    report_on_meeting,
)
from parvis_participation.service.register_for_meeting import NAME

routes = router(tags=["meetings"])
_ALL: Final = "/v1/meetings"
_ONE: Final = f"{_ALL}/{{meeting_id}}"
_TIMES: Final = {"begins_at", "ends_at", "registration_opens_at", "registration_closes_at"}


@routes.post(
    _ALL,
    **token("participation.meetings.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createMeeting",
    status_code=201,
    response_model=MeetingDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewMeeting, request: Request) -> Response:
    """Prepare a meeting of the agent's collectivity; it stays a draft until published."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_meeting(session, agent.collectivity, _draft(body), now=at)
        headers = {"Location": f"{_ALL}/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(meeting_draft_view(row), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    _ALL,
    **token("participation.meetings.read"),
    operation_id="listOwnMeetings",
    response_model=Page[MeetingDraftView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The meetings of the agent's collectivity, drafts included, the latest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["own-meetings", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await meetings.page(session, agent.collectivity, place, limit, public=False)
    response.headers["Cache-Control"] = "no-store"
    items, write = [meeting_draft_view(each) for each in found.rows], runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **token("participation.meetings.read"),
    operation_id="readOwnMeeting",
    response_model=MeetingDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(meeting_id: UUID, request: Request, response: Response) -> MeetingDraftView:
    """A meeting of the agent's collectivity in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await meetings.one(session, agent.collectivity, meeting_id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return meeting_draft_view(row)


@routes.put(
    _ONE,
    **token("participation.meetings.write", headers=[IF_MATCH]),
    operation_id="changeMeeting",
    response_model=MeetingDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(meeting_id: UUID, body: NewMeeting, request: Request, response: Response) -> MeetingDraftView:
    """Have it otherwise before it begins; people are told of another time or place, and get new places."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        which = agent.collectivity, meeting_id, _draft(body)
        row = await change_meeting(uow.session, *which, version=version, now=now())
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return meeting_draft_view(row)


@routes.post(
    f"{_ONE}/transitions",
    **token("participation.meetings.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnMeeting",
    status_code=201,
    response_model=MeetingDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(meeting_id: UUID, body: NewMeetingTransition, request: Request) -> Response:
    """Publish it, or cancel what was published; who registered is told that it does not take place."""
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await act_on_meeting(session, agent.collectivity, meeting_id, body.action, version=version, now=at)
        return Answer.of(meeting_draft_view(row), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    f"{_ONE}/registrations",
    **token("participation.meetings.read"),
    operation_id="listRegistrations",
    response_model=Page[RegistrantView],
    responses=problems(400, 401, 403, 404, 422),
)
async def registrations(
    meeting_id: UUID,
    request: Request,
    response: Response,
    state: Annotated[RegistrationState, Query(description="Who has a place, or who waits.")] = (
        RegistrationState.REGISTERED
    ),
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """Who is registered, the newest first; nobody, some time after the meeting."""
    agent, runtime, bound = agent_of(request), parts_of(request).runtime, ["registrations", str(meeting_id), state]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await meetings.one(session, agent.collectivity, meeting_id)
        found = await meeting_registrations.page(session, row.id, place, limit, state)
    keys = await runtime.persons.of_many({each.person for each in found.rows})
    names = {each.id: keys[each.person].open(NAME, each.name) for each in found.rows if each.person in keys}
    response.headers["Cache-Control"] = "no-store"
    items = [registrant_view(each, names.get(each.id)) for each in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.put(
    f"{_ONE}/attendances",
    **token("participation.meetings.write", headers=[IF_MATCH]),
    operation_id="noteMeetingAttendance",
    response_model=MeetingDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def attendance(
    meeting_id: UUID, body: NewMeetingAttendances, request: Request, response: Response
) -> MeetingDraftView:
    """Note who came, once it has begun; the public is told how many."""
    agent, version = agent_of(request), required_version(request)
    came = {each.registration_id: each.came for each in body.attendances}
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        which = agent.collectivity, meeting_id, came, body.walk_ins
        row = await note_who_came(uow.session, *which, version=version, now=now())
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return meeting_draft_view(row)


@routes.post(
    f"{_ONE}/reports",
    **token("participation.meetings.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="reportOnMeeting",
    status_code=201,
    response_model=MeetingDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def report(meeting_id: UUID, body: NewMeetingReport, request: Request) -> Response:
    """Publish what was said, once the meeting has begun; it takes the place of an earlier report."""
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        which = agent.collectivity, meeting_id, body.model_dump(mode="json")
        row = await report_on_meeting(session, *which, version=version, now=at)
        return Answer.of(meeting_draft_view(row), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def _draft(body: NewMeeting) -> MeetingDraft:
    plain = body.model_dump(mode="json", exclude={"process_id", "assembly_id"} | _TIMES)
    times: dict[str, Any] = {name: None if (at := getattr(body, name)) is None else instant(at) for name in _TIMES}
    # To the millisecond, as it is read: who sends back what they read has changed nothing.
    return MeetingDraft(**plain, process_id=body.process_id, assembly_id=body.assembly_id, **times)
