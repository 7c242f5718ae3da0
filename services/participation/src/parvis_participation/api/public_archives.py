# SPDX-License-Identifier: EUPL-1.2
"""Published archives of participatory budgets as everybody reads them."""

import asyncio
import json
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.archive_schemas import ArchiveResultsView, ArchiveView
from parvis_participation.api.archive_views import archive_results, archive_view
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, parts_of
from parvis_participation.api.plain_files import BUDGET_FILES, plain_file
from parvis_participation.db import archives
from parvis_participation.service.archive_files import archive_dataset, archive_file
from parvis_participation.service.budget_files import BudgetFile

routes = router(tags=["budgets"])
_ALL: Final = "/v1/collectivities/{collectivity}/budget-archives"
_ONE: Final = f"{_ALL}/{{archive_id}}"
_HEADERS: Final = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_JSON_LD: Final = "application/ld+json"
_DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_JSON_LD: {"schema": {"type": "object"}}}}}


@routes.get(
    _ALL,
    **public(),
    operation_id="listBudgetArchives",
    response_model=Page[ArchiveView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published archives of a collectivity, newest first: budgets that were voted on elsewhere, or before."""
    runtime, language, bound = parts_of(request).runtime, language_of(request), ["budget-archives", collectivity]
    place, conditions = runtime.cursors.read(cursor, bound), archives.of_town(collectivity, published=True)
    async with runtime.database.reading() as session:
        found = await archives.page(session, conditions, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [archive_view(row, language) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **public(),
    operation_id="readBudgetArchive",
    response_model=ArchiveView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, archive_id: UUID, request: Request, response: Response) -> ArchiveView:
    """One published archive: where it is from, its rules, and whether its figures are those of its ballots."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await archives.one(session, collectivity, archive_id, published=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return archive_view(row, language)


@routes.get(
    f"{_ONE}/results",
    **public(),
    operation_id="readBudgetArchiveResults",
    response_model=ArchiveResultsView,
    responses=problems(404, 422),
)
async def results(
    collectivity: Collectivity, archive_id: UUID, request: Request, response: Response
) -> ArchiveResultsView:
    """The result of an archive, explained project by project, beside what its file tells of each."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await archives.one(session, collectivity, archive_id, published=True, whole=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return archive_results(row, language)


@routes.get(
    f"{_ONE}/files/{{file}}",
    **public(),
    operation_id="readBudgetArchiveFile",
    response_class=PlainTextResponse,
    responses=problems(404, 422) | BUDGET_FILES,
)
async def file_(collectivity: Collectivity, archive_id: UUID, file: BudgetFile, request: Request) -> PlainTextResponse:
    """A plain file of an archive: its record, the result as a table, or its ballots in Pabulib's format."""
    async with parts_of(request).runtime.database.reading() as session:
        row = await archives.one(session, collectivity, archive_id, published=True, whole=True)
    return plain_file(file, await asyncio.to_thread(archive_file(row, file)), "max-age=86400")


@routes.get(
    f"{_ONE}/dataset",
    **public(),
    operation_id="readBudgetArchiveDataset",
    response_class=Response,
    responses=problems(404, 422) | _DESCRIBED,
)
async def dataset(collectivity: Collectivity, archive_id: UUID, request: Request) -> Response:
    """An archive described as open data, with the address of each of its files and its source: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await archives.one(session, collectivity, archive_id, published=True)
    text = json.dumps(archive_dataset(row, runtime.settings.public_url), ensure_ascii=False)
    return Response(text, media_type=_JSON_LD, headers={"Cache-Control": "public, no-cache"})
