# SPDX-License-Identifier: EUPL-1.2
"""What the town publishes on its social accounts: how it is worded there, and how it is known again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Final

from parvis_notifications.domain.broadcast import EXERCISE

_TAG: Final = re.compile(r"<[^<>]*>")
# A server shows whom it knows of another one without that one's name.
_MENTION: Final = re.compile(r"(?<![\w/.@])(@[\w.-]+)@[\w.-]*\w")
_SPACE: Final = re.compile(r"\s+")
_CALLED_OFF: Final = {
    "fr": "Cette alerte est annulée : {subject}",
    "en": "This alert is called off: {subject}",
}


class PostKind(StrEnum):
    """What is published: the words of a broadcast, or that an alert was called off."""

    WORDS = "words"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class PostWords:
    """What a post is made of; ``texts`` are those of the broadcast, by language."""

    kind: PostKind
    texts: Mapping[str, Mapping[str, str]]
    link: str | None
    area_label: str | None
    exercise: bool

    def text(self, language: str, most: int) -> str:
        """In that language, else in French; of so many characters at most: what to do comes first, and the link stays.

        Args:
            language: ``fr`` or ``en``.
            most: at least 200, which leaves room for a subject and the end of a link.
        """
        language = language if language in self.texts else "fr"
        told = self.texts[language]
        subject = f"{EXERCISE[language] if self.exercise else ''}{told['subject']}"
        if self.kind is PostKind.WITHDRAWAL:
            return _cut(_CALLED_OFF[language].format(subject=subject), most)
        parts = [subject, told.get("instruction"), self.area_label, told["body"]]
        words = "\n\n".join(part for part in parts if part)
        if self.link is None or len(self.link) + 4 > most:
            return _cut(words, most)
        return f"{_cut(words, most - len(self.link) - 2)}\n\n{self.link}"


def same_words(html: str, text: str) -> bool:
    """Whether what a server shows is that text: it makes paragraphs, links and mentions of it, and leaves the words."""
    return _bare(unescape(_TAG.sub("", html))) == _bare(text)


def _bare(text: str) -> str:
    return _SPACE.sub("", _MENTION.sub(r"\1", text))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
