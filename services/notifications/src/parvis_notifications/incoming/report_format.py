# SPDX-License-Identifier: EUPL-1.2
"""Delivery status notifications as bytes (RFC 3464)."""

from collections.abc import Iterator
from email.message import Message
from typing import Final

from parvis_notifications.domain.bounce import Report, report
from parvis_notifications.incoming.mail_bounds import parsed

_FINAL: Final = "failed"


def read_report(content: bytes) -> Report | None:
    """What a notification says of the one recipient that each of our mails has; None for any other mail.

    Where a server reports on several addresses (an alias was expanded), a failure goes before all else. Raises
    UnreadableMailError for what is made to be long to read.
    """
    notification = parsed(content)
    if notification.get_content_type() != "multipart/report":
        return None
    reports = list(_of_recipients(notification))
    return next((each for each in reports if each.action == _FINAL), reports[0] if reports else None)


def _of_recipients(notification: Message) -> Iterator[Report]:
    # The original mail may be attached, which may be a notification itself: only the parts right below count.
    for part in _below(notification):
        if part.get_content_type() == "message/delivery-status":
            # First the fields about the mail, then a group for each recipient (section 2.1).
            for group in _below(part)[1:]:
                yield report(str(group.get("Action", "")), str(group.get("Status", "")))


def _below(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []
