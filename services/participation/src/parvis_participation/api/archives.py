# SPDX-License-Identifier: EUPL-1.2
"""Agents import participatory budgets that were voted on elsewhere, in Pabulib's format, and publish what was read."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.route import FileRoute
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.archive_schemas import ArchiveView, NewArchiveTransition
from parvis_participation.api.archive_views import archive_view
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.poll_schemas import Amount
from parvis_participation.db import archives
from parvis_participation.domain.archive import MOST_BYTES
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.pabulib.published_method import MethodParameter
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.import_archive import (
    NewArchive,
    delete_archive,
    import_archive,
    publish_archive,
)

routes = router(tags=["budgets"], route_class=FileRoute)
_SCOPE: Final = "participation.budgets.write"
_OPTIONS: Final = token(_SCOPE, headers=[IDEMPOTENCY_KEY], body_limit=MOST_BYTES, timeout=90)
_OPTIONS["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "The `.pb` file, in UTF-8: 20 MiB, 200,000 ballots and 2,000 projects at most.",
    "content": {"text/plain": {"schema": {"type": "string", "format": "binary"}}},
}
Address = Annotated[str, Field(pattern=r"^https?://[!-~]{4,480}$")]
Title = Annotated[PlainText, Field(min_length=1, max_length=300)]


@routes.post(
    "/v1/budget-archives",
    **_OPTIONS,
    operation_id="importBudgetArchive",
    status_code=202,
    response_model=ArchiveView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def import_(
    request: Request,
    source: Annotated[Address, Query(description="Where the file is from, for everybody to read.")],
    rule: Annotated[Rule, Query(description="By which rule its ballots are counted here.")] = Rule.GREEDY,
    title: Annotated[
        Title | None, Query(description="Its title; without one, the description that is in the file.")
    ] = None,
    licence: Annotated[Address | None, Query(description="The licence under which the file was published.")] = None,
    utility: Annotated[
        Utility | None,
        Query(description="Of equal shares: what a supporter gains; no file says it, `cost` is assumed."),
    ] = None,
    completion: Annotated[
        Completion | None,
        Query(description="Of equal shares: what is done with the rest; without, as the file says, else `greedy`."),
    ] = None,
    increment: Annotated[
        Amount | None, Query(description="Of equal shares: how much more at a time; without, as the file says, else 1.")
    ] = None,
) -> Response:
    """Import the vote that a file tells, as an archive that only agents see until it is published.

    It is read and counted in the background: `state` says what became of it, and `fault` where the file is wrong.
    """
    agent, language, at = agent_of(request), language_of(request), now()
    new, content = Author(agent.collectivity, agent.person), await request.body()
    given = {
        MethodParameter.UTILITY: utility,
        MethodParameter.COMPLETION: completion,
        MethodParameter.INCREMENT: increment,
    }
    parameters = {name.value: value for name, value in given.items() if value is not None}

    async def effect(session: AsyncSession) -> Answer:
        row = await import_archive(session, new, NewArchive(content, source, licence, title, rule, parameters), now=at)
        headers = {"Location": f"/v1/budget-archives/{row.id}", "ETag": entity_tag(row.version, language)}
        return Answer.of(archive_view(row, language), headers, status=202)

    return await parts_of(request).runtime.idempotency.once(
        idempotent_call(request, agent, content), chained(request, effect)
    )


@routes.get(
    "/v1/budget-archives",
    **token(_SCOPE),
    operation_id="listImportedBudgetArchives",
    response_model=Page[ArchiveView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The archives of the agent's collectivity, newest first, whatever became of their files."""
    agent, runtime, language = agent_of(request), parts_of(request).runtime, language_of(request)
    bound = ["imported-archives", agent.collectivity]
    place, conditions = runtime.cursors.read(cursor, bound), archives.of_town(agent.collectivity, published=False)
    async with runtime.database.reading() as session:
        found = await archives.page(session, conditions, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [archive_view(row, language) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/budget-archives/{archive_id}",
    **token(_SCOPE),
    operation_id="readImportedBudgetArchive",
    response_model=ArchiveView,
    responses=problems(401, 403, 404, 422),
)
async def read(archive_id: UUID, request: Request, response: Response) -> ArchiveView:
    """What became of an imported file."""
    agent, language = agent_of(request), language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await archives.one(session, agent.collectivity, archive_id)
    tag = entity_tag(row.version, language)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "ETag": tag})
    return archive_view(row, language)


@routes.post(
    "/v1/budget-archives/{archive_id}/transitions",
    **token(_SCOPE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnBudgetArchive",
    status_code=201,
    response_model=ArchiveView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(archive_id: UUID, body: NewArchiveTransition, request: Request) -> Response:
    """Publish what was counted: from now on everybody reads it, always as imported."""
    del body  # publishing is the one action that there is
    agent, language, at = agent_of(request), language_of(request), now()
    version = required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_archive(session, agent.collectivity, archive_id, version=version, now=at)
        return Answer.of(archive_view(row, language), {"ETag": entity_tag(row.version, language)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.delete(
    "/v1/budget-archives/{archive_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="deleteBudgetArchive",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def delete(archive_id: UUID, request: Request) -> Response:
    """Delete an archive, published or not; nothing of it is left."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await delete_archive(uow.session, agent.collectivity, archive_id, version=version)
        await chain_act(request, uow.session)
        await uow.commit()
    return Response(status_code=204)
