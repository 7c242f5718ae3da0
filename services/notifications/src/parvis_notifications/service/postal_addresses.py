# SPDX-License-Identifier: EUPL-1.2
"""Postal addresses as they are kept: their printed lines as one text, which is read as the same address again."""

from collections.abc import Sequence

from parvis_notifications.domain.postal_address import PostalAddress, PostalAddressError, postal_address
from parvis_notifications.outgoing.countries import country_of, french_name
from parvis_notifications.outgoing.owner_answers import Contact


def address_of(lines: Sequence[str]) -> PostalAddress:
    """The address that the lines are, in France or abroad; raises PostalAddressError."""
    return postal_address(lines, country_of, french_name)


def home_of(contact: Contact) -> str | None:
    """Where a person gets letters, as it is kept; None where none is known that fits an envelope."""
    try:
        return kept_address(address_of(contact.postal_address)) if contact.postal_address else None
    except PostalAddressError:
        return None


def kept_address(address: PostalAddress) -> str:
    """As one text."""
    return "\n".join(address.printed)


def read_address(kept: str) -> PostalAddress:
    """Of such a text; raises PostalAddressError."""
    return address_of(kept.split("\n"))
