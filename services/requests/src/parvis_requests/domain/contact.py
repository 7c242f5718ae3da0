# SPDX-License-Identifier: EUPL-1.2
"""Contacts to qualify: what came in and belongs to no conversation, until an agent has found where it belongs."""

from enum import StrEnum


class ContactState(StrEnum):
    """What became of a contact."""

    OPEN = "open"
    LINKED = "linked"
    """Its words are in the conversation of a request."""
    DISCARDED = "discarded"


class ContactReason(StrEnum):
    """Why it is a contact and no message in a conversation; those that notifications finds, and those found here."""

    DIRECT = "direct"
    OTHER_SENDER = "other-sender"
    NOT_AUTHENTICATED = "not-authenticated"
    EXPIRED = "expired"
    SPAM = "spam"
    REQUEST_UNKNOWN = "request-unknown"
    """The request is no more, or was never of this collectivity."""
    REQUEST_ENDED = "request-ended"
    """The request has come to its end: somebody decides whether it begins anew."""
    OTHER_AUTHOR = "other-author"
    """The request is no longer that of the person who was written to."""
    OTHER = "other"
    """Notifications names a reason that is not known here."""


class ContactOutcome(StrEnum):
    """Why an agent discarded it."""

    SPAM = "spam"
    DUPLICATE = "duplicate"
    ANSWERED_OTHERWISE = "answered-otherwise"
    NOT_FOR_US = "not-for-us"


class ContactSettledError(Exception):
    """An agent has qualified it already."""


def reason_of(code: str) -> ContactReason:
    """The reason of that code."""
    return ContactReason(code) if code in set(ContactReason) else ContactReason.OTHER
