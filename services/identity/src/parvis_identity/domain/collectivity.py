# SPDX-License-Identifier: EUPL-1.2
"""Collectivities: the local authorities that this deployment serves, and how each one looks on the pages."""

from dataclasses import dataclass
from enum import StrEnum


class StaleCollectivityError(Exception):
    """Somebody changed the collectivity since it was read."""


class UnknownCollectivityError(Exception):
    """There is no such collectivity, or it has nothing of what was asked for."""


class TimeZone(StrEnum):
    """The zones of the IANA database in which French local authorities live."""

    PARIS = "Europe/Paris"
    GUADELOUPE = "America/Guadeloupe"
    MARTINIQUE = "America/Martinique"
    GUYANE = "America/Cayenne"
    REUNION = "Indian/Reunion"
    MAYOTTE = "Indian/Mayotte"
    MIQUELON = "America/Miquelon"
    SAINT_BARTHELEMY = "America/St_Barthelemy"
    SAINT_MARTIN = "America/Marigot"
    NOUMEA = "Pacific/Noumea"
    WALLIS = "Pacific/Wallis"
    TAHITI = "Pacific/Tahiti"
    MARQUESAS = "Pacific/Marquesas"
    GAMBIER = "Pacific/Gambier"


@dataclass(frozen=True, slots=True)
class Look:
    """How it shows itself: what its administrators chose, else nothing.

    ``colour`` is ``#rrggbb``; ``logo`` says which picture is the present one. ``version`` is 0 until one of them
    chooses something.
    """

    colour: str | None = None
    time_zone: TimeZone = TimeZone.PARIS
    logo: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Collectivity:
    """A local authority, and the establishments (SIRET) whose staff may be its agents."""

    slug: str
    name_fr: str
    name_en: str
    sirets: frozenset[str]
    look: Look = Look()

    def name(self, language: str) -> str:
        """Its name in that language."""
        return self.name_en if language == "en" else self.name_fr


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it is served."""

    media_type: str
    content: bytes
