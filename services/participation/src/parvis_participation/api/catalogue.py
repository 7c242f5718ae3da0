# SPDX-License-Identifier: EUPL-1.2
"""A town's open data at one address: the catalogue, the files about the whole town, what columns mean."""

import asyncio
import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import now, parts_of
from parvis_participation.api.plain_files import plain_file
from parvis_participation.service.catalogue import catalogue
from parvis_participation.service.data_dictionary import Table, dictionary
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
_KEPT: Final = "max-age=300"


@routes.get(
    "/v1/collectivities/{collectivity}/catalogue",
    **public(),
    operation_id="readCatalogue",
    response_class=Response,
    responses=problems(422) | _DESCRIBED,
)
async def read(collectivity: Collectivity, request: Request) -> Response:
    """All that a town publishes as open data: DCAT 3 with the terms of DCAT-AP 3, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await catalogue(session, collectivity, runtime.settings.public_url, now())
    text = await asyncio.to_thread(json.dumps, found, ensure_ascii=False)
    return Response(text, media_type=_JSON_LD, headers={"Cache-Control": f"public, {_KEPT}"})


@routes.get(
    "/v1/collectivities/{collectivity}/open-data/{file}",
    **public(),
    operation_id="readOpenDataFile",
    response_class=Response,
    responses=problems(422) | _FILES,
)
async def read_file(collectivity: Collectivity, file: TownFile, request: Request) -> Response:
    """The published proposals or admitted petitions of a town: what became of each, without people or small numbers."""
    runtime = parts_of(request).runtime
    least, url = runtime.settings.smallest_number, runtime.settings.public_url
    async with runtime.database.reading() as session:
        write = await town_file(session, collectivity, file, least, url)
    return plain_file(file, await asyncio.to_thread(write), _KEPT)


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
