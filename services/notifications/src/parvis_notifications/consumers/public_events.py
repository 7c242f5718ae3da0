# SPDX-License-Identifier: EUPL-1.2
"""Any public event: on its way to the webhooks that want it. Of its data, only what filters look at is read."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.domain.webhook import PublicEvent
from parvis_notifications.service.fan_out import fan_out

TOPICS: Final = (
    "parvis.requests.request.v1",
    "parvis.requests.appointment.v1",
    "parvis.requests.request-type.v1",
    "parvis.requests.area.v1",
    "parvis.participation.consultation.v1",
    "parvis.participation.poll.v1",
    "parvis.participation.budget.v1",
    "parvis.participation.project.v1",
    "parvis.participation.survey.v1",
    "parvis.participation.conversation.v1",
    "parvis.participation.process.v1",
)
Handler = Callable[[Event, AsyncSession], Awaitable[None]]


def handlers(public_url: str) -> dict[str, Handler]:
    """The handler of each public event type."""

    async def handle(event: Event, session: AsyncSession) -> None:
        await fan_out(session, event, public_url=public_url, now=datetime.now(UTC))

    return {str(type_): handle for type_ in PublicEvent}
