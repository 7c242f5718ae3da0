# SPDX-License-Identifier: EUPL-1.2
"""Where a delivery stands, by whatever channel it goes; and which of that is still open."""

from enum import StrEnum
from typing import Final

# What is kept of one that is being taken back from its provider: only of such a one does it mean anything that the
# provider has none of that name.
WITHDRAWING: Final = "withdrawing"


class SendingState(StrEnum):
    """Where a delivery stands; a refusal for now is not yet a failure.

    A bounced one was accepted, and whoever carried it told later that it does not arrive.
    """

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


class Finality(StrEnum):
    """How far a state can be relied on."""

    OPEN = "open"
    """Something is still to come: an attempt, or a report on the last one."""
    FINAL = "final"
    """Nothing more will be done or told."""
    UNKNOWN = "unknown"
    """It went out and nobody said what became of it: that is being asked, and it is not sent again meanwhile."""


class AttemptOutcome(StrEnum):
    """What a provider answered to one attempt."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    """Refused for now."""
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    """The content went out, and no answer came."""
    NOT_TAKEN = "not-taken"
    """Unanswered at first; the provider told later that it never had it."""


class Fault(StrEnum):
    """Why a delivery failed or came back for good: what whoever sent it may do about it."""

    PERMANENT = "permanent"
    """Nothing arrives at that address, or whoever has it wants nothing: it is of no use to send again."""
    TEMPORARY = "temporary"
    """"Not now", until its time was over: a full mailbox, a telephone that is off. The address may be good."""
    TECHNICAL = "technical"
    """Ours or the provider's trouble, or the content: it says nothing of the address."""


_FINAL: Final = {SendingState.DELIVERED, SendingState.FAILED, SendingState.BOUNCED}


def finality(state: SendingState) -> Finality:
    """Of that state; what was accepted may yet be reported on, and so is open."""
    if state is SendingState.UNKNOWN:
        return Finality.UNKNOWN
    return Finality.FINAL if state in _FINAL else Finality.OPEN
