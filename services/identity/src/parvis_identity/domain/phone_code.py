# SPDX-License-Identifier: EUPL-1.2
"""Whether a telephone is in its owner's hands: they read the code that a text message brought there."""

from datetime import timedelta
from typing import Final

LIFE: Final = timedelta(minutes=10)
"""How long a code can be used."""


class NoTextMessagesError(Exception):
    """This deployment sends no text messages."""


class NoPhoneError(Exception):
    """The account has no number."""


class NoMobileError(Exception):
    """No text message reaches that number: a fixed line."""


class PhoneVerifiedError(Exception):
    """The account's number is verified already."""


class WrongPhoneCodeError(Exception):
    """This is not the code that was sent; another one can be tried."""


class NoPhoneCodeError(Exception):
    """No code is waited for: none was asked for, it is too old, too often tried, or the number is another one now."""
