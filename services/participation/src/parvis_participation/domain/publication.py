# SPDX-License-Identifier: EUPL-1.2
"""What people agree to have shown of them in public, in which words, and that they agree no more.

Regulation (EU) 2016/679, article 7: whoever publishes can show the agreement, and it is taken back as easily as it was
given, whatever it was given for.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Publication(StrEnum):
    """What is shown: that somebody signs, under their pseudonym; a member's name; that of whoever lots would draw."""

    SIGNATURE = "signature"
    MANDATE = "mandate"
    CANDIDACY = "candidacy"


class ConsentWay(StrEnum):
    """Who said it: the person, signed in, or an agent to whom they said it."""

    SELF = "self"
    DESK = "desk"


_NAME: Final = {
    True: {
        "fr": "J'accepte que chacun lise mon nom parmi les membres de cette assemblée.",
        "en": "I agree that everybody reads my name among the members of this assembly.",
    },
    False: {
        "fr": "Je n'accepte plus que chacun lise mon nom parmi les membres de cette assemblée.",
        "en": "I agree no more that everybody reads my name among the members of this assembly.",
    },
}
_WORDS: Final[Mapping[Publication, Mapping[bool, Mapping[str, str]]]] = {
    Publication.SIGNATURE: {
        True: {
            "fr": "J'accepte que chacun lise, sous mon pseudonyme, que je signe cette pétition.",
            "en": "I agree that everybody reads, under my pseudonym, that I sign this petition.",
        },
        False: {
            "fr": "Je n'accepte plus que chacun lise que je signe cette pétition. Ma signature compte toujours.",
            "en": "I agree no more that everybody reads that I sign this petition. My signature still counts.",
        },
    },
    Publication.MANDATE: _NAME,
    Publication.CANDIDACY: {
        True: {
            "fr": "J'accepte, si je suis tiré au sort, que chacun lise mon nom parmi les membres de cette assemblée.",
            "en": "I agree that everybody reads my name among the members of this assembly if I am drawn.",
        },
        False: _NAME[False],
    },
}
"""Not changed but by new words beside these: what people agreed to is kept with its words."""


def words_of(publication: Publication, language: str, *, given: bool) -> str:
    """The words of an agreement, or with ``given`` False of its withdrawal, in French (``fr``) or English (``en``)."""
    return _WORDS[publication][given][language]
