# SPDX-License-Identifier: EUPL-1.2
"""Postal addresses as machines sort them: at most six lines of thirty-eight characters (NF Z 10-011).

In France there are capitals, figures and spaces alone from the street on, and the last line is the postcode and the
town: https://www.laposte.fr/sna/article.php3?id_article=148. Abroad the lines are as that country writes them, and the
last one is the country, in capitals and in the language of the country of origin (UPU, S42).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_LINES: Final = 6
LONGEST_LINE: Final = 38
HOME: Final = "FR"
_LAST: Final = re.compile(r"\d{5} [A-Z][A-Z0-9 ]*")
_NO_SIGN: Final = re.compile(r"[^A-Z0-9]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


class AddressFault(StrEnum):
    """What is wrong with an address."""

    LINES = "lines"
    """A name, a street or place, and a town: three lines at least where there are a name and a street, two at least."""
    LENGTH = "length"
    TOWN = "town"
    """The last line is neither a postcode of five figures and a town, nor a country."""


class PostalAddressError(Exception):
    """An address that no letter can go to."""

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Lines without the country, its ISO 3166-1 code, and the line that names it abroad."""

    lines: tuple[str, ...]
    country: str = HOME
    country_line: str | None = None

    @property
    def printed(self) -> tuple[str, ...]:
        """All lines, as they stand on an envelope."""
        return (*self.lines, self.country_line) if self.country_line else self.lines


def postal_address(
    lines: Sequence[str], country_of: Callable[[str], str | None], french_name: Callable[[str], str]
) -> PostalAddress:
    """The address that the lines are; the last one may name a country. Raises PostalAddressError.

    ``country_of`` tells the code of a country by its name, ``french_name`` the name in capitals by its code. What was
    printed is read as the same again.
    """
    kept = [" ".join(line.split()) for line in lines if line.strip()]
    country = country_of(kept[-1]) if kept else None
    if country is None or country == HOME:
        return PostalAddress(french_address(kept[:-1] if country else kept))
    inside = kept[:-1]
    if not 2 <= len(inside) <= MOST_LINES:  # noqa: PLR2004 - somebody, and a town
        raise PostalAddressError(AddressFault.LINES)
    name = french_name(country)
    if any(len(line) > LONGEST_LINE for line in (*inside, name)):
        raise PostalAddressError(AddressFault.LENGTH)
    return PostalAddress((*inside[:-1], inside[-1].upper()), country, name)


def french_address(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines as they are printed; raises PostalAddressError."""
    kept = [" ".join(line.split()) for line in lines if line.strip()]
    if not 2 <= len(kept) <= MOST_LINES:  # noqa: PLR2004 - somebody, and a town
        raise PostalAddressError(AddressFault.LINES)
    # Where the first line is all there is before the town it names somebody, and stays as it is.
    plain = len(kept) - 1 if len(kept) == 2 else len(kept) - 2  # noqa: PLR2004
    printed = [*kept[:plain], *(_capitals(line) for line in kept[plain:])]
    if any(not 0 < len(line) <= LONGEST_LINE for line in printed):
        raise PostalAddressError(AddressFault.LENGTH)
    if not _LAST.fullmatch(printed[-1]):
        raise PostalAddressError(AddressFault.TOWN)
    return tuple(printed)


def _capitals(line: str) -> str:
    letters = unicodedata.normalize("NFKD", line.translate(_LIGATURES)).upper()
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return _NO_SIGN.sub(" ", bare).strip()
