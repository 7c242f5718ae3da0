# SPDX-License-Identifier: EUPL-1.2
"""Complaints as bytes: the abuse reporting format (RFC 5965)."""

import re
from email.message import Message
from typing import Final

from parvis_notifications.domain.complaint import Complaint
from parvis_notifications.incoming.mail_bounds import parsed

_MOST: Final = 5
_LONGEST: Final = 1_000
_LINK: Final = re.compile(r"<(https?://[!-;=?-~]{1,900})>")


def read_complaint(content: bytes) -> Complaint | None:
    """What it says; None for any other mail. Raises UnreadableMailError for what is made to be long to read.

    The mail that it is about may be there whole, or its headers alone (section 2); some providers blacken it.
    """
    whole = parsed(content)
    if whole.get_content_type() != "multipart/report":
        return None
    parts = _below(whole)
    about = next((_fields(part) for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if about is None:
        return None
    mails = [found for part in parts if (found := _mail(part)) is not None]
    senders = [str(each) for each in about.get_all("Original-Mail-From", [])]
    senders += [str(each) for mail in mails for each in mail.get_all("Return-Path", [])]
    listed = [str(each)[:_LONGEST] for mail in mails for each in mail.get_all("List-Unsubscribe", [])]
    links = [link for each in listed for link in _LINK.findall(each)]
    addresses = [each.strip().strip("<>")[:_LONGEST] for each in senders]
    return Complaint(
        str(about.get("Feedback-Type", ""))[:40].strip().lower(), tuple(addresses[:_MOST]), tuple(links[:_MOST])
    )


def _fields(part: Message) -> Message:
    inside = _below(part)
    return inside[0] if inside else part


def _mail(part: Message) -> Message | None:
    if part.get_content_type() == "message/rfc822":
        inside = _below(part)
        return inside[0] if inside else None
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        return parsed(headers) if isinstance(headers, bytes) else None
    return None


def _below(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []
