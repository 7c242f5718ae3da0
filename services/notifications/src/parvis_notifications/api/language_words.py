# SPDX-License-Identifier: EUPL-1.2
"""What is said of a language in which nobody is written to."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError, Problem
from parvis_notifications.domain.errors import LanguageNotOfferedError, UnknownLanguagesError

_UNKNOWN: Final = Text(fr="Aucune langue ne porte ce code (BCP 47).", en="No language has that tag (BCP 47).")


def refused_language(error: LanguageNotOfferedError | UnknownLanguagesError) -> Problem:
    """The problem, with the languages that there are, or the places of what is none."""
    if isinstance(error, UnknownLanguagesError):
        told = [FieldError(f"/languages/{place}", "unknown-language", _UNKNOWN) for place in error.places]
        return VALIDATION.problem(_UNKNOWN.fr, _UNKNOWN.en, errors=told)
    named = ", ".join(error.offered)
    said = Text(
        fr=f"Choisissez une des langues proposées : {named}.", en=f"Choose one of the languages offered: {named}."
    )
    return VALIDATION.problem(said.fr, said.en, errors=[FieldError("/language", "language-not-offered", said)])
