# SPDX-License-Identifier: EUPL-1.2
"""Countries by their French and English names, as the CLDR has them, and the names that a French envelope bears."""

import re
import unicodedata
from functools import cache
from typing import Final

from babel import Locale

# ISO 3166-1: what the CLDR has besides are regions of the world and codes of its own.
_CODE: Final = re.compile(r"[A-Z]{2}")
_NOT_COUNTRIES: Final = frozenset({"AC", "CP", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
# Their towns have French postcodes: nothing stands below them.
_FRENCH: Final = frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"})


def country_of(name: str) -> str | None:
    """The ISO 3166-1 code of a country by its name, whatever its capitals and accents; None where it is none."""
    return _codes().get(_plain(name))


def french_name(code: str) -> str:
    """In capitals without accents, as it stands on the last line of an address abroad (UPU S42)."""
    return _plain(Locale("fr").territories[code])


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    known = Locale("fr").territories
    for language in ("en", "fr"):
        for code, name in Locale(language).territories.items():
            if code in known and _CODE.fullmatch(code) and code not in _NOT_COUNTRIES:
                found[_plain(name)] = "FR" if code in _FRENCH else code
    return found


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE")).upper()
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"[^A-Z0-9]+", " ", bare).strip()
