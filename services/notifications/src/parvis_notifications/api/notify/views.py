# SPDX-License-Identifier: EUPL-1.2
"""Messages as clients of GOV.UK Notify see them."""

import re
from typing import Any, Final
from uuid import UUID

from parvis_notifications.api.notify.protocol import instant
from parvis_notifications.api.notify.schemas import NotifyNotification, NotifyTemplateRef
from parvis_notifications.domain.sending import LetterStatus, SentStatus, letter_status
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.read_sent import SentView

# What stands for the template of a letter that came as a PDF, where clients expect one: no template has it.
NO_TEMPLATE: Final = UUID(int=0)
_WORDLESS_SUBJECT: Final = "Pre-compiled PDF"
PATH: Final = "/v2/notifications"
_LINES: Final = 6
_FRENCH_TOWN: Final = re.compile(r"(\d{5}) ")


def template_ref(template_id: UUID, number: int, base: str) -> NotifyTemplateRef:
    """A version of a template, and where it is read."""
    return NotifyTemplateRef(id=template_id, version=number, uri=f"{base}/v2/template/{template_id}/version/{number}")


def notification(sent: SentView, base: str) -> NotifyNotification:
    """A message, and where it stands."""
    return NotifyNotification(
        id=sent.id,
        reference=sent.reference,
        email_address=sent.to if sent.channel is Channel.EMAIL else None,
        phone_number=sent.to if sent.channel is Channel.SMS else None,
        type=sent.channel,
        status=_status(sent),
        template=template_ref(sent.template_id or NO_TEMPLATE, sent.template_version or 1, base),
        body=sent.body,
        subject=_subject(sent),
        postage=sent.postage,
        created_at=instant(sent.created_at) or "",
        sent_at=instant(sent.sent_at),
        completed_at=instant(sent.completed_at),
        scheduled_for=instant(sent.scheduled_at),
        **(_address(sent.to) if sent.channel is Channel.LETTER else {}),
    )


def _subject(sent: SentView) -> str | None:
    if sent.template_id is None:
        return _WORDLESS_SUBJECT
    return None if sent.channel is Channel.SMS else sent.subject


def _status(sent: SentView) -> SentStatus | LetterStatus:
    return letter_status(sent.status, sent.report_status) if sent.channel is Channel.LETTER else sent.status


def _address(to: str) -> dict[str, Any]:
    lines = to.split("\n")
    town = _FRENCH_TOWN.match(lines[-1])
    told = {f"line_{number}": line for number, line in enumerate(lines[:_LINES], 1)}
    return told | {"postcode": town[1] if town else None}
