# SPDX-License-Identifier: EUPL-1.2
"""The telephone number that a person has now, where the one that was kept is in doubt."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import Attempt, ClaimedDelivery, Deliveries
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.owners import Owners

_OWNER_PAUSE: Final = timedelta(seconds=30)


class NoNumberError(Exception):
    """The person has none that they confirmed."""


async def with_present_number(
    owners: Owners, deliveries: Deliveries, delivery: ClaimedDelivery, key: PersonKey, none: Attempt
) -> ClaimedDelivery | None:
    """The delivery with that number; None where it does not go yet. Raises NoNumberError."""
    try:
        contact = await owners.contact(delivery.person, delivery.collectivity)
    except UnreachableError:
        await deliveries.retry(none, _OWNER_PAUSE, "owner-unreachable")
        return None
    if contact is None or contact.phone is None:
        raise NoNumberError
    address = key.seal(SEALED_ADDRESS, contact.phone)
    fresh = await deliveries.readdress(delivery, none.claim, address)
    return replace(delivery, address=address, address_doubts=0) if fresh else None
