# SPDX-License-Identifier: EUPL-1.2
"""The service's own messages as a collectivity has them: the deployment's words, and who words them instead."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language
from parvis_notifications.db import message_templates
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import Wording
from parvis_notifications.domain.occasions import FOLLOWS, OCCASIONS
from parvis_notifications.service.templates import Templates

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
# What a preview puts in where nobody gives anything.
EXAMPLES: Final = {
    "asked": "Permis de stationner un camion de déménagement",
    "changes": "lundi 7 décembre 2026 à 9 h 30",
    "day": "3 mars 2027",
    "follows": "oui",
    "instructions": "Apportez une pièce d'identité.",
    "kind": "Recours gracieux du 4 décembre 2026",
    "place": "Hôtel de ville, 1 place de la Mairie",
    "reason": "L'emplacement est déjà réservé ce jour-là.",
    "received": "2 décembre 2026",
    "reference": "R-2026-7KQ4-XM9",
    "remedies": "Vous pouvez contester cette décision dans les deux mois devant le tribunal administratif.",
    "reply": "Votre demande est complète.",
    "service": "Service de la voirie\n1 place de la Mairie, 75001 Paris\nvoirie@ville.example",
    "statements": "Sans décision expresse le 2 février 2027, votre demande sera réputée acceptée.",
    "status": "En cours d'instruction",
    "time": "mardi 8 décembre 2026 à 9 h 30",
    "until": "samedi 5 décembre 2026 à 18 h",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """One of them; ``template_id`` is the collectivity's own template, ``published`` its version that holds."""

    occasion: Template
    defaults: dict[Language, Wording]
    template_id: UUID | None
    published: int | None


async def read_occasions(session: AsyncSession, collectivity: str, templates: Templates) -> list[Occasion]:
    """All that may be worded, in the order of the service."""
    own = {row.occasion: row for row in await message_templates.wording(session, collectivity)}
    return [
        Occasion(
            each,
            default_words(templates, each),
            own[each].id if each in own else None,
            own[each].published if each in own else None,
        )
        for each in OCCASIONS
    ]


@lru_cache(maxsize=256)
def default_words(templates: Templates, occasion: Template) -> dict[Language, Wording]:
    """The deployment's words, in the language of templates; what stands under a condition there stands here.

    They are those for who follows it by an account or a token; what only they are told stands under that condition
    where that can be written as one.
    """
    named = {name: f"(({name}))" for name in OCCASIONS[occasion].known}
    said = {language: templates.words(occasion, language, **(named | {FOLLOWS: "yes"})) for language in LANGUAGES}
    alone = {language: templates.words(occasion, language, **(named | {FOLLOWS: ""})) for language in LANGUAGES}
    return {
        language: Wording(words.subject, _conditional(words.body, alone[language].body))
        for language, words in said.items()
    }


def _conditional(said: str, alone: str) -> str:
    """What the one has at its end and the other has not, under their condition; a condition knows no "else"."""
    more = said.removeprefix(alone)
    if not more or more == said or "((" in more:
        return said
    words = more.lstrip()
    return f"{alone}{more.removesuffix(words)}(({FOLLOWS}??{words}))"
