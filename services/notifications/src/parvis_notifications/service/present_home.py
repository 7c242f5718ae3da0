# SPDX-License-Identifier: EUPL-1.2
"""Where a person gets letters now: a letter may have waited for days, and nothing tells of a home that has changed.

What an application sends goes where it says.
"""

from dataclasses import replace
from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import Attempt, ClaimedDelivery, Deliveries
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.postal_addresses import home_of

NO_ADDRESS: Final = "no-address"
UNREACHABLE: Final = "address-unreachable"


class NoHomeError(Exception):
    """The letter goes nowhere: the person has no home that fits an envelope, or the post found nobody there."""


class PresentHome:
    """Asks for it before a letter is prepared."""

    def __init__(self, owners: Owners, deliveries: Deliveries, fingerprints: Fingerprints) -> None:
        self._owners = owners
        self._deliveries = deliveries
        self._fingerprints = fingerprints

    async def of(self, delivery: ClaimedDelivery, key: PersonKey, none: Attempt) -> ClaimedDelivery | None:
        """The delivery with that home; None where another has it now.

        Raises NoHomeError with a code, and UnreachableError while identity does not answer.
        """
        if delivery.template == APPLICATION_MESSAGE:
            return delivery
        contact = await self._owners.contact(delivery.person, delivery.collectivity, postal=True)
        home = home_of(contact) if contact else None
        if home is None:
            raise NoHomeError(NO_ADDRESS)
        if self._fingerprints.same_home(delivery.unreachable, home):
            raise NoHomeError(UNREACHABLE)
        if home == key.open(SEALED_ADDRESS, delivery.address) and not delivery.address_doubts:
            return delivery
        address = key.seal(SEALED_ADDRESS, home)
        fresh = await self._deliveries.readdress(delivery, none.claim, address)
        return replace(delivery, address=address, address_doubts=0) if fresh else None
