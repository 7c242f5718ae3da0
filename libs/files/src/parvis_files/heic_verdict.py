# SPDX-License-Identifier: EUPL-1.2
"""What the decoder of HEIC says of a photo, as its exit status."""

from enum import IntEnum


class Verdict(IntEnum):
    """``DECODED`` goes with a JPEG on its standard output; the others with nothing."""

    DECODED = 0
    UNREADABLE = 3
    TOO_LARGE = 4
    NOT_CONFINED = 5
