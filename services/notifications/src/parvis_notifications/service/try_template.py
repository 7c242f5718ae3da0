# SPDX-License-Identifier: EUPL-1.2
"""An agent has a template sent to themselves: to the address that identity knows as theirs, and to no other."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import decisions, inbox_positions, messages
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.errors import TemplateUnknownError
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.preferences import Decision, Outcome, Reason
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.edit_templates import Writer
from parvis_notifications.service.render_template import Variants, bounded

SOURCE: Final = "/parvis/notifications/template-trials"
_MARK: Final = {"fr": "[Essai] ", "en": "[Trial] "}


def carried(content: Content, channel: Channel, variants: Variants) -> None:
    """Nothing for what that channel takes; raises TemplateUnknownError, FilledTooLongError."""
    if channel not in content.channels:
        raise TemplateUnknownError
    bounded(channel, variants)


async def try_template(
    session: AsyncSession,
    writer: Writer,
    key: PersonKey,
    variants: Variants,
    way: tuple[Channel, str, str],
    now: datetime,
) -> UUID:
    """In the caller's transaction; returns the message, which is in the agent's inbox, too.

    ``way`` is the channel, the language that was had, and the address of the template.

    No address is known here: the delivery is one whose address is in doubt, so that its sender asks identity first.
    """
    channel, language, link = way
    message_id = uuid7()
    await messages.add(
        session,
        id=message_id,
        collectivity=writer.collectivity,
        person=writer.person,
        position=await inbox_positions.advance(session, writer.collectivity, writer.person),
        event_source=SOURCE,
        event_id=message_id,
        template=Template.TEMPLATE_TRIED,
        language=language,
        subject=key.seal("message.subject", _MARK[shipped(language)] + variants.subject),
        body=key.seal("message.body", variants.text),
        html=key.seal("message.html", variants.html),
        sms=key.seal("message.sms", variants.sms),
        voice=key.seal("message.voice", variants.voice),
        link=link,
        created_at=now,
    )
    decisions.add(session, message_id, writer.collectivity, [Decision(channel, Outcome.SENT, Reason.CHOSEN)], now)
    messages.add_delivery(
        session,
        id=uuid7(),
        message_id=message_id,
        channel=channel,
        collectivity=writer.collectivity,
        address=key.seal(SEALED_ADDRESS, ""),
        address_doubts=1,
        due_at=now,
        traceparent=current_traceparent(),
        created_at=now,
    )
    return message_id
