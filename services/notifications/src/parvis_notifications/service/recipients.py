# SPDX-License-Identifier: EUPL-1.2
"""Addresses and numbers as applications give them, in the one form under which they are sent to and known again."""

import re
from collections.abc import Collection
from contextlib import suppress
from typing import Final
from uuid import UUID

import phonenumbers

from parvis_kit.crypto.keys import BlindIndex
from parvis_notifications.domain.errors import RecipientRefusedError
from parvis_notifications.domain.postal_address import PostalAddressError
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.service.postal_addresses import kept_address, read_address

_REGION: Final = "FR"
_LONGEST: Final = 320
_DIGITS: Final = re.compile(r"[0-9]{8,17}")
_RINGS: Final = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
    }
)
"""Somebody's telephone: none that whoever calls pays more for."""
_TAKES_TEXTS: Final = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)


def normal_recipient(given: str) -> str:
    """An address or a number; raises RecipientRefusedError."""
    return normal_of(Channel.EMAIL if "@" in given else Channel.SMS, given)


def normal_of(channel: Channel, given: str) -> str:
    """Of an e-mail address its form with a domain in ASCII, of a number E.164, of a postal address its printed lines.

    Raises RecipientRefusedError.
    """
    if len(given) > _LONGEST:
        raise RecipientRefusedError
    if channel is Channel.LETTER:
        try:
            return kept_address(read_address(given))
        except PostalAddressError as error:
            raise RecipientRefusedError from error
    if channel is Channel.EMAIL:
        try:
            local, _, domain = normal_address(given.strip()).rpartition("@")
        except BadAddressError as error:
            raise RecipientRefusedError from error
        return f"{local}@{domain.lower()}"
    try:
        number = phonenumbers.parse(given, _REGION)
    except phonenumbers.NumberParseException as error:
        raise RecipientRefusedError from error
    if not phonenumbers.is_valid_number(number):
        raise RecipientRefusedError
    if channel is Channel.VOICE and phonenumbers.number_type(number) not in _RINGS:
        raise RecipientRefusedError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def number_told(given: str) -> str:
    """E.164 of who wrote, as far as a number was told: with or without the code of its country, or the sign before it.

    Of what could be either, the one from which text messages come. Short numbers and words are left as they are.
    """
    if not _DIGITS.fullmatch(given):
        return given
    read = []
    for each in (given, f"+{given}"):
        with suppress(RecipientRefusedError):
            read.append(normal_of(Channel.SMS, each))
    return next((each for each in read if takes_texts(each)), read[0] if read else given)


def takes_texts(number: str) -> bool:
    """Whether text messages reach a number in E.164: neither a fixed line takes one, nor a number of no country."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _TAKES_TEXTS
    except phonenumbers.NumberParseException:
        return False


def fixed_line(number: str) -> bool:
    """Whether a number in E.164 is known to be one: an account may have any other that text messages reach."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) == phonenumbers.PhoneNumberType.FIXED_LINE
    except phonenumbers.NumberParseException:
        return False


def mobile(given: str, country_codes: Collection[int]) -> str:
    """E.164 of a mobile telephone of one of these countries; raises RecipientRefusedError.

    Whoever is nobody's yet may have it texted: neither premium nor satellite numbers, nor countries that cost.
    """
    number = phonenumbers.parse(normal_of(Channel.SMS, given))
    if number.country_code not in country_codes or phonenumbers.number_type(number) not in _TAKES_TEXTS:
        raise RecipientRefusedError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def recipient_id(index: BlindIndex, collectivity: str, address: str) -> UUID:
    """The opaque name of whoever has an address, under which what is sent to them is sealed."""
    return UUID(bytes=index.of("sent_message.recipient", f"{collectivity}/{address.casefold()}"), version=4)
