# SPDX-License-Identifier: EUPL-1.2
"""What somebody answered to a text message, as OVHcloud's list of what came in shows it (``sms.Incoming``)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from parvis_notifications.domain.inbound import InboundText

_LONGEST_TEXT: Final = 2_000
_LONGEST_SENDER: Final = 20


class MalformedAnswerError(Exception):
    """It says nothing that could be kept."""


def read_answer(found: Mapping[str, Any]) -> InboundText:
    """A text message, and when it came; raises MalformedAnswerError."""
    sender, words = str(found.get("sender") or "").replace("\0", ""), str(found.get("message") or "").replace("\0", "")
    try:
        came_at = datetime.fromisoformat(str(found["creationDatetime"]))
    except (KeyError, ValueError) as error:
        raise MalformedAnswerError from error
    if not sender or len(sender) > _LONGEST_SENDER or not words or came_at.tzinfo is None:
        raise MalformedAnswerError
    return InboundText(sender, words[:_LONGEST_TEXT], came_at=came_at)
