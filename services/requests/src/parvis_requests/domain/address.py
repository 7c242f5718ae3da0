# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the Base Adresse Nationale, as people look for them."""

from dataclasses import dataclass
from enum import StrEnum

from parvis_requests.domain.position import Position


class AddressKind(StrEnum):
    """How precise an address is: a number in a street, a street, a place that has a name, a whole commune."""

    HOUSENUMBER = "housenumber"
    STREET = "street"
    LOCALITY = "locality"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True)
class Address:
    """One answer of the address base.

    ``label`` is the address in one line; ``score`` says from 0 to 1 how well it answers, 1 the best; ``distance`` is in
    metres, where a place was asked for.
    """

    label: str
    kind: AddressKind
    position: Position
    score: float
    distance: int | None = None
