# SPDX-License-Identifier: EUPL-1.2
"""How French texts of this service are set where they are read as prose, in mails above all."""

import re
from typing import Final

# The narrow space before the high signs, the wide one before the colon and inside of the quotation marks
# (Lexique des règles typographiques en usage à l'Imprimerie nationale).
_HIGH: Final = re.compile(r" (?=[?!;])")
_WIDE: Final = re.compile(r" (?=[:»])|(?<=«) ")


def no_break(text: str, language: str) -> str:
    """The text with spaces at which no line ends before ``? ! ; : »`` and after ``«``, where it is French."""
    return _WIDE.sub("\u00a0", _HIGH.sub("\u202f", text)) if language == "fr" else text
