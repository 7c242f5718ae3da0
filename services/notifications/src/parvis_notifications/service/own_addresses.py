# SPDX-License-Identifier: EUPL-1.2
"""Whether anything arrives at somebody's own addresses: told to them where they sign in, since no message would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import dead_addresses, text_stops, unreachable_addresses
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import Channel

_COUNTED: Final = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True)
class DeadWay:
    """Nothing arrives by that channel; ``everything`` where messages to the person alone do not go there either."""

    channel: Channel
    status: str
    told_at: datetime
    tried_after: datetime | None
    everything: bool


async def own_dead_ways(session: AsyncSession, reader: Reader, now: datetime) -> Sequence[DeadWay]:
    """Of the reader, as far as it is known: which address it is they see in their account."""
    found: dict[Channel, DeadWay] = {}
    for row in await unreachable_addresses.told_of(session, reader.person, reader.collectivity):
        channel = Channel(row.channel)
        found[channel] = DeadWay(channel, row.status, row.created_at, None, everything=True)
    for channel in _COUNTED:
        marks = set(await dead_addresses.marks_of(session, reader.person, channel))
        if channel is Channel.SMS:
            marks |= set(await text_stops.numbers_of(session, reader.person, reader.collectivity))
        for dead in await dead_addresses.among(session, reader.collectivity, channel, marks, now):
            found.setdefault(channel, DeadWay(channel, dead.status, dead.told_at, dead.dead_until, everything=False))
    return [found[channel] for channel in Channel if channel in found]
