# SPDX-License-Identifier: EUPL-1.2
"""Levels of a sign-in (``acr``), and which reach which: the server that is asked decides (RFC 9470 section 4)."""

from collections.abc import Collection
from typing import Final

_CHECKED: Final = "https://proconnect.gouv.fr/assurance/consistency-checked"
LADDERS: Final = (
    # Substantial and high want two factors anyway (implementing regulation (EU) 2015/1502, annex, 2.2.1).
    ("eidas1", "eidas1-mfa", "eidas2", "eidas3"),
    (_CHECKED, f"{_CHECKED}-2fa"),
    ("urn:parvis:acr:local", "urn:parvis:acr:local-mfa"),
)
"""Levels from low to high: who has reached one has reached those below it, and nothing of another ladder."""

MULTI_FACTOR: Final = ("eidas1-mfa", f"{_CHECKED}-2fa", "urn:parvis:acr:local-mfa")
"""The lowest rung of each ladder that takes two factors."""


def reaches(acr: str | None, wanted: Collection[str]) -> bool:
    """True where one of the wanted levels is reached, or none is wanted; a level of no ladder reaches itself alone."""
    reached = {level for ladder in LADDERS if acr in ladder for level in ladder[: ladder.index(acr) + 1]}
    return not wanted or acr in wanted or not reached.isdisjoint(wanted)
