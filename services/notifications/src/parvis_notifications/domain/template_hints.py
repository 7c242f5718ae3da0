# SPDX-License-Identifier: EUPL-1.2
"""What would make a template easier to read; nobody is bound by it.

Sentences and words follow the French state's advice on plain language; links, headings and images RGAA 4.1 (6.1, 9.1
and 1.1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parvis_notifications.domain.message_template import Content, Wording
from parvis_notifications.domain.placeholders import parts
from parvis_notifications.domain.sms import Length, length, plainer
from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.voice import LONGEST_SECONDS, seconds

LONGEST_SENTENCE: Final = 25
"""Words."""
_LONGEST_PARAGRAPH: Final = 90
_LONGEST_SUBJECT: Final = 70
_SENTENCE: Final = re.compile(r"[.!?…]+\s|\n{2,}|\n(?=[-*#>]|\d+\.)|:\s*\n")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LINK: Final = re.compile(r"(!?)\[([^\[\]\n]{0,300})\]\(")
_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})\s", re.MULTILINE)
_SHOUTED: Final = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b(?:\s+[A-ZÀ-ÖØ-Þ]{2,}\b){1,}|\b[A-ZÀ-ÖØ-Þ]{9,}\b")
_VAGUE: Final = frozenset(
    {"cliquez ici", "cliquer ici", "ici", "lien", "ce lien", "en savoir plus", "lire la suite", "click here", "here"}
    | {"this link", "link", "more", "read more"}
)
JARGON: Final = {
    "nonobstant": "malgré",
    "afférent": "lié à",
    "afférente": "liée à",
    "susmentionné": "cité plus haut",
    "susvisé": "cité plus haut",
    "ci-après dénommé": "appelé",
    "courriel susvisé": "ce courriel",
    "diligenter": "faire",
    "en application des dispositions": "selon",
    "il vous appartient de": "vous devez",
    "il convient de": "vous devez",
    "dans les meilleurs délais": "une date",
    "dans le cadre de": "pour",
    "au titre de": "pour",
    "pétitionnaire": "demandeur",
    "récépissé": "reçu",
    "idoine": "adapté",
    "procéder à": "faire",
    "nous vous saurions gré de": "merci de",
    "veuillez agréer": "une formule courte",
    "sous réserve de": "si",
    "préalablement": "avant",
}
"""Words of the administration, by what says the same to everybody."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that could be better: where, a stable code, the words that it is about, and others for them."""

    pointer: str
    code: str
    about: str = ""
    instead: str = ""


def hints(content: Content) -> list[Hint]:
    """What could be better in each language."""
    return [
        hint
        for language, wording in content.texts.items()
        for hint in _of(f"/texts/{language}", language, wording, called=Channel.VOICE in content.channels)
    ]


def _of(place: str, language: str, wording: Wording, *, called: bool) -> Iterator[Hint]:
    body = plain_of(wording.body)
    yield from _of_sentences(f"{place}/body", body)
    yield from _of_links(f"{place}/body", wording.body)
    yield from _of_headings(f"{place}/body", wording.body)
    if len(plain_of(wording.subject)) > _LONGEST_SUBJECT:
        yield Hint(f"{place}/subject", "long-subject")
    for part, source in wording.parts().items():
        said = plain_of(source)
        for shouted in dict.fromkeys(found[0] for found in _SHOUTED.finditer(said)):
            yield Hint(f"{place}/{part}", "capitals", shouted)
        if language.startswith("fr"):
            yield from _of_words(f"{place}/{part}", said)
    if wording.sms is not None and (cost := sms_length(wording.sms)).segments > 1:
        yield Hint(f"{place}/sms", "several-segments", str(cost.segments))
    part = "body" if wording.voice is None else "voice"
    if (called or wording.voice is not None) and (long := seconds(plain_of(wording.parts()[part]))) > LONGEST_SECONDS:
        yield Hint(f"{place}/{part}", "long-to-say", str(long))


def _of_sentences(place: str, body: str) -> Iterator[Hint]:
    for sentence in _SENTENCE.split(body):
        words = _WORD.findall(sentence)
        if len(words) > LONGEST_SENTENCE:
            yield Hint(place, "long-sentence", " ".join(words[:6]))
    for paragraph in body.split("\n\n"):
        if len(words := _WORD.findall(paragraph)) > _LONGEST_PARAGRAPH:
            yield Hint(place, "long-paragraph", " ".join(words[:6]))


def _of_words(place: str, said: str) -> Iterator[Hint]:
    lower = said.casefold()
    for word, plain in JARGON.items():
        if re.search(rf"\b{re.escape(word)}", lower):
            yield Hint(place, "jargon", word, plain)


def _of_links(place: str, body: str) -> Iterator[Hint]:
    for found in _LINK.finditer(body):
        label = found[2].strip()
        if found[1] and not label:
            yield Hint(place, "image-without-alternative")
        elif not found[1] and (not label or label.casefold().rstrip(" .!…") in _VAGUE):
            yield Hint(place, "vague-link", label)


def _of_headings(place: str, body: str) -> Iterator[Hint]:
    # The subject is the heading of the first level.
    before = 1
    for found in _HEADING.finditer(body):
        level = len(found[1])
        if level == 1 or level > before + 1:
            yield Hint(place, "heading-order", "#" * level)
        before = level


def plain_of(source: str) -> str:
    """The words of a source, with the name of each variable for its value."""
    return "".join(part if isinstance(part, str) else part.text or part.name for part in parts(source))


def sms_length(text: str) -> Length:
    """How long a text is as a text message."""
    return length(plainer(text))
