# SPDX-License-Identifier: EUPL-1.2
"""An address that somebody has confirmed anew in their account is tried, whatever failed there for whom before.

Here it is known by its blind index alone: which address it is is asked of identity once, and not kept.
"""

from datetime import timedelta
from typing import Any, Final

import asyncpg

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.logs import logger
from parvis_notifications.db import confirmed_addresses, dead_addresses
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.outgoing.owner_answers import Contact
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.subscribe_alone import address_mark

_BATCH: Final = 50
_LEASE: Final = timedelta(minutes=5)
_log = logger(__name__)


async def try_confirmed(pool: "asyncpg.Pool[Any]", index: BlindIndex, owners: Owners) -> bool:
    """Some of them; False where none is due. Of whom identity does not answer, it is asked again."""
    due = await confirmed_addresses.claim(pool, _BATCH, _LEASE)
    for each in due:
        try:
            contact = await owners.contact(each.person, each.collectivity)
        except UnreachableError as error:
            _log.warning("confirmed_address_not_asked", error=str(error))
            continue
        channel = Channel(each.channel)
        if contact is not None and (address := _address(contact, channel)):
            await dead_addresses.revive_one(pool, channel, address_mark(index, channel, address))
        await confirmed_addresses.done(pool, each)
    return bool(due)


def _address(contact: Contact, channel: Channel) -> str | None:
    if channel is not Channel.EMAIL or not contact.email:
        return contact.phone if channel is Channel.SMS else None
    try:
        return normal_address(contact.email)
    except BadAddressError:
        return None
