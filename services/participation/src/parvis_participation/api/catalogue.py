# SPDX-License-Identifier: EUPL-1.2
"""A town's open data at one address: the catalogue, the files about the whole town, what columns mean."""

import json
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.problems import unavailable
from parvis_kit.web.etag import not_modified
from parvis_kit.web.operation import NOT_MODIFIED, problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import now, parts_of
from parvis_participation.api.plain_files import TYPES
from parvis_participation.service.catalogue import catalogue
from parvis_participation.service.data_dictionary import Table, dictionary
from parvis_participation.service.prepared_files import FRESH, FilesBusyError, Write, content_of
from parvis_participation.service.town_data import TownFile, town_file

routes = router(tags=["open-data"])
_JSON_LD: Final = "application/ld+json"
_CSVW: Final = "application/csvm+json"
_OBJECT: Final = {"schema": {"type": "object"}}
_DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_JSON_LD: _OBJECT}}}
_MEANT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_CSVW: _OBJECT}}}
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": _OBJECT,
            "application/geo+json": _OBJECT,
        }
    }
}
_KEPT: Final = f"max-age={FRESH.total_seconds():.0f}"
_CATALOGUE: Final = "catalogue"
_SOON: Final = 30
_MADE: Final = public(timeout=300)
"""A large file takes a while to be made, and to be sent."""


@routes.get(
    "/v1/collectivities/{collectivity}/catalogue",
    **_MADE,
    operation_id="readCatalogue",
    response_class=Response,
    responses=problems(422) | _DESCRIBED | NOT_MODIFIED,
)
async def read(collectivity: Collectivity, request: Request) -> Response:
    """All that a town publishes as open data: DCAT 3 with the terms of DCAT-AP 3, in JSON-LD.

    It is made at most every five minutes; with its ETag in `If-None-Match` it is answered 304 while it is the same.
    """
    url, at = parts_of(request).runtime.settings.public_url, now()
    write = partial(catalogue, collectivity=collectivity, public_url=url, now=at)
    return await _prepared(request, (collectivity, _CATALOGUE), write, _JSON_LD)


@routes.get(
    "/v1/collectivities/{collectivity}/open-data/{file}",
    **_MADE,
    operation_id="readOpenDataFile",
    response_class=Response,
    responses=problems(422) | _FILES | NOT_MODIFIED,
)
async def read_file(collectivity: Collectivity, file: TownFile, request: Request) -> Response:
    """The published proposals or admitted petitions of a town: what became of each, without people or small numbers.

    All of one moment, made at most every five minutes: what is removed is in it no more ten minutes later. With its
    ETag in `If-None-Match` it is answered 304 while it is the same.
    """
    settings = parts_of(request).runtime.settings
    least, url = settings.smallest_number, settings.public_url
    write = partial(town_file, collectivity=collectivity, file=file, smallest=least, public_url=url)
    return await _prepared(request, (collectivity, file), write, TYPES[PurePath(file).suffix])


@routes.get(
    "/v1/data-dictionaries/{table}",
    **public(),
    operation_id="readDataDictionary",
    response_class=Response,
    responses=problems(422) | _MEANT,
)
async def read_dictionary(table: Table) -> Response:
    """What the columns of a published table mean, in French and English: a schema of CSV on the Web (W3C)."""
    text = json.dumps(dictionary(table), ensure_ascii=False)
    return Response(text, media_type=_CSVW, headers={"Cache-Control": f"public, {_KEPT}"})


async def _prepared(request: Request, which: tuple[str, str], write: Write, media_type: str) -> Response:
    parts, at = parts_of(request), now()
    database = parts.runtime.database
    try:
        found = await parts.preparing.file(database, which, write, at)
    except FilesBusyError:
        raise unavailable(_SOON) from None
    # Nobody keeps it for longer than this service does.
    left = max(0, int((FRESH - (at - found.made_at)).total_seconds()))
    tag = f'"{found.digest.hex()[:32]}"'
    headers = {"Cache-Control": f"public, max-age={left}", "ETag": tag}
    if not_modified(request, tag):
        return Response(None, 304, headers)
    headers["Content-Length"] = str(found.size)
    return StreamingResponse(content_of(database, found), headers=headers, media_type=media_type)
