# SPDX-License-Identifier: EUPL-1.2
"""What a person allows an application, as they see it when they look back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One application, and all that it may do for the person; ``allowed_at`` is the earliest that still holds.

    ``remembered`` where it gets the same again without asking.
    """

    client_id: str
    collectivity: str
    name_fr: str
    name_en: str
    town_fr: str
    town_en: str
    scopes: frozenset[str]
    allowed_at: datetime
    remembered: bool

    def name(self, language: str) -> str:
        """What the application is called."""
        return self.name_en if language == "en" else self.name_fr

    def town(self, language: str) -> str:
        """Whose application it is."""
        return self.town_en if language == "en" else self.town_fr


class UnknownConsentError(Exception):
    """The person allows that application nothing, or no longer."""
