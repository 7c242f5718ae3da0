# SPDX-License-Identifier: EUPL-1.2
"""Sessions of assemblies as agents prepare them, convene the members, note who came and publish minutes."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.assemblies import VersionNumber
from parvis_participation.api.assembly_answers import MinutesView, SessionDraftView
from parvis_participation.api.assembly_schemas import (
    NewAttendances,
    NewMinutes,
    NewMinutesTransition,
    NewSession,
    NewSessionTransition,
)
from parvis_participation.api.assembly_views import minutes_view, session_draft_view
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.db import assembly_sessions
from parvis_participation.db.assembly_tables import AssemblySession
from parvis_participation.service.hold_session import (
    SessionDraft,
    act_on_minutes,
    act_on_session,
    change_session,
    create_session,
    note_attendance,
    write_minutes,
)

routes = router(tags=["assemblies"])
_ONE: Final = "/v1/assembly-sessions/{assembly_session_id}"
_LARGE: Final = 524_288


@routes.post(
    "/v1/assemblies/{assembly_id}/sessions",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createAssemblySession",
    status_code=201,
    response_model=SessionDraftView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def create(assembly_id: UUID, body: NewSession, request: Request) -> Response:
    """Prepare a session; it stays a draft until the members are convened."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_session(session, agent.collectivity, assembly_id, _draft(body), now=at)
        headers = {"Location": f"/v1/assembly-sessions/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(session_draft_view(row, {}, []), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    _ONE,
    **token("participation.assemblies.read"),
    operation_id="readOwnAssemblySession",
    response_model=SessionDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(assembly_session_id: UUID, request: Request, response: Response) -> SessionDraftView:
    """A session of the agent's collectivity, with who came and all versions of the minutes."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await assembly_sessions.one(session, agent.collectivity, assembly_session_id)
        view = await _view(session, row)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return view


@routes.put(
    _ONE,
    **token("participation.assemblies.write", headers=[IF_MATCH]),
    operation_id="changeAssemblySession",
    response_model=SessionDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(assembly_session_id: UUID, body: NewSession, request: Request, response: Response) -> SessionDraftView:
    """Have a draft otherwise; what people were convened to is called off instead, and another one convened."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await change_session(
            uow.session, agent.collectivity, assembly_session_id, _draft(body), version=version, now=now()
        )
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return session_draft_view(row, {}, [])


@routes.post(
    f"{_ONE}/transitions",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnAssemblySession",
    status_code=201,
    response_model=SessionDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(assembly_session_id: UUID, body: NewSessionTransition, request: Request) -> Response:
    """Convene the members of that day, or call the session off; members and followers are told."""
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await act_on_session(
            session, agent.collectivity, assembly_session_id, body.action, version=version, now=at
        )
        return Answer.of(await _view(session, row), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.put(
    f"{_ONE}/attendances",
    **token("participation.assemblies.write", headers=[IF_MATCH]),
    operation_id="noteAssemblyAttendance",
    response_model=SessionDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def attendance(
    assembly_session_id: UUID, body: NewAttendances, request: Request, response: Response
) -> SessionDraftView:
    """Note who came, once the session has begun; the public is told how many, and whether they were enough."""
    agent, version = agent_of(request), required_version(request)
    presences = {each.member_id: each.presence for each in body.attendances}
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        which = agent.collectivity, assembly_session_id, presences
        row = await note_attendance(uow.session, *which, version=version, now=now())
        view = await _view(uow.session, row)
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return view


@routes.post(
    f"{_ONE}/minutes",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY], body_limit=_LARGE),
    operation_id="writeMinutes",
    status_code=201,
    response_model=MinutesView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def write(assembly_session_id: UUID, body: NewMinutes, request: Request) -> Response:
    """Write a version of the minutes; versions that were published stay."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        which = agent.collectivity, assembly_session_id
        return Answer.of(minutes_view(await write_minutes(session, *which, body.language, body.text, now=at)))

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    f"{_ONE}/minutes/{{number}}",
    **token("participation.assemblies.read"),
    operation_id="readMinutes",
    response_model=MinutesView,
    responses=problems(401, 403, 404, 422),
)
async def minutes_(
    assembly_session_id: UUID, number: VersionNumber, request: Request, response: Response
) -> MinutesView:
    """A version of the minutes, whatever its state."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await assembly_sessions.one(session, agent.collectivity, assembly_session_id)
        minutes = await assembly_sessions.minutes(session, row.id, number)
    response.headers["Cache-Control"] = "no-store"
    return minutes_view(minutes)


@routes.post(
    f"{_ONE}/minutes/{{number}}/transitions",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="actOnMinutes",
    status_code=201,
    response_model=MinutesView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def act(
    assembly_session_id: UUID, number: VersionNumber, body: NewMinutesTransition, request: Request
) -> Response:
    """Approve a version, then publish it; it is refused where it names somebody who was not there."""
    agent, parts, at = agent_of(request), parts_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        which = parts.names, agent.collectivity, assembly_session_id, number
        return Answer.of(minutes_view(await act_on_minutes(session, *which, body.action, body.approved_on, now=at)))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


async def _view(session: AsyncSession, row: AssemblySession) -> SessionDraftView:
    presences = await assembly_sessions.attendance(session, row.id)
    return session_draft_view(row, presences, await assembly_sessions.versions(session, row.id))


def _draft(body: NewSession) -> SessionDraft:
    given = body.model_dump(mode="json", exclude={"begins_at", "ends_at"})
    return SessionDraft(**given, begins_at=body.begins_at, ends_at=body.ends_at)
