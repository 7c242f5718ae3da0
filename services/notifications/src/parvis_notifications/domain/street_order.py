# SPDX-License-Identifier: EUPL-1.2
"""The order in which somebody walks: street by street, along the numbers of each."""

import re
import unicodedata
from typing import Final, NamedTuple

# As people write them; the street is the same.
_SHORT: Final = {
    "r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard",
    "pl": "place", "all": "allee", "imp": "impasse", "ch": "chemin", "chem": "chemin", "rte": "route", "sq": "square",
    "fg": "faubourg", "fbg": "faubourg", "st": "saint", "ste": "sainte",
}  # fmt: skip
_KINDS: Final = (
    "allee|avenue|boulevard|chaussee|chemin|cite|clos|corniche|cour|cours|esplanade|faubourg|grande rue|grand rue"
    "|hameau|impasse|lotissement|mail|montee|parvis|passage|place|placette|pont|port|promenade|quai|quartier|residence"
    "|rond point|route|rue|ruelle|sente|sentier|square|traverse|venelle|villa|voie|zone"
)
_HOUSE: Final = r"(\d{1,5}) ?(bis|ter|quater|[a-z])?"
# What stands before it is a building or a flat; a number within the name of a street is none of a house.
_BEFORE_STREET: Final = re.compile(rf"(?:^|.* ){_HOUSE} (?=(?:{_KINDS}) )")
_AT_FIRST: Final = re.compile(rf"{_HOUSE} (?=[a-z])")
_TOWN: Final = re.compile(r" (\d{5})(?: .*)?$")


class Place(NamedTuple):
    """Where an address is in that order: what has no number comes first in its street, what has no street first."""

    postcode: str
    street: str
    number: int
    suffix: str


BETWEEN: Final = "\t"
"""Between the parts of an address that is ordered as text; before any sign of its words."""


def plain_words(text: str) -> str:
    """Without accents, case and signs."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.casefold().replace("œ", "oe")).split())


def walk_of(address: str) -> str:
    """The place of an address as a text that is ordered sign by sign as :class:`Place` is."""
    place = place_of(address)
    return BETWEEN.join((place.postcode, place.street, f"{place.number:05}", place.suffix))


def place_of(address: str) -> Place:
    """Of a French address in one or more lines; its words without accents, case and signs."""
    street, town = _parted(address)
    return _placed([_SHORT.get(each, each) for each in street], town)


def streets_begun(typed: str) -> tuple[str, ...]:
    """How a street begins of which so much was typed: its last word may be a short one, or the first signs of a longer.

    None where no word of a street is left.
    """
    *whole, last = _parted(typed)[0] or [""]
    whole = [_SHORT.get(each, each) for each in whole]
    read = {_placed([*whole, each], "").street for each in (last, _SHORT.get(last, last))}
    return tuple(sorted(read - {""}))


def _parted(address: str) -> tuple[list[str], str]:
    plain = plain_words(address)
    town = _TOWN.search(f" {plain}")
    street = f" {plain}"[: town.start()] if town else plain
    return street.split(), town[1] if town else ""


def _placed(words: list[str], postcode: str) -> Place:
    street = " ".join(words)
    number = _BEFORE_STREET.match(street) or _AT_FIRST.match(street)
    if number is not None:
        street = street[number.end() :]
    return Place(postcode, street, int(number[1]) if number else 0, (number[2] or "") if number else "")
