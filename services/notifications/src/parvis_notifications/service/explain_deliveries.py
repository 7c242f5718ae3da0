# SPDX-License-Identifier: EUPL-1.2
"""A citizen asks why a message was sent to them, or was not."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import decisions, messages
from parvis_notifications.db.decisions import Followed
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import Channel


async def explain_deliveries(
    session: AsyncSession, reader: Reader, message_id: UUID
) -> tuple[Message, Sequence[Followed]]:
    """A message of the reader's with its decisions; raises NotFoundError."""
    message = await messages.one(session, reader, message_id)
    return message, await decisions.of_message(session, message_id, reader.collectivity)


def order_of(followed: Sequence[Followed]) -> tuple[list[Channel], list[Channel]]:
    """The channels that are tried one after the other, in their order; and those of them that were used so far."""
    ranked = {each.decision.channel: each.decision.rank for each in followed if each.decision.rank is not None}
    order = sorted(ranked, key=lambda channel: ranked[channel])
    used = {each.decision.channel for each in followed if each.delivery is not None or each.decision.digest_id}
    return [Channel(each) for each in order], [Channel(each) for each in order if each in used]
