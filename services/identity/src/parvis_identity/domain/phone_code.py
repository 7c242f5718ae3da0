# SPDX-License-Identifier: EUPL-1.2
"""Whether a telephone is in its owner's hands: they read the code that a text message brought there."""

from datetime import timedelta
from typing import Final

LIFE: Final = timedelta(minutes=10)
"""How long a code can be used."""
LONGEST_COUNTRY_CODE: Final = 3
"""Digits of a country code (ITU-T E.164)."""


class NoTextMessagesError(Exception):
    """This deployment sends no text messages."""


class NoPhoneError(Exception):
    """The account has no number."""


class NoMobileError(Exception):
    """No text message goes to that number: a fixed line, or a country that this deployment sends none to."""


class PhoneVerifiedError(Exception):
    """The account's number is verified already."""


class WrongPhoneCodeError(Exception):
    """This is not the code that was sent; another one can be tried."""


class NoPhoneCodeError(Exception):
    """No code is waited for: none was asked for, it is too old, too often tried, or the number is another one now."""


def country_codes(text: str) -> frozenset[int]:
    """The country codes (ITU-T E.164: one to three digits) of a list like ``33,262``; raises ValueError for others."""
    codes = [code.strip().removeprefix("+") for code in text.split(",")]
    if not all(code.isascii() and code.isdigit() and len(code) <= LONGEST_COUNTRY_CODE for code in codes):
        raise ValueError("a list of country codes, such as 33,262")
    return frozenset(map(int, codes))
