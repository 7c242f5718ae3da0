# SPDX-License-Identifier: EUPL-1.2
"""Another e-mail address: taken once its owner has shown, by a code, that they read what is sent to it."""

import secrets
from datetime import timedelta
from typing import Final

LIFE: Final = timedelta(minutes=15)
"""How long a code can be used."""
MOST_TRIES: Final = 5
"""How many codes can be tried before another one must be asked for: one guess in 200,000 succeeds."""
_DIGITS: Final = 6


class WrongEmailCodeError(Exception):
    """This is not the code that was sent; another one can be tried."""


class NoEmailChangeError(Exception):
    """No code is waited for: none was asked for, it is too old, or too many wrong ones were tried."""


class EmailTakenError(Exception):
    """Another account is signed in to with that address."""


class EmailSignsInError(Exception):
    """The account is signed in to with its address: it can be changed, and not taken out."""


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
