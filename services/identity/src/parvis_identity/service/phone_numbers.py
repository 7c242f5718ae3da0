# SPDX-License-Identifier: EUPL-1.2
"""Telephone numbers as people write them, in the one form in which they are kept (ITU-T E.164)."""

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

# Who dials ten digits in France may mean an overseas department, which has a country code of its own.
_FRANCE: Final = ("FR", "GP", "GF", "MQ", "RE", "YT")
_OF_PEOPLE: Final = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)


def e164(text: str) -> str:
    """``+`` and at most fifteen digits; raises ValueError for what is no number of a person.

    The text has its country code, or is as it is dialled in France, overseas departments included.
    """
    for region in _FRANCE:
        number = _parsed(text, region)
        if number is not None:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    raise ValueError("not a telephone number")


def takes_texts(number: str, countries: frozenset[int]) -> bool:
    """Whether text messages may reach a number of that form, of one of these country codes: fixed lines take none."""
    parsed = phonenumbers.parse(number)
    kind = phonenumbers.number_type(parsed)
    return parsed.country_code in countries and kind not in {PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP}


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    fits = number.extension is None and phonenumbers.is_valid_number(number)
    return number if fits and phonenumbers.number_type(number) in _OF_PEOPLE else None
