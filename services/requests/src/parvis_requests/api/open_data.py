# SPDX-License-Identifier: EUPL-1.2
"""The open data of a collectivity's requests: CSV (RFC 4180), GeoJSON, and the dictionary of the columns."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from parvis_kit.locale import Language
from parvis_kit.web.operation import problems, public, router
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open_data_columns import COLUMNS, cells, table_schema
from parvis_requests.api.public_map import Areas, Statuses, Types
from parvis_requests.api.public_views import GEOJSON, feature
from parvis_requests.service.export_public import export_public
from parvis_requests.service.read_public import LICENCE, LICENCE_PAGE, Asked

routes = router(tags=["public"])
_BASE: Final = "/v1/collectivities/{collectivity}/open-data/requests"
CSV: Final = "text/csv"
_LONG: Final = public(timeout=300)
_TEXT: Final = {"schema": {"type": "string"}}
Since = Annotated[AwareDatetime | None, Query(description="Filed after that; all, unless said.")]
Until = Annotated[AwareDatetime | None, Query(description="Filed up to that.")]


@routes.get(
    f"{_BASE}-csv",
    **_LONG,
    operation_id="exportRequestsAsCsv",
    response_class=Response,
    responses=problems(404, 422) | {200: {"content": {CSV: _TEXT}}},
)
async def as_csv(
    collectivity: Collectivity,
    request: Request,
    types: Types = [],  # noqa: B006 - never changed
    statuses: Statuses = [],  # noqa: B006
    areas: Areas = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
) -> Response:
    """All that the public may know of requests, in the order of their filing; the dictionary describes the columns."""
    asked = Asked(types, statuses, areas, None, since, until)
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(COLUMNS)
        async for piece in export_public(parts.runtime.database, catalogue, collectivity, asked, now()):
            yield "".join(csv_line(cells(shown, catalogue, language)) for shown in piece)

    return _streamed(lines(), f"{CSV}; charset=utf-8; header=present", f"{collectivity}-requests.csv", language)


@routes.get(
    f"{_BASE}-geojson",
    **_LONG,
    operation_id="exportRequestsAsGeoJson",
    response_class=Response,
    responses=problems(404, 422)
    | {200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}},
)
async def as_geojson(
    collectivity: Collectivity,
    request: Request,
    types: Types = [],  # noqa: B006 - never changed
    statuses: Statuses = [],  # noqa: B006
    areas: Areas = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
) -> Response:
    """The same as GeoJSON features, as the map has them."""
    asked = Asked(types, statuses, areas, None, since, until)
    parts, language = parts_of(request), language_of(request)
    catalogue, site = await parts.catalogues.of(collectivity), parts.runtime.settings.public_url

    async def features() -> AsyncIterator[str]:
        yield f'{{"type":"FeatureCollection","licence":{json.dumps(LICENCE, ensure_ascii=False)},"features":['
        separator = ""
        async for piece in export_public(parts.runtime.database, catalogue, collectivity, asked, now()):
            told = ",".join(feature(shown, catalogue, language, site).model_dump_json() for shown in piece)
            if told:
                yield separator + told
                separator = ","
        yield '],"complete":true}'

    return _streamed(features(), GEOJSON, f"{collectivity}-requests.geojson", language)


@routes.get(
    f"{_BASE}-schema",
    **public(),
    operation_id="describeOpenData",
    response_class=JSONResponse,
    response_model=dict[str, Any],
    responses=problems(404, 422),
)
async def dictionary(collectivity: Collectivity, request: Request) -> Response:
    """The dictionary of the columns, with the licence, as a Table Schema (specs.frictionlessdata.io/table-schema)."""
    await parts_of(request).catalogues.of(collectivity)
    return JSONResponse(table_schema(language_of(request)), headers=_headers(language_of(request)))


def csv_line(values: object) -> str:
    """Values as one line of a table (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerow(values)  # type: ignore[arg-type]
    return out.getvalue()


def _streamed(content: AsyncIterator[str], media_type: str, name: str, language: Language) -> Response:
    headers = _headers(language) | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, headers=headers, media_type=media_type)


def _headers(language: Language) -> dict[str, str]:
    return {
        "Cache-Control": "public, max-age=300",
        "Content-Language": language,
        "Link": f'<{LICENCE_PAGE}>; rel="license", <requests-schema>; rel="describedby"',
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }
