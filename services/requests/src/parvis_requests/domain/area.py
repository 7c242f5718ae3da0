# SPDX-License-Identifier: EUPL-1.2
"""An area of a territory, as it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """What is said of an area: a level such as ``quartier``, the larger one that it lies in, its outline in GeoJSON."""

    code: str
    level: str
    name: str
    parent: str | None
    geometry: Mapping[str, Any]


def lies_in_itself(code: str, parents: Mapping[str, str | None]) -> bool:
    """Whether one comes back to an area by going from it to the larger ones, as ``parents`` has them."""
    seen, above = {code}, parents.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above is not None
