# SPDX-License-Identifier: EUPL-1.2
"""To know an address again without keeping it where it can be read."""

from hmac import compare_digest

from parvis_kit.crypto.keys import BlindIndex
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.service.subscribe_alone import address_mark


class Fingerprints:
    """Blind indexes of the addresses of mails, and of postal addresses as they are kept."""

    def __init__(self, index: BlindIndex) -> None:
        self._index = index

    def of(self, address: str) -> bytes:
        """Of that address as the envelope has it; raises BadAddressError."""
        return self._index.of("unreachable_address.email", normal_address(address))

    def of_subscriber(self, address: str) -> bytes:
        """Of an address of mails, as subscribers have it; raises BadAddressError."""
        return address_mark(self._index, Channel.EMAIL, normal_address(address))

    def of_number(self, phone: str) -> bytes:
        """Of a telephone number, as subscribers have it."""
        return address_mark(self._index, Channel.SMS, phone)

    def of_home(self, address: str) -> bytes:
        """Of a postal address."""
        return self._index.of("unreachable_address.letter", address)

    def same_home(self, known: bytes | None, address: str) -> bool:
        """Whether that is the known postal address."""
        return known is not None and compare_digest(known, self.of_home(address))

    def same(self, known: bytes | None, address: str) -> bool:
        """Whether that is the known address."""
        try:
            return known is not None and compare_digest(known, self.of(address))
        except BadAddressError:
            return False
