# SPDX-License-Identifier: EUPL-1.2
"""Codes that people read in a message and type: short ones, which work for a short time and few tries."""

import secrets
from typing import Final

MOST_TRIES: Final = 5
"""How many codes can be tried before another one must be asked for: one guess in 200,000 succeeds."""
_DIGITS: Final = 6


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
