# SPDX-License-Identifier: EUPL-1.2
"""Assemblies as agents prepare them, and their members."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.assembly_answers import AssemblyDraftView, MemberView
from parvis_participation.api.assembly_schemas import NewAssembly, NewAssemblyTransition, NewEnding, NewMember
from parvis_participation.api.assembly_views import assembly_draft_view, member_view
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.schemas import AboutArea
from parvis_participation.db import assemblies
from parvis_participation.domain.assembly import Origin
from parvis_participation.service.prepare_assembly import (
    AssemblyDraft,
    Mandate,
    add_member,
    change_assembly,
    create_assembly,
    end_mandate,
    publish_assembly,
)

routes = router(tags=["assemblies"])


@routes.post(
    "/v1/assemblies",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createAssembly",
    status_code=201,
    response_model=AssemblyDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewAssembly, request: Request) -> Response:
    """Prepare an assembly of the agent's collectivity; it stays a draft until published."""
    agent, at = agent_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await create_assembly(session, agent.collectivity, AssemblyDraft(**body.model_dump(mode="json")), now=at)
        headers = {"Location": f"/v1/assemblies/{row.id}", "ETag": entity_tag(row.version)}
        return Answer.of(assembly_draft_view(row), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/assemblies",
    **token("participation.assemblies.read"),
    operation_id="listOwnAssemblies",
    response_model=Page[AssemblyDraftView],
    responses=problems(400, 401, 403, 422),
)
async def list_own(
    request: Request,
    response: Response,
    area: AboutArea = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The assemblies of the agent's collectivity, drafts included, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["own-assemblies", agent.collectivity, str(area)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await assemblies.page(session, agent.collectivity, place, limit, area=area, drafts=True)
    response.headers["Cache-Control"] = "no-store"
    items, write = [assembly_draft_view(each) for each in found.rows], runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/assemblies/{assembly_id}",
    **token("participation.assemblies.read"),
    operation_id="readOwnAssembly",
    response_model=AssemblyDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(assembly_id: UUID, request: Request, response: Response) -> AssemblyDraftView:
    """An assembly of the agent's collectivity in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await assemblies.one(session, agent.collectivity, assembly_id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return assembly_draft_view(row)


@routes.put(
    "/v1/assemblies/{assembly_id}",
    **token("participation.assemblies.write", headers=[IF_MATCH]),
    operation_id="changeAssembly",
    response_model=AssemblyDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(assembly_id: UUID, body: NewAssembly, request: Request, response: Response) -> AssemblyDraftView:
    """Have it otherwise from now on; its members stay what they are."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        draft = AssemblyDraft(**body.model_dump(mode="json"))
        row = await change_assembly(uow.session, agent.collectivity, assembly_id, draft, version=version)
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return assembly_draft_view(row)


@routes.post(
    "/v1/assemblies/{assembly_id}/transitions",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnAssembly",
    status_code=201,
    response_model=AssemblyDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(assembly_id: UUID, body: NewAssemblyTransition, request: Request) -> Response:
    """Publish a draft: everybody reads it from then on, and may follow it."""
    del body  # publishing is the one action that there is
    agent, at, version = agent_of(request), now(), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_assembly(session, agent.collectivity, assembly_id, version=version, now=at)
        return Answer.of(assembly_draft_view(row), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/assemblies/{assembly_id}/members",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="addAssemblyMember",
    status_code=201,
    response_model=MemberView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def add(assembly_id: UUID, body: NewMember, request: Request) -> Response:
    """Give somebody a mandate, with an account or without; they are told as it begins."""
    agent, parts, at = agent_of(request), parts_of(request), now()
    language = language_of(request)
    mandate = Mandate(**body.model_dump(exclude={"origin"}), origin=Origin(body.origin))

    async def effect(session: AsyncSession) -> Answer:
        row = await add_member(session, parts.names, agent.collectivity, assembly_id, mandate, language, now=at)
        return Answer.of(member_view(row, {row.id: body.name}))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


@routes.get(
    "/v1/assemblies/{assembly_id}/members",
    **token("participation.assemblies.read"),
    operation_id="listOwnAssemblyMembers",
    response_model=Page[MemberView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    assembly_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """All mandates of an assembly, newest first; names until some time after the end."""
    agent, parts, bound = agent_of(request), parts_of(request), ["own-assembly-members", str(assembly_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        row = await assemblies.one(session, agent.collectivity, assembly_id)
        found = await assemblies.members(session, row.id, place, limit)
    names = await parts.names.open(found.rows)
    response.headers["Cache-Control"] = "no-store"
    items, write = [member_view(each, names) for each in found.rows], parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/assemblies/{assembly_id}/members/{mandate_id}/endings",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="endMandate",
    status_code=201,
    response_model=MemberView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def end(assembly_id: UUID, mandate_id: UUID, body: NewEnding, request: Request) -> Response:
    """Have a mandate end before its time; that day is its last, and they are told the day after."""
    agent, parts, at = agent_of(request), parts_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        which = agent.collectivity, assembly_id, mandate_id
        row = await end_mandate(session, *which, body.ends_on, body.reason, now=at)
        return Answer.of(member_view(row, await parts.names.open([row])))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )
