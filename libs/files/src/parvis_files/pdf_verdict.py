# SPDX-License-Identifier: EUPL-1.2
"""What the reader of PDFs says of one, as its exit status."""

from enum import IntEnum


class Verdict(IntEnum):
    """``READ`` goes with JSON on its standard output; the others with nothing."""

    READ = 0
    UNREADABLE = 3
    LOCKED = 4
    TOO_MANY_PAGES = 5
    NOT_A4 = 6
    NOT_CONFINED = 7
