# SPDX-License-Identifier: EUPL-1.2
"""Find an address of the territory: by words, or by where one stands."""

from typing import Final, NamedTuple

from parvis_requests.domain.address import Address, AddressKind
from parvis_requests.domain.errors import OutsideTownError
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.outgoing.address_base import AddressBase
from parvis_requests.service.catalogue import Catalogue

# Asked of the base, of which only those in the territory are given: neighbours have streets of the same names.
_ASKED: Final = 20
# Below that, the base has guessed: part of the words fit some other street.
_SURE: Final = 0.7


class Found(NamedTuple):
    """An address, and the area of the territory that it lies in."""

    address: Address
    area: AreaRef


async def search_addresses(base: AddressBase, catalogue: Catalogue, text: str, most: int) -> list[Found]:
    """The addresses of the territory that such words may mean, the likeliest first. Raises AddressBaseDownError."""
    return _inside(await base.search(text, catalogue.territory.middle, _ASKED), catalogue, most)


async def nearest_addresses(base: AddressBase, catalogue: Catalogue, place: Position, most: int) -> list[Found]:
    """The addresses of the territory that are nearest to a place in it.

    Raises OutsideTownError or AddressBaseDownError.
    """
    catalogue.territory.area_at(place)
    return _inside(await base.nearest(place, _ASKED), catalogue, most)


async def locate(base: AddressBase, catalogue: Catalogue, text: str) -> Position | None:
    """The place of an address of the territory that nobody is there to choose; None where it is not sure enough.

    Raises AddressBaseDownError.
    """
    found = await search_addresses(base, catalogue, text, 1)
    if not found or found[0].address.score < _SURE or found[0].address.kind is AddressKind.MUNICIPALITY:
        return None
    return found[0].address.position


def _inside(addresses: list[Address], catalogue: Catalogue, most: int) -> list[Found]:
    found = []
    for address in addresses:
        try:
            found.append(Found(address, catalogue.territory.area_at(address.position)))
        except OutsideTownError:
            continue
    return found[:most]
