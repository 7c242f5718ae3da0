# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of the languages in which a collectivity writes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from parvis_notifications.api.template_schemas import LanguageTag
from parvis_notifications.domain.languages import MOST_LANGUAGES
from parvis_notifications.domain.message import Template


class MessageLanguage(BaseModel):
    """A language that people may choose to be written to in."""

    language: str = Field(description="BCP 47.")
    name: str = Field(description="What its speakers call it.")
    direction: Literal["ltr", "rtl"] = Field(description="In which it is written.")


class MessageLanguageList(BaseModel):
    """All that people may choose in a collectivity, French and English first."""

    items: list[MessageLanguage]


class MessageLanguagesBody(BaseModel):
    """In what a collectivity writes beside French and English, which it always does."""

    model_config = ConfigDict(extra="forbid")

    languages: list[LanguageTag] = Field(
        max_length=MOST_LANGUAGES,
        description="BCP 47. People may choose them from then on; who had chosen one that is withdrawn keeps that wish,"
        " and is told in what stands in for it.",
    )


class WrittenLanguage(MessageLanguage):
    """The same for agents: what goes in it, and what it still lacks."""

    shipped: bool = Field(description="The deployment has words in it for every message.")
    spoken: bool = Field(description="Calls are made in it; in another, calls are in French.")
    missing_occasions: list[Template] = Field(
        description="The messages that the collectivity has published no words for in it: they are in what stands in"
        " for it, which is the same language without its region and script, else French."
    )


class MessageLanguagesView(BaseModel):
    """In what a collectivity writes."""

    languages: list[str] = Field(description="Beside French and English.")
    items: list[WrittenLanguage] = Field(description="All, French and English first.")
