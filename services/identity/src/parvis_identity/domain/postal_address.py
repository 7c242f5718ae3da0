# SPDX-License-Identifier: EUPL-1.2
"""Postal addresses in France, in the parts of the national address base (Base adresse nationale, BAN)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST: Final = 5
"""How many addresses a person keeps."""


class AddressKind(StrEnum):
    """What an address is to the person."""

    HOME = "home"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address, as the person declares it.

    ``house_number`` has its repetition (``12 bis``); ``complement`` is what the base does not know, such as a floor;
    ``city_code`` is the INSEE code of the commune, which who types an address seldom knows; ``longitude`` and
    ``latitude`` are degrees of WGS 84, both or none.
    """

    kind: AddressKind
    house_number: str | None
    street: str
    complement: str | None
    postcode: str
    city: str
    city_code: str | None = None
    longitude: float | None = None
    latitude: float | None = None

    @property
    def label(self) -> str:
        """In one line, as the base writes it."""
        return " ".join(part for part in (self.house_number, self.street, self.postcode, self.city) if part)

    @property
    def street_lines(self) -> str:
        """What stands above the commune on an envelope; two lines where there is a complement."""
        street = " ".join(part for part in (self.house_number, self.street) if part)
        return "\n".join(line for line in (self.complement, street) if line)

    def envelope(self, name: str) -> list[str]:
        """The lines of an envelope to somebody of that name."""
        return [*([name] if name else []), *self.street_lines.split("\n"), f"{self.postcode} {self.city}"]


class UnknownAddressError(Exception):
    """The person has no such address, or no longer."""


class StaleAddressError(Exception):
    """The address has changed since it was read."""


class TooManyAddressesError(Exception):
    """A person keeps so many addresses and no more."""


class HomeKnownError(Exception):
    """A person has one home."""
