# SPDX-License-Identifier: EUPL-1.2
"""How texts are set on a page, as French print does."""

import re
from typing import Final

from parvis_kit.locale import Language

_HIGH: Final = re.compile(r" (?=[?!;])")
_COLON: Final = re.compile(r" (?=[:»])|(?<=«) ")


def typeset(text: str, language: Language) -> str:
    """The text with curled apostrophes and, in French, spaces at which no line ends before ``? ! ; :`` and in « »."""
    curled = text.replace("'", "\u2019")
    return _COLON.sub("\u00a0", _HIGH.sub("\u202f", curled)) if language == "fr" else curled
