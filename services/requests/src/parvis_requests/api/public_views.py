# SPDX-License-Identifier: EUPL-1.2
"""Requests as the public sees them: GeoJSON (RFC 7946) features without a person in them."""

from datetime import datetime
from hashlib import sha256
from typing import Final, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.etag import not_modified
from parvis_requests.api.context import language_of
from parvis_requests.api.schemas import Labelled, Point
from parvis_requests.api.views import area_label, instant, status_label, type_label
from parvis_requests.db.public_requests import Cluster
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_public import Map, Shown

GEOJSON: Final = "application/geo+json"
# A cluster's middle: a metre.
_DECIMALS: Final = 5


class FeatureProperties(BaseModel):
    """What the public may know of a request, or of several near one another: then only how many they are."""

    cluster: bool = Field(description="True for several requests.")
    number: int = Field(description="How many requests it stands for.")
    open: int = Field(description="How many of them have not ended.")
    reference: str | None = None
    request_type: Labelled | None = None
    status: Labelled | None = None
    area: Labelled | None = None
    text: str | None = Field(default=None, description="Where it is shown.")
    photos: list[str] = Field(default=[], description="Addresses of those that are shown.")
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Feature(BaseModel):
    """A GeoJSON feature: a request, or a cluster of several."""

    type: Literal["Feature"] = "Feature"
    id: str | None = Field(default=None, description="Reference of the request.")
    geometry: Point | None
    properties: FeatureProperties


class FeatureCollection(BaseModel):
    """A GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    complete: bool = Field(description="Nothing was left out: else look closer, or ask for less.")


def photo_addresses(shown: Shown, site: str) -> list[str]:
    """Where the photos are that are shown."""
    town = quote(shown.row.collectivity)
    return [f"{site}/v1/collectivities/{town}/public-photos/{photo.id}" for photo in shown.content.photos]


def feature(shown: Shown, catalogue: Catalogue, language: Language, site: str) -> Feature:
    """A request."""
    row, form = shown.row, shown.form
    place = None
    if row.longitude is not None and row.latitude is not None:
        place = Point(type="Point", coordinates=(row.longitude, row.latitude))
    properties = FeatureProperties(
        cluster=False,
        number=1,
        open=int(not row.ended),
        reference=row.reference,
        request_type=type_label(form, language),
        status=status_label(form.workflow, row.status, language),
        area=area_label(row.area, catalogue),
        text=shown.content.words,
        photos=photo_addresses(shown, site),
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )
    return Feature(id=row.reference, geometry=place, properties=properties)


def collection(found: Map, catalogue: Catalogue, language: Language, site: str) -> FeatureCollection:
    """What lies in a box of the map."""
    requests = [feature(shown, catalogue, language, site) for shown in found.requests]
    clusters = [_cluster(cluster) for cluster in found.clusters]
    return FeatureCollection(features=[*requests, *clusters], complete=found.complete)


def _cluster(cluster: Cluster) -> Feature:
    middle = (round(cluster.longitude, _DECIMALS), round(cluster.latitude, _DECIMALS))
    counted = FeatureProperties(cluster=True, number=cluster.number, open=cluster.open)
    return Feature(geometry=Point(type="Point", coordinates=middle), properties=counted)


def told(request: Request, body: bytes, media_type: str) -> Response:
    """The answer to anybody: kept a minute by caches, and not sent again to whoever has it."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    language = language_of(request)
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
    headers |= {"Content-Language": language, "X-Content-Type-Options": "nosniff"}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
