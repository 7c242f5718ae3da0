# SPDX-License-Identifier: EUPL-1.2
"""In which language somebody is written to: their own where it can be, and in one order what stands in for it.

A language is a BCP 47 tag of a language, a script and a region (RFC 5646): `br`, `de-AT`, `zh-Hant`. The platform has
words in French and English; a collectivity may have its own in any language that it says it writes in.
"""

import unicodedata
from collections.abc import Collection
from typing import Final, Literal

Shipped = Literal["fr", "en"]
SHIPPED: Final[tuple[Shipped, ...]] = ("fr", "en")
"""In these every message has words, whatever a collectivity writes."""
REFERENCE: Final[Shipped] = "fr"
TAG: Final = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
LONGEST_TAG: Final = 12
MOST_LANGUAGES: Final = 20
"""That a collectivity may write in beside those of the platform."""
OVERSEAS: Final = {
    "buc": "kibushi",
    "dhv": "drehu",
    "djk": "nengee tongo",
    "fud": "fakafutuna",
    "gcf": "créole guadeloupéen et martiniquais",
    "gcr": "créole guyanais",
    "mrq": "marquisien",
    "nen": "nengone",
    "rcf": "créole réunionnais",
    "wls": "fakauvea",
}
"""Languages that are spoken overseas and have no name in Unicode CLDR: codes of ISO 639-3, names as French has them."""
NONE: Final = frozenset({"mis", "mul", "und", "zxx"})
"""Codes that stand for no language, or for several (ISO 639-2)."""
_RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
# What the fonts of letters have, in lines that run from left to right.
_PRINTED: Final = (
    *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN"),
    *("COMBINING", "MODIFIER", "MICRO", "FEMININE", "MASCULINE"),
)
"""How the names of their letters and marks begin (Unicode Character Database)."""
_TURNED: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


def candidates(wanted: str) -> tuple[str, ...]:
    """The tags that serve whoever wants one, the nearest first.

    It itself, shorter and shorter by its region and its script down to its language (RFC 4647 section 3.4), French.
    """
    parts = wanted.split("-")
    shorter = ("-".join(parts[:number]) for number in range(len(parts), 0, -1))
    return tuple(dict.fromkeys((*shorter, REFERENCE)))


def nearest(wanted: str, available: Collection[str]) -> str:
    """Which of the available languages serves whoever wants one; French where none does."""
    return next((each for each in candidates(wanted) if each in available), REFERENCE)


def served(wanted: str, available: Collection[str]) -> bool:
    """Whether one of them is what somebody wants, or that without its region and script: the same language."""
    return nearest(wanted, available).partition("-")[0] == wanted.partition("-")[0]


def shipped(wanted: str) -> Shipped:
    """In which of the platform's two languages it writes to whoever wants one."""
    return "en" if nearest(wanted, SHIPPED) == "en" else REFERENCE


def right_to_left(language: str) -> bool:
    """Whether it is written from right to left, by its script where the tag names one."""
    own, *rest = language.split("-")
    script = next((each for each in rest if len(each) == len("Arab")), None)
    return own in _RIGHT_TO_LEFT if script is None else script in _RIGHT_TO_LEFT_SCRIPTS


def printable(text: str) -> bool:
    """Whether a letter shows it as it is written: its letters are in the fonts, and none runs from right to left."""
    return all(_printable(sign) for sign in text)


def _printable(sign: str) -> bool:
    if sign.isascii():
        return True
    if unicodedata.bidirectional(sign) in _TURNED:
        return False
    # Signs that are no letters are those of any script, or the renderer says that it has none such.
    return unicodedata.category(sign)[0] not in "LM" or unicodedata.name(sign, "").startswith(_PRINTED)
