# SPDX-License-Identifier: EUPL-1.2
"""French postal addresses as machines sort them (NF Z 10-011): six lines of thirty-eight characters.

From the street on there are capitals, figures and spaces alone, and the last line is the postcode and the town.
https://www.laposte.fr/sna/article.php3?id_article=148
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

MOST_LINES: Final = 6
LONGEST_LINE: Final = 38
_LAST: Final = re.compile(r"\d{5} [A-Z][A-Z0-9 ]*")
_NO_SIGN: Final = re.compile(r"[^A-Z0-9]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


class AddressFault(StrEnum):
    """What is wrong with an address."""

    LINES = "lines"
    """A name, a street or place, and a town: three lines at least where there are a name and a street, two at least."""
    LENGTH = "length"
    TOWN = "town"
    """The last line is not a postcode of five figures and a town. Addresses abroad are not taken."""


class PostalAddressError(Exception):
    """An address that no letter can go to."""

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault)
        self.fault = fault


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
