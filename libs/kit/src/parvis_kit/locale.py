# SPDX-License-Identifier: EUPL-1.2
"""The languages that Parvis speaks, and how a caller asks for one."""

from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["fr", "en"]
DEFAULT: Final[Language] = "fr"
_TAGS: Final[dict[str, Language]] = {"fr": "fr", "en": "en", "*": DEFAULT}


class Text(BaseModel):
    """One text in the languages of the product; French is the reference."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
    en: Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]

    def in_language(self, language: Language) -> str:
        """The text in that language."""
        return self.en if language == "en" else self.fr


@lru_cache(maxsize=128)
def negotiate(accept_language: str | None) -> Language:
    """The language for an ``Accept-Language`` header (RFC 9110 section 12.5.4); French unless English is preferred."""
    best, best_quality = DEFAULT, 0.0
    for part in (accept_language or "").split(",")[:16]:
        tag, _, parameters = part.partition(";")
        language = _TAGS.get(tag.strip().lower().partition("-")[0])
        quality = _quality(parameters)
        if language and quality > best_quality:
            best, best_quality = language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
