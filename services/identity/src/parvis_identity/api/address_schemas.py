# SPDX-License-Identifier: EUPL-1.2
"""How postal addresses are given and shown."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from parvis_identity.db.postal_addresses import KeptAddress
from parvis_identity.domain.postal_address import AddressKind, PostalAddress
from parvis_kit.web.types import PlainText

_Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Line = Annotated[PlainText, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Point(BaseModel):
    """GeoJSON point (RFC 7946), WGS 84: longitude, then latitude."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Point"]
    coordinates: tuple[Annotated[_Degrees, Field(ge=-180, le=180)], Annotated[_Degrees, Field(ge=-90, le=90)]]


class AddressBody(BaseModel):
    """An address in France, in the parts of the national address base; it is not verified."""

    model_config = ConfigDict(extra="forbid")

    kind: AddressKind = Field(description="`home` is one at most.")
    house_number: Line | None = Field(default=None, max_length=20, description="With its repetition: `12 bis`.")
    street: Line = Field(description="Street, or the name of a place without streets.")
    complement: Line | None = Field(default=None, description="Building, floor, or whom to ask for.")
    postcode: str = Field(pattern=r"^[0-9]{5}$")
    city: Line
    city_code: str | None = Field(
        default=None,
        pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$",
        description="INSEE code of the commune, for who has it from the base.",
    )
    position: Point | None = None

    def address(self) -> PostalAddress:
        """As the domain knows it."""
        longitude, latitude = self.position.coordinates if self.position else (None, None)
        parts = self.model_dump(exclude={"position"})
        return PostalAddress(**parts, longitude=longitude, latitude=latitude)


class AddressView(BaseModel):
    """An address of the caller's."""

    id: UUID
    kind: AddressKind
    label: str = Field(description="In one line.")
    house_number: str | None
    street: str
    complement: str | None
    postcode: str
    city: str
    city_code: str | None
    position: Point | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class AddressListView(BaseModel):
    """The caller's addresses, home first; at most five are kept."""

    items: list[AddressView]


def address_view(kept: KeptAddress) -> AddressView:
    """As it is shown."""
    address, position = kept.address, None
    if address.longitude is not None and address.latitude is not None:
        position = Point(type="Point", coordinates=(address.longitude, address.latitude))
    return AddressView(
        id=kept.id,
        kind=address.kind,
        label=address.label,
        house_number=address.house_number,
        street=address.street,
        complement=address.complement,
        postcode=address.postcode,
        city=address.city,
        city_code=address.city_code,
        position=position,
        version=kept.version,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )
