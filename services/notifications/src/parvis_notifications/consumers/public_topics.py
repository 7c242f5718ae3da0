# SPDX-License-Identifier: EUPL-1.2
"""Any public event: sent on, as it is, to the public topic of its collectivity."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import event as database_event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import await_only

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers import public_events
from parvis_notifications.domain.webhook import PublicEvent
from parvis_notifications.outgoing.public_topics import PublicTopics, Sending

TOPICS: Final = public_events.TOPICS
Handler = Callable[[Event, AsyncSession], Awaitable[None]]
_SENDINGS: Final = "public_topics"


def handlers(topics: PublicTopics) -> dict[str, Handler]:
    """The handler of each public event type.

    The events of a transaction are sent one behind the other, and waited for together when it is to be committed: no
    inbox row stands before Kafka has its event. That row, which a second process waits for, keeps the events of an
    aggregate in order while the group moves partitions from one process to another.
    """

    async def handle(event: Event, session: AsyncSession) -> None:
        sending = await topics.send(event)
        if _SENDINGS not in session.info:
            session.info[_SENDINGS] = []
            database_event.listen(session.sync_session, "before_commit", settle)
        session.info[_SENDINGS].append(sending)

    def settle(session: Any) -> None:
        sendings: list[Sending] = session.info[_SENDINGS]
        # SQLAlchemy's own way from its synchronous inside to whatever is awaited; its drivers go it at each statement.
        await_only(topics.acknowledged(sendings))
        sendings.clear()

    return {str(type_): handle for type_ in PublicEvent}
