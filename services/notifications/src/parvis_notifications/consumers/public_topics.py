# SPDX-License-Identifier: EUPL-1.2
"""Any public event: sent on, as it is, to the public topic of its collectivity."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers import public_events
from parvis_notifications.domain.webhook import PublicEvent
from parvis_notifications.outgoing.public_topics import PublicTopics

TOPICS: Final = public_events.TOPICS
Handler = Callable[[Event, AsyncSession], Awaitable[None]]


def handlers(topics: PublicTopics) -> dict[str, Handler]:
    """The handler of each public event type.

    Its inbox row, which a second process waits for, keeps the events of an aggregate in order while the group moves
    partitions from one process to another.
    """

    async def handle(event: Event, _session: AsyncSession) -> None:
        await topics.publish(event)

    return {str(type_): handle for type_ in PublicEvent}
