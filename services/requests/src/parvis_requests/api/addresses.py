# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the territory, while somebody writes where something is; what they write stays out of any URL."""

from typing import Annotated, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, public, router
from parvis_kit.web.types import PlainText
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import parts_of
from parvis_requests.api.schemas import Input, Point
from parvis_requests.domain.address import AddressKind
from parvis_requests.domain.errors import NoAddressBaseError
from parvis_requests.domain.position import Position
from parvis_requests.outgoing.address_base import AddressBase
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.find_addresses import Found, nearest_addresses, search_addresses

routes = router(tags=["catalogue"])
_SHOWN: Final = {"Cache-Control": "no-store"}
Most = Annotated[int, Field(strict=True, ge=1, le=20, description="Addresses at most; it is no page.")]


class AddressSearch(Input):
    """Words that somebody types."""

    text: PlainText = Field(min_length=3, max_length=200, description="As far as it is typed.")
    limit: Most = 5


class NearestSearch(Input):
    """Where somebody stands."""

    position: Point
    limit: Most = 1


class AreaOfAddress(BaseModel):
    """The part of the territory that an address lies in."""

    code: str
    name: str


class AddressView(BaseModel):
    """An address of the territory: ``label`` and ``position`` go into a request as its address and its position."""

    label: str
    kind: AddressKind
    position: Point
    area: AreaOfAddress
    score: float = Field(ge=0, le=1, description="How well it answers what was asked.")
    distance: int | None = Field(description="In metres from the place that was asked for.")


class AddressList(BaseModel):
    """Addresses of the territory, the best answer first; empty where there is none."""

    items: list[AddressView]


@routes.post(
    "/v1/collectivities/{collectivity}/address-searches",
    **public(body_limit=2_000),
    operation_id="searchAddresses",
    response_model=AddressList,
    responses=problems(400, 404, 413, 422),
)
async def search(collectivity: Collectivity, body: AddressSearch, request: Request, response: Response) -> AddressList:
    """Addresses that what was typed so far may mean (Base Adresse Nationale)."""
    catalogue, base = await parts_of(request).catalogues.of(collectivity), _base(request)
    response.headers.update(_SHOWN)
    return _shown(await search_addresses(base, catalogue, body.text, body.limit), catalogue)


@routes.post(
    "/v1/collectivities/{collectivity}/nearest-addresses",
    **public(body_limit=2_000),
    operation_id="findNearestAddresses",
    response_model=AddressList,
    responses=problems(400, 404, 413, 422),
)
async def nearest(collectivity: Collectivity, body: NearestSearch, request: Request, response: Response) -> AddressList:
    """The addresses nearest to a place of the territory (Base Adresse Nationale)."""
    catalogue, base = await parts_of(request).catalogues.of(collectivity), _base(request)
    response.headers.update(_SHOWN)
    place = Position(*body.position.coordinates)
    return _shown(await nearest_addresses(base, catalogue, place, body.limit), catalogue)


def _base(request: Request) -> AddressBase:
    base = parts_of(request).addresses
    if base is None:
        raise NoAddressBaseError
    return base


def _shown(found: list[Found], catalogue: Catalogue) -> AddressList:
    return AddressList(
        items=[
            AddressView(
                label=address.label,
                kind=address.kind,
                position=Point(type="Point", coordinates=(address.position.longitude, address.position.latitude)),
                area=AreaOfAddress(code=area.code, name=catalogue.areas[area.code].name),
                score=round(address.score, 3),
                distance=address.distance,
            )
            for address, area in found
        ]
    )
