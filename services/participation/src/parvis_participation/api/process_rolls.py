# SPDX-License-Identifier: EUPL-1.2
"""The roll of those for whom a process is: agents bring it, people check it."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.context import agent_of, citizen_of, parts_of
from parvis_participation.api.eligibility_schemas import ImportedView, NewEntitled
from parvis_participation.api.process_schemas import OwnEntryView, ProcessRollView
from parvis_participation.db import process_rolls, processes
from parvis_participation.domain.audience import SIGNED_IN
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.outgoing.roll_keys import Scrutiny
from parvis_participation.service.process_roll import import_roll, roll_file

routes = router(tags=["processes"])
_LARGE: Final = 1_048_576
_READ: Final = "participation.follows.read"
_PRIVATE: Final = {"Cache-Control": "no-store"}
_ROLL: Final = "/v1/visible-processes/{process_id}/entitled-people"


@routes.post(
    "/v1/processes/{process_id}/entitled-people",
    **token("participation.processes.write", headers=[IDEMPOTENCY_KEY], body_limit=_LARGE),
    operation_id="importProcessRoll",
    status_code=201,
    response_model=ImportedView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def import_(process_id: UUID, body: NewEntitled, request: Request) -> Response:
    """Put people on the roll of a draft, five hundred at a time; publishing freezes the roll under a digest."""
    agent, parts = agent_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        await processes.one(session, agent.collectivity, process_id)
    people = [person.model_dump() for person in body.people]
    keys = await parts.roll_keys.of_civil_statuses(process_id, people, Scrutiny.PROCESS)

    async def effect(session: AsyncSession) -> Answer:
        done = await import_roll(session, agent.collectivity, process_id, keys)
        return Answer.of(ImportedView(added=done.added, total=done.total, incomplete=list(done.incomplete)))

    # By the keys, as for the list of a poll: a hash of one civil status would tell who it was about.
    told_apart = b"".join(key or b"\x00" for key in keys)
    return await parts.runtime.idempotency.once(idempotent_call(request, agent, told_apart), chained(request, effect))


@routes.get(
    f"{_ROLL}/mine",
    **token(_READ),
    operation_id="readOwnProcessEntry",
    response_model=OwnEntryView,
    responses=problems(401, 403, 404, 422),
)
async def mine(process_id: UUID, request: Request, response: Response) -> OwnEntryView:
    """Whether one is on the roll of a process, under which mark, and what was published of the roll."""
    citizen, parts = citizen_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await processes.shown(session, citizen.collectivity, process_id, SIGNED_IN)
    if row.roll is None or row.roll_salt is None:
        raise NotFoundError
    known = await parts.roll_keys.of(row.id, citizen.person, kind=Scrutiny.PROCESS)
    async with parts.runtime.database.reading() as session:
        mark = await process_rolls.entry(session, row.id, row.roll_salt, known.key)
    response.headers.update(_PRIVATE)
    roll = ProcessRollView(**row.roll)
    return OwnEntryView(process_id=row.id, roll=roll, on_roll=mark is not None, mark=mark.hex() if mark else None)


@routes.get(
    _ROLL,
    **token(_READ),
    operation_id="readProcessRoll",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def roll(process_id: UUID, request: Request) -> Response:
    """The marks of all who are on the roll, one a line, sorted: the file whose SHA-256 was published."""
    citizen, database = citizen_of(request), parts_of(request).runtime.database
    async with database.reading() as session:
        row = await processes.shown(session, citizen.collectivity, process_id, SIGNED_IN)
    if row.roll is None or row.roll_salt is None:
        raise NotFoundError
    return StreamingResponse(roll_file(database, row.id), media_type="text/plain; charset=utf-8", headers=_PRIVATE)
