# SPDX-License-Identifier: EUPL-1.2
"""What somebody wrote in a reply, without what their program quotes below it, and without their signature.

Programs mark what they quote each in its own way, and mails bear no sign of where it begins. What is known here are the
lines by which the programs in use in France and in English begin a quotation. Where nothing would be left, nothing is
cut: who wrote between the quoted lines is not to be misread.
"""

import re
from typing import Final

# Who wrote, and when; the line may be broken over a few, and ends with a colon.
_DATED: Final = re.compile(r"(?:Le|On|Am|El)\s.{4,300}?(?:a écrit|wrote|schrieb|escribió)\s?:\s*", re.IGNORECASE)
_BEGINS: Final = re.compile(r"\s?(?:Le|On|Am|El)\s", re.IGNORECASE)
_NAMED: Final = re.compile(r".{1,200}\s(?:a écrit|wrote)\s?:\s*|\d{4}-\d\d-\d\d\s\d\d:\d\d.{1,200}:\s*", re.IGNORECASE)
# What a program puts into that line, and people who say that somebody wrote do not: a time, an address.
_BY_PROGRAM: Final = re.compile(r"\d{1,2}[:h]\d\d|\S@\S")
_DIVIDER: Final = re.compile(
    r"-{2,}\s*(?:Message d'origine|Message original|Mail original|Message transféré|Original Message|"
    r"Forwarded message|Message initial)\s*-{2,}\s*|_{20,}\s*|-{2,}\s*Répondre au-dessus de cette ligne\s*-{2,}\s*",
    re.IGNORECASE,
)
# The head of the mail that is answered, as Outlook and the like repeat it.
_HEAD: Final = re.compile(
    r"\*?(?:De|From|Expéditeur|Von)\*?\s?:\*?\s.{1,300}",
    re.IGNORECASE,
)
_HEAD_FOLLOWS: Final = re.compile(
    r"\*?(?:Envoyé|Sent|Date|À|A|To|Pour|Objet|Subject|Cc)\*?(?:\sle)?\s?:\*?\s.{0,300}", re.IGNORECASE
)
_DEVICE: Final = re.compile(
    r"(?:Envoyé de(?:puis)? (?:mon|ma|l'application|Outlook|Yahoo|Proton|La Poste|Orange)|Envoyé à partir de|"
    r"Sent from (?:my|Outlook|Yahoo|Mail for|Proton)|Obtenez Outlook pour|Get Outlook for|"
    r"Télécharger? Outlook|Provenance : Courrier).{0,120}",
    re.IGNORECASE,
)
# RFC 3676 section 4.3.
_SIGNATURE: Final = re.compile(r"-- ?")
_QUOTED: Final = re.compile(r"\s?>")
_INTRODUCTION_LINES: Final = 3
_LONGEST_LINE: Final = 1_000
_MOST_LINES: Final = 5_000


def without_quotation(text: str) -> str:
    """The words above the quotation; all of them where there is none above."""
    lines = [line.rstrip() for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]
    end = next((place for place in range(len(lines)) if _begins(lines, place)), len(lines))
    kept = [line for line in lines[:end] if not _QUOTED.match(line)]
    own = "\n".join(_without_signature(kept)).strip()
    return own or text.strip()


def _begins(lines: list[str], place: int) -> bool:
    line = lines[place].strip()
    if not line or len(line) > _LONGEST_LINE:
        return False
    if _DIVIDER.fullmatch(line):
        return True
    if _HEAD.fullmatch(line):
        following = [each.strip() for each in lines[place + 1 : place + 6] if each.strip()]
        return bool(following) and _HEAD_FOLLOWS.fullmatch(following[0]) is not None
    return _introduces(lines, place)


def _introduces(lines: list[str], place: int) -> bool:
    """Whether a quotation follows right below, after a line that says whose: a sentence alone may say "wrote:"."""
    joined = ""
    for further in range(min(_INTRODUCTION_LINES, len(lines) - place)):
        if further and (not lines[place + further].strip() or _BEGINS.match(lines[place + further])):
            return False  # what stands above is not part of it
        joined = f"{joined} {lines[place + further].strip()}".strip()  # a program breaks long lines
        if len(joined) > _LONGEST_LINE:
            return False
        if _DATED.fullmatch(joined) or (further == 0 and _NAMED.fullmatch(joined)):
            below = next((each for each in lines[place + further + 1 :] if each.strip()), "")
            return bool(_QUOTED.match(below)) or _BY_PROGRAM.search(joined) is not None
    return False


def _without_signature(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line.strip("\r")) and place:
            return lines[:place]
    while lines and (not lines[-1].strip() or _DEVICE.fullmatch(lines[-1].strip())):
        lines = lines[:-1]
    return lines
