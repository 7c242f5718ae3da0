# SPDX-License-Identifier: EUPL-1.2
"""What mails and text messages by the API of GOV.UK Notify have in common."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.runtime import Runtime
from parvis_notifications.api.context import now
from parvis_notifications.api.notify.protocol import NotifyError
from parvis_notifications.api.notify.schemas import NotifyContent, NotifyCreated
from parvis_notifications.api.notify.views import PATH, template_ref
from parvis_notifications.domain.errors import RecipientRefusedError
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.place_order import placed
from parvis_notifications.service.send_message import Order, Sent, send_message
from parvis_notifications.settings import Settings

_UNREACHABLE: Final = {
    Channel.EMAIL: "email_address Not a valid email address",
    Channel.SMS: "phone_number Not a valid phone number",
}
With = Callable[[AsyncSession, Order, Sent], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Given:
    """What an application says of a message."""

    template_id: UUID
    values: Mapping[str, str | list[str]]
    reference: str | None
    unsubscribe_url: str | None = None


async def sent_by(
    runtime: Runtime[Settings], sender: Sender, channel: Channel, to: str, given: Given, also: With | None = None
) -> Sent:
    """Have it sent, and ``also`` done in its transaction; raises NotifyError and what ``send_message`` raises."""
    rest: dict[str, Any] = {"template_id": given.template_id, "values": given.values}
    rest |= {"reference": given.reference, "unsubscribe_url": given.unsubscribe_url}
    try:
        order = await placed(runtime.persons, runtime.blind_index, sender, channel, to, **rest)
    except RecipientRefusedError as error:
        raise NotifyError(400, "ValidationError", _UNREACHABLE[channel]) from error
    async with runtime.database.unit_of_work() as uow:
        sent = await send_message(uow.session, sender, order, now())
        if also is not None:
            await also(uow.session, order, sent)
        await uow.commit()
    return sent


def created(sent: Sent, reference: str | None, content: NotifyContent, base: str) -> NotifyCreated:
    """The answer to whoever had it sent."""
    version = sent.template
    return NotifyCreated(
        id=sent.id,
        reference=reference,
        uri=f"{base}{PATH}/{sent.id}",
        template=template_ref(version.template_id, version.number, base),
        scheduled_for=None,
        content=content,
    )


def sender_known(name: str, given: UUID | None) -> None:
    """There are none of theirs: one that is named is refused; raises NotifyError."""
    if given is not None:
        raise NotifyError(400, "BadRequestError", f"{name} {given} does not exist in database for service")
