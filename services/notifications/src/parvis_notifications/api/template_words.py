# SPDX-License-Identifier: EUPL-1.2
"""Faults and hints of templates in words."""

from collections.abc import Iterable
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_kit.problems import VALIDATION, FieldError, Kind, Problem
from parvis_notifications.api.template_schemas import TemplateHint
from parvis_notifications.domain.message_template import Fault
from parvis_notifications.domain.template_hints import Hint

TEMPLATE_FAULTY: Final = Kind("template-faulty", VALIDATION.status, Text(fr="Modèle à corriger", en="Faulty template"))
_FAULTS: Final = {
    "french-missing": Text(fr="Donnez les mots en français.", en="Give the words in French."),
    "subject-missing": Text(fr="Donnez l'objet du courriel.", en="Give the subject of the mail."),
    "malformed-placeholder": Text(
        fr="Deux parenthèses s'ouvrent sans former ((nom)) ni ((nom??texte)).",
        en="Two brackets open that are neither ((name)) nor ((name??text)).",
    ),
    "undeclared-variable": Text(fr="« {about} » n'est pas déclarée.", en="“{about}” is not declared."),
    "unused-variable": Text(
        fr="« {about} » est déclarée et ne sert pas dans cette langue.",
        en="“{about}” is declared, and not used in this language.",
    ),
    "repeated-variable": Text(fr="« {about} » est déclarée deux fois.", en="“{about}” is declared twice."),
    "example-of-another-type": Text(
        fr="L'exemple de « {about} » n'est pas du type annoncé.", en="The example of “{about}” is not of its type."
    ),
    "value-of-another-type": Text(
        fr="La valeur de « {about} » n'est pas du type annoncé.", en="The value of “{about}” is not of its type."
    ),
    "missing-value": Text(fr="Donnez une valeur à « {about} ».", en="Give “{about}” a value."),
    "too-many-segments": Text(fr="Un SMS a six segments au plus.", en="A text message has six segments at the most."),
    "too-long-to-say": Text(
        fr="Un appel dure 75 secondes au plus : raccourcissez ce qui est dit.",
        en="A call takes 75 seconds at the most: shorten what is said.",
    ),
    "language-not-spoken": Text(fr="Aucune voix ne parle cette langue.", en="No voice speaks this language."),
    "script-not-printed": Text(
        fr="Une lettre ne s'imprime pas dans cette écriture : elle va de gauche à droite, en alphabet latin, grec,"
        " cyrillique, arménien ou géorgien.",
        en="No letter is printed in this script: they run from left to right, in the Latin, Greek, Cyrillic, Armenian"
        " or Georgian alphabet.",
    ),
    "variables-are-set": Text(
        fr="Les variables de ce message sont fixées par le service.", en="The service sets this message's variables."
    ),
    "mandatory-variable": Text(
        fr="La loi veut que ce message dise « {about} » : mettez (({about})) dans le corps.",
        en="The law has this message say “{about}”: put (({about})) into the body.",
    ),
    "not-yours-to-word": Text(
        fr="Les mots de ce message sont ceux du service : voyez /v1/message-occasions.",
        en="This message has the service's words: see /v1/message-occasions.",
    ),
    "not-of-this-message": Text(
        fr="Le SMS de ce message reprend son objet.", en="The text message of this message says its subject."
    ),
}
_HINTS: Final = {
    "long-sentence": Text(
        fr="Phrase de plus de 25 mots : « {about}… ». Coupez-la.", en="A sentence of over 25 words: “{about}…”. Cut it."
    ),
    "long-paragraph": Text(
        fr="Paragraphe de plus de 90 mots : « {about}… ».", en="A paragraph of over 90 words: “{about}…”."
    ),
    "long-subject": Text(
        fr="Objet de plus de 70 caractères : les téléphones le coupent.",
        en="A subject of over 70 characters: telephones cut it.",
    ),
    "capitals": Text(
        fr="« {about} » en capitales se lit mal, et des lecteurs d'écran l'épellent.",
        en="“{about}” in capitals reads badly, and some screen readers spell it.",
    ),
    "jargon": Text(fr="« {about} » : préférez « {instead} ».", en="“{about}”: rather say “{instead}”."),
    "vague-link": Text(
        fr="Le lien « {about} » ne dit pas où il mène (RGAA 6.1).",
        en="The link “{about}” does not say where it leads (RGAA 6.1).",
    ),
    "image-without-alternative": Text(
        fr="Une image n'a pas de texte de remplacement (RGAA 1.1).", en="An image has no alternative text (RGAA 1.1)."
    ),
    "heading-order": Text(
        fr="Le titre « {about} » saute un niveau ; l'objet est celui du premier (RGAA 9.1).",
        en="The heading “{about}” leaves a level out; the subject is that of the first (RGAA 9.1).",
    ),
    "several-segments": Text(fr="Ce SMS coûte {about} segments.", en="This text message costs {about} segments."),
    "long-to-say": Text(
        fr="Il faut environ {about} secondes pour dire ce texte : personne ne l'écoute si longtemps.",
        en="This text takes about {about} seconds to say: nobody listens for so long.",
    ),
}


def faulty(found: Iterable[Fault]) -> Problem:
    """The problem that names what must be mended."""
    errors = [FieldError(each.pointer, each.code, _said(_FAULTS[each.code], about=each.about)) for each in found]
    return TEMPLATE_FAULTY.problem(
        "Corrigez ce que désigne chaque erreur.", "Mend what each error points at.", errors=errors
    )


def hint_view(hint: Hint, language: Language) -> TemplateHint:
    """A hint in that language."""
    words = _said(_HINTS[hint.code], about=hint.about, instead=hint.instead)
    return TemplateHint(pointer=hint.pointer, code=hint.code, detail=words.in_language(language))


def _said(text: Text, **values: str) -> Text:
    return Text(fr=text.fr.format(**values), en=text.en.format(**values))
