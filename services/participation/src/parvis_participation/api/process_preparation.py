# SPDX-License-Identifier: EUPL-1.2
"""Participatory processes as agents prepare them, fill them and tell of them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.process_schemas import (
    NewNews,
    NewPart,
    NewProcess,
    NewProcessTransition,
    NewsView,
    ProcessDraftView,
)
from parvis_participation.api.process_views import news_view, process_draft_view
from parvis_participation.api.schemas import AboutArea
from parvis_participation.api.telling import Telling
from parvis_participation.db import processes
from parvis_participation.service.prepare_process import (
    ProcessDraft,
    add_part,
    change_process,
    create_process,
    publish_process,
    remove_part,
    tell_news,
)

routes = router(tags=["processes"])


@routes.post(
    "/v1/processes",
    **token("participation.processes.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createProcess",
    status_code=201,
    response_model=ProcessDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewProcess, request: Request) -> Response:
    """Prepare a process of the agent's collectivity; it stays a draft until published."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_process(session, agent.collectivity, _draft(body), now=at)
        headers = {"Location": f"/v1/processes/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(process_draft_view(row, []), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/processes",
    **token("participation.processes.read"),
    operation_id="listOwnProcesses",
    response_model=Page[ProcessDraftView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    area: AboutArea = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """All processes of the agent's collectivity, newest first: drafts, and those that agents alone see, too."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["own-processes", agent.collectivity, str(area)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await processes.page(session, agent.collectivity, None, place, limit, area=area)
        parts = {row.id: await processes.parts(session, row.id) for row in found.rows}
    response.headers["Cache-Control"] = "no-store"
    items = [process_draft_view(row, parts[row.id]) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/processes/{process_id}",
    **token("participation.processes.read"),
    operation_id="readOwnProcess",
    response_model=ProcessDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(process_id: UUID, request: Request, response: Response) -> ProcessDraftView:
    """A process of the agent's collectivity in all its languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await processes.one(session, agent.collectivity, process_id)
        parts = await processes.parts(session, row.id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return process_draft_view(row, parts)


@routes.put(
    "/v1/processes/{process_id}",
    **token("participation.processes.write", headers=[IF_MATCH]),
    operation_id="changeProcess",
    response_model=ProcessDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(process_id: UUID, body: NewProcess, request: Request, response: Response) -> ProcessDraftView:
    """Have it otherwise from now on, its phases too; those that were told stay told."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await change_process(uow.session, agent.collectivity, process_id, _draft(body), version=version)
        parts = await processes.parts(uow.session, row.id)
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return process_draft_view(row, parts)


@routes.post(
    "/v1/processes/{process_id}/transitions",
    **token("participation.processes.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnProcess",
    status_code=201,
    response_model=ProcessDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(process_id: UUID, body: NewProcessTransition, request: Request) -> Response:
    """Publish a draft: from then on its phases hold for what belongs to it."""
    del body  # publishing is the one action that there is
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_process(session, agent.collectivity, process_id, version=version, now=at)
        parts = await processes.parts(session, row.id)
        return Answer.of(process_draft_view(row, parts), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/processes/{process_id}/parts",
    **token("participation.processes.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="addProcessPart",
    status_code=201,
    response_model=ProcessDraftView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def add(process_id: UUID, body: NewPart, request: Request) -> Response:
    """Have a consultation, a survey or a petition belong to the process, whose phases hold for it."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await add_part(session, agent.collectivity, process_id, body.kind, body.id, now=at)
        return Answer.of(process_draft_view(row, await processes.parts(session, row.id)))

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/processes/{process_id}/parts/{part_id}/removals",
    **token("participation.processes.write"),
    operation_id="removeProcessPart",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422),
)
async def remove(process_id: UUID, part_id: UUID, request: Request) -> Response:
    """Have it belong to the process no more: only its own dates hold for it."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await remove_part(uow.session, agent.collectivity, process_id, part_id)
        await chain_act(request, uow.session)
        await uow.commit()
    return Response(status_code=204)


@routes.post(
    "/v1/processes/{process_id}/news",
    **token("participation.processes.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="tellProcessNews",
    status_code=201,
    response_model=NewsView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def tell(process_id: UUID, body: NewNews, request: Request) -> Response:
    """Publish news of a published process; its followers are told."""
    agent, telling, at = agent_of(request), Telling(language_of(request)), now()
    title, words = body.title.model_dump(), body.text.model_dump()

    async def effect(session: AsyncSession) -> Answer:
        return Answer.of(
            news_view(await tell_news(session, agent.collectivity, process_id, title, words, now=at), telling)
        )

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def _draft(body: NewProcess) -> ProcessDraft:
    given = body.model_dump(mode="json", exclude={"ends_at"})
    return ProcessDraft(**given, ends_at=body.ends_at)
