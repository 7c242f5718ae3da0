# SPDX-License-Identifier: EUPL-1.2
"""Letters that come as a PDF and are posted as they are: their bounds, where their address stands, how fast they go."""

from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 5_242_880
LONGEST_BASE64: Final = (MOST_BYTES + 2) // 3 * 4
"""Of so many bytes (RFC 4648 section 4)."""
MOST_PAGES: Final = 10
"""Five sheets, printed on both sides: as GOV.UK Notify has it."""
# From the left and the top of the sheet, width and height, in millimetres: what the window of a French envelope shows
# (https://edics.fr/rediger-vos-adresses-les-bonnes-pratiques/), as in the letters that are set here.
WINDOW: Final = (110, 55, 85, 33)


class Postage(StrEnum):
    """How fast a letter goes, in the words of GOV.UK Notify."""

    FIRST = "first"
    SECOND = "second"
    ECONOMY = "economy"
