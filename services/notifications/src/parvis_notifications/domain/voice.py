# SPDX-License-Identifier: EUPL-1.2
"""What is said in a call: in which language, how long that takes, and what a pressed key means.

Nobody publishes how fast every provider speaks: fourteen characters a second are what synthetic voices take in French
and English at their usual pace, rounded down, so that a text is rather said to be longer than it is.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.alert import Reply

CHARACTERS_A_SECOND: Final = 14
LONGEST_SECONDS: Final = 75
"""Of the text, said once: whoever wants to know more is not kept on the line."""
SPOKEN_AS: Final = {
    "fr": "fr-FR",
    "en": "en-GB",
    "de": "de-DE",
    "es": "es-ES",
    "it": "it-IT",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "ru": "ru-RU",
}
"""By the language of a message the one (BCP 47) in whose voice it is said."""
REPLIES: Final = {"1": Reply.SAFE, "2": Reply.HELP}
"""What a key answers; any other says that the call was heard."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+")
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_BLOCK_ENDS: Final = re.compile(r"\n\s*\n")
_ADDRESS: Final = re.compile(r"<?https?://[^\s<>]+>?")
_STOPS: Final = (".", "!", "?", "…", ":", ",")


class CallFate(StrEnum):
    """What became of a call that a provider has."""

    UNDER_WAY = "under-way"
    ANSWERED = "answered"
    """By somebody, or by what the provider could not tell from somebody."""
    MACHINE = "machine"
    """An answering machine, or a fax."""
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    LOST = "lost"
    """It could not be put through."""


AGAIN: Final = frozenset({CallFate.MACHINE, CallFate.BUSY, CallFate.NO_ANSWER})
"""Whoever was not reached so is called again."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is said, and before it falls silent what may be pressed; ``language`` is of ``SPOKEN_AS``.

    ``more_seconds`` is how long may be said after a key.
    """

    language: str
    text: str
    keys: str
    more_seconds: int = 0


def spoken(language: str) -> bool:
    """Whether there is a voice for a language, by its BCP 47 tag."""
    return language.partition("-")[0] in SPOKEN_AS


def seconds(text: str) -> int:
    """How long it takes to say that once, about."""
    return math.ceil(len(_BLANKS.sub(" ", text.strip())) / CHARACTERS_A_SECOND)


def shortened(text: str, longest: int = LONGEST_SECONDS) -> str:
    """The whole sentences at its beginning that are said in so many seconds; of a longer one its first words."""
    said = _BLANKS.sub(" ", text.strip())
    if seconds(said) <= longest:
        return said
    kept = ""
    for sentence in _SENTENCE.split(said):
        if seconds(f"{kept} {sentence}") > longest:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or said[: longest * CHARACTERS_A_SECOND].rpartition(" ")[0] or said[: longest * CHARACTERS_A_SECOND]


def sayable(text: str) -> str:
    """A plain text as it is said: without the addresses of pages, and with a stop where a paragraph ends."""
    blocks = _BLOCK_ENDS.split(_ADDRESS.sub("", text))
    said = (_BLANKS.sub(" ", block.strip().replace("\n", ", ")).strip() for block in blocks)
    return " ".join(each if each.endswith(_STOPS) else f"{each}." for each in said if each)


def minutes(spoken_seconds: int) -> int:
    """Those begun: each is paid for."""
    return math.ceil(spoken_seconds / 60)


def call_minutes(speech: Speech) -> int:
    """How long a call takes that is heard to its end: the text twice, the keys, and what follows on one."""
    return minutes(2 * seconds(speech.text) + seconds(speech.keys) + speech.more_seconds)
