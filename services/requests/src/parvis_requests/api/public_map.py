# SPDX-License-Identifier: EUPL-1.2
"""The public map of requests: GeoJSON by bounding box, points or clusters; and one request by its reference."""

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, problems, public, router
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.public_views import GEOJSON, Feature, FeatureCollection, collection, feature, told
from parvis_requests.domain.position import BOUNDS, Bounds, bounds_of
from parvis_requests.domain.reference import normal_reference
from parvis_requests.service.read_public import LONGEST, Asked, Status, read_map, read_one, wanted_of
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["public"])
# As much as a département; what is larger is no map of a town.
_SIDE: Final = 2.0
BoundingBox = Annotated[
    str,
    Query(
        pattern=BOUNDS,
        description="West, south, east, north in degrees (RFC 7946 section 5), 2 degrees a side at most. What lies on "
        "the east or the north side is in the next box: tiles show each request once.",
    ),
]
Types = Annotated[list[Code], Query(alias="type", max_length=50, description="Codes of request types.")]
Statuses = Annotated[list[Status], Query(alias="status", max_length=2)]
Areas = Annotated[list[Annotated[str, Query(max_length=64)]], Query(alias="area", max_length=50)]
Since = Annotated[
    AwareDatetime | None, Query(description="Filed after that; the latest 90 days unless said, 366 at most.")
]
Zoom = Annotated[int | None, Query(ge=0, le=22, description="Of the map: below 17, neighbours come as one cluster.")]
Most = Annotated[int, Query(ge=1, le=1_000, description="Features at most; it is no page.")]


class GeoJson(JSONResponse):
    """An answer in GeoJSON."""

    media_type = GEOJSON


@routes.get(
    "/v1/collectivities/{collectivity}/public-requests",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="listPublicRequests",
    response_class=GeoJson,
    response_model=FeatureCollection,
    responses=problems(404, 422) | NOT_MODIFIED,
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    bbox: BoundingBox,
    zoom: Zoom = None,
    types: Types = [],  # noqa: B006 - never changed
    statuses: Statuses = [],  # noqa: B006
    areas: Areas = [],  # noqa: B006
    since: Since = None,
    max_features: Most = 500,
) -> Response:
    """What the public may know of the requests in a box of the map: one by one, or by a zoom in clusters."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    asked = Asked(types, statuses, areas, _bounds(bbox), since)
    wanted = wanted_of(catalogue, collectivity, asked, now(), LONGEST)
    async with parts.runtime.database.reading() as session:
        found = await read_map(session, catalogue, wanted, zoom, max_features)
    body = collection(found, catalogue, language, parts.runtime.settings.public_url)
    return told(request, body.model_dump_json(exclude_none=False).encode(), GEOJSON)


@routes.get(
    "/v1/collectivities/{collectivity}/public-requests/{reference}",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="readPublicRequest",
    response_class=GeoJson,
    response_model=Feature,
    responses=problems(404, 422) | NOT_MODIFIED,
)
async def read(
    collectivity: Collectivity, reference: Annotated[str, Path(max_length=40)], request: Request
) -> Response:
    """What the public may know of one request."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    async with parts.runtime.database.reading() as session:
        shown = await read_one(session, catalogue, collectivity, normal_reference(reference) or "")
    body = feature(shown, catalogue, language, parts.runtime.settings.public_url)
    return told(request, body.model_dump_json().encode(), GEOJSON)


def _bounds(bbox: str) -> Bounds:
    bounds = bounds_of(bbox)
    if bounds is None or bounds.side > _SIDE:
        words = Text(
            fr=f"Donnez ouest, sud, est, nord en degrés, sur {_SIDE:g} degrés au plus par côté.",
            en=f"Give west, south, east, north in degrees, {_SIDE:g} degrees a side at most.",
        )
        raise VALIDATION.problem(
            "Corrigez les champs signalés.",
            "Correct the members named in errors.",
            errors=[FieldError("#/query/bbox", "bounding-box", words)],
        )
    return bounds
