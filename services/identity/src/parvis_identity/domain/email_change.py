# SPDX-License-Identifier: EUPL-1.2
"""Another e-mail address: taken once its owner has shown, by a code, that they read what is sent to it."""

from datetime import timedelta
from typing import Final

LIFE: Final = timedelta(minutes=15)
"""How long a code can be used."""


class WrongEmailCodeError(Exception):
    """This is not the code that was sent; another one can be tried."""


class NoEmailChangeError(Exception):
    """No code is waited for: none was asked for, it is too old, or too many wrong ones were tried."""


class EmailTakenError(Exception):
    """Another account is signed in to with that address."""


class EmailSignsInError(Exception):
    """The account is signed in to with its address: it can be changed, and not taken out."""
