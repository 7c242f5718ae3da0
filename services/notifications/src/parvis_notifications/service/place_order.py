# SPDX-License-Identifier: EUPL-1.2
"""What an application asks for becomes an order: a normal address, an opaque recipient, the key that seals for them."""

from typing import Any

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.recipients import normal_of, recipient_id
from parvis_notifications.service.send_message import Order


async def placed(
    persons: PersonKeys, index: BlindIndex, sender: Sender, channel: Channel, to: str, **rest: Any
) -> Order:
    """Before the transaction, as keys are in a store of their own; ``rest`` is the order's. RecipientRefusedError."""
    address = normal_of(channel, to)
    recipient = recipient_id(index, sender.collectivity, address)
    key = await persons.of(recipient)
    mark = indexed(index, sender, rest.get("reference"))
    return Order(channel, address, recipient, key, reference_index=mark, **rest)


def indexed(index: BlindIndex, sender: Sender, reference: str | None) -> bytes | None:
    """By which a reference is found again."""
    return None if reference is None else index.of("sent_message.reference", f"{sender.collectivity}/{reference}")
