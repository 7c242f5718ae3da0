# SPDX-License-Identifier: EUPL-1.2
"""Agents settle what people ask of the register for themselves; each look at it is kept."""

from typing import Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.map_schemas import Point
from parvis_notifications.api.register import entry_view
from parvis_notifications.api.register_schemas import (
    AcceptanceBody,
    RefusalBody,
    RegisterContent,
    RegisterEntryView,
    RegisterRequestView,
)
from parvis_notifications.db.register_requests import waiting
from parvis_notifications.service.settle_register_requests import Asked, accept, list_asked, refuse, unlink

routes = router(tags=["register"])
_PATH: Final = "/v1/register-requests"
_WRITE: Final = "notifications.register.write"


@routes.get(
    _PATH,
    **token("notifications.register.read"),
    operation_id="listRegisterRequests",
    response_model=Page[RegisterRequestView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """Who asks to be entered in the caller's collectivity and waits, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["register-requests", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        found = await list_asked(uow.session, runtime.persons, agent, place, limit, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(each) for each in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


class RegisterRequestFigures(BaseModel):
    """What waits to be settled; of nobody in particular."""

    waiting_count: int
    oldest_asked_at: AwareDatetime | None = Field(description="Since when the longest waits; null where none does.")


@routes.get(
    "/v1/register-request-figures",
    **token("notifications.register.read"),
    operation_id="readRegisterRequestFigures",
    response_model=RegisterRequestFigures,
    responses=problems(401, 403),
)
async def figures(request: Request, response: Response) -> object:
    """How many wait in the caller's collectivity, and since when; of nobody in particular, so that no look is kept."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        count, since = await waiting(session, agent.collectivity)
    response.headers["Cache-Control"] = "no-store"
    return RegisterRequestFigures(waiting_count=count, oldest_asked_at=since)


@routes.post(
    _PATH + "/{request_id}/acceptances",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="acceptRegisterRequest",
    status_code=201,
    response_model=RegisterEntryView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def accept_(request_id: UUID, body: AcceptanceBody, request: Request) -> Response:
    """Enter who asks, once it is known who they are, or link them to the entry that is theirs."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row, said = await accept(
            session,
            runtime.persons,
            runtime.blind_index,
            agent,
            request_id,
            body.entry_id,
            version=version,
            now=now(),
        )
        return Answer.of(
            entry_view(row, dict(said.content)), {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
        )

    return await runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


@routes.post(
    _PATH + "/{request_id}/refusals",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="refuseRegisterRequest",
    status_code=204,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def refuse_(request_id: UUID, body: RefusalBody, request: Request) -> None:
    """Not to be entered, such as for who is not meant by the law, with the reason; they may ask again."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        await refuse(uow.session, runtime.persons, agent, request_id, body.reason, version=version, now=now())
        await uow.commit()


@routes.post(
    "/v1/register-entries/{entry_id}/unlinkings",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="unlinkRegisterEntry",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def unlink_(entry_id: UUID, request: Request) -> None:
    """Have no account see an entry linked to the wrong one: it says what it did before, or what an agent corrected."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        await unlink(uow.session, runtime.persons, runtime.blind_index, agent, entry_id, version=version, now=now())
        await uow.commit()


def _view(asked: Asked) -> RegisterRequestView:
    said = asked.said
    return RegisterRequestView(
        id=asked.row.id,
        person=asked.row.person,
        content=RegisterContent.model_validate(said.content),
        position=Point(type="Point", coordinates=said.position or (0, 0)),
        words=said.words or "",
        version=asked.row.version,
        asked_at=asked.row.asked_at,
    )
