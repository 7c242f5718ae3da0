# SPDX-License-Identifier: EUPL-1.2
"""Places and outlines as the API takes and shows them: GeoJSON (RFC 7946), WGS 84, longitude first."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from parvis_notifications.domain.geometry import LONGEST_RADIUS, MOST_POSITIONS, Ring

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True)]
Radius = Annotated[int, Field(ge=10, le=LONGEST_RADIUS, strict=True, description="Metres around the position.")]
Label = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Point(BaseModel):
    """A place."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude] = Field(description="Longitude, latitude.")


class Polygon(BaseModel):
    """An outline without holes: one ring that ends where it begins and does not cross itself."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Polygon"]
    coordinates: list[Annotated[list[tuple[Longitude, Latitude]], Field(min_length=4, max_length=MOST_POSITIONS)]] = (
        Field(min_length=1, max_length=1)
    )

    @property
    def ring(self) -> list[tuple[float, float]]:
        """Its one ring."""
        return self.coordinates[0]

    @classmethod
    def of(cls, ring: Ring) -> "Polygon":
        """To be shown."""
        return cls(type="Polygon", coordinates=[list(ring)])
