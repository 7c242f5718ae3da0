# SPDX-License-Identifier: EUPL-1.2
"""How far two accounts say the same of who somebody is: by codes, so that who compares need not read either."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import FRANCE, plain

NAMED: Final = ("given_names", "family_name", "gender")
"""What a change of civil status can change (articles 60, 61 and 61-5 of the Code civil)."""
BORN: Final = ("birth_date", "birth_place", "birth_country")
"""What nothing changes."""


class Agreement(StrEnum):
    """``compatible``: the one says less than the other, and nothing else; ``unknown``: one of them says nothing."""

    SAME = "same"
    COMPATIBLE = "compatible"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


Comparison = Mapping[str, Agreement]


def compared(one: Identity, other: Identity) -> Comparison:
    """The six fields of civil status, each as registers compare them: accents, hyphens and capitals do not count."""
    found = {name: _agreement(name, getattr(one, name), getattr(other, name)) for name in (*NAMED, *BORN)}
    countries = {one.birth_country, other.birth_country}
    if None not in countries and FRANCE not in countries:
        found["birth_place"] = Agreement.SAME  # no commune is known of births abroad
    return found


def _agreement(name: str, one: str | None, other: str | None) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    if plain(one) == plain(other):
        return Agreement.SAME
    if name in {"given_names", "birth_date"}:
        # First names of which one register has fewer; a date without its day or month.
        fewer, more = sorted((_parts(name, one), _parts(name, other)), key=len)
        if more[: len(fewer)] == fewer:
            return Agreement.COMPATIBLE
    return Agreement.DIFFERENT


def _parts(name: str, text: str) -> list[str]:
    return text.split("-") if name == "birth_date" else plain(text).split()
