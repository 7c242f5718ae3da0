# SPDX-License-Identifier: EUPL-1.2
"""How the words of the catalogue of problems are set on a page."""

import re
from typing import Final

_HIGH: Final = re.compile(r" (?=[?!;:»])|(?<=«) ")


def typeset(text: str, lang: str) -> str:
    """The text with curled apostrophes and, in French, spaces at which no line ends before ``? ! ; :`` and in « »."""
    curled = text.replace("'", "\u2019")
    return _HIGH.sub("\u00a0", curled) if lang == "fr" else curled
