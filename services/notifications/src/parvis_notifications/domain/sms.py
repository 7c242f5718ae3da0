# SPDX-License-Identifier: EUPL-1.2
"""What a text message is made of: its alphabet and its segments, each of which is paid for (3GPP TS 23.038, 23.040)."""

from dataclasses import dataclass
from typing import Final

# The default alphabet (TS 23.038 section 6.2.1) without its escape, and what takes an escape before it (6.2.1.1).
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
# Signs of typography that would make a whole message UCS-2, by what says the same.
_PLAINER: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-", "œ": "oe", "Œ": "OE"}
    | dict.fromkeys("\u00a0\u202f\u2009", " ")
)
_ALONE: Final = {"gsm-7": 160, "ucs-2": 70}
# With the header that puts the segments together again (TS 23.040 section 9.2.3.24.1).
_TOGETHER: Final = {"gsm-7": 153, "ucs-2": 67}
LONGEST_SEGMENTS: Final = 6


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is as a message: ``encoding`` is ``gsm-7`` or ``ucs-2``, ``units`` counts in its code units."""

    encoding: str
    units: int
    segments: int


def plainer(text: str) -> str:
    """The text with plain signs of typography: they cost as much as twice the message otherwise. No accent is lost."""
    quoted = text.replace("« ", "«").replace("« ", "«").replace(" »", "»").replace(" »", "»")
    return quoted.translate(_PLAINER)


def length(text: str) -> Length:
    """Of that text; no character is cut in two between segments."""
    sizes = [1 if sign in _BASIC else 2 if sign in _EXTENDED else 0 for sign in text]
    encoding = "gsm-7"
    if 0 in sizes:
        encoding, sizes = "ucs-2", [1 if ord(sign) < 0x10000 else 2 for sign in text]  # noqa: PLR2004 - UTF-16
    units = sum(sizes)
    if units <= _ALONE[encoding]:
        return Length(encoding, units, 1)
    segments, room = 1, _TOGETHER[encoding]
    for size in sizes:
        if size > room:
            segments, room = segments + 1, _TOGETHER[encoding]
        room -= size
    return Length(encoding, units, segments)


def sms_text(sender: str, subject: str, link: str = "") -> str:
    """A message that says who writes and what has happened, and leads to the rest; it never has a person's words.

    What would be longer than six segments loses the end of its subject, never its link.
    """
    text, end = f"{plainer(sender)} : {plainer(subject)}", f"\n{link}" if link else ""
    while length(text + end).segments > LONGEST_SEGMENTS and text:
        text = text[:-1]
    return text + end
