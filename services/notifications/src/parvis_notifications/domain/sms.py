# SPDX-License-Identifier: EUPL-1.2
"""What a text message is made of: its alphabet and its segments, each of which is paid for (3GPP TS 23.038, 23.040)."""

from dataclasses import dataclass
from typing import Final

# The default alphabet (TS 23.038 section 6.2.1) without its escape, and what takes an escape before it (6.2.1.1).
GSM_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""In its order, in which the escape would stand at 0x1B."""
_BASIC: Final = frozenset(GSM_BASIC)
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
    encoding, sizes = _sizes(text)
    return Length(encoding, sum(sizes), len(parts(text)))


def parts(text: str) -> list[str]:
    """What stands in each segment; at least one."""
    encoding, sizes = _sizes(text)
    if sum(sizes) <= _ALONE[encoding]:
        return [text]
    found, room = [""], _TOGETHER[encoding]
    for sign, size in zip(text, sizes, strict=True):
        if size > room:
            found.append("")
            room = _TOGETHER[encoding]
        found[-1] += sign
        room -= size
    return found


def _sizes(text: str) -> tuple[str, list[int]]:
    """The encoding, and how many of its code units each character takes."""
    sizes = [1 if sign in _BASIC else 2 if sign in _EXTENDED else 0 for sign in text]
    if 0 not in sizes:
        return "gsm-7", sizes
    return "ucs-2", [1 if ord(sign) < 0x10000 else 2 for sign in text]  # noqa: PLR2004 - UTF-16


def sms_text(sender: str, subject: str, link: str = "") -> str:
    """A message that says who writes and what has happened, and leads to the rest; it never has a person's words.

    What would be longer than six segments loses the end of its subject, never its link.
    """
    text, end = f"{plainer(sender)} : {plainer(subject)}", f"\n{link}" if link else ""
    while length(text + end).segments > LONGEST_SEGMENTS and text:
        text = text[:-1]
    return text + end
