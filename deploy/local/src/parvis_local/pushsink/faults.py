# SPDX-License-Identifier: EUPL-1.2
"""Browsers with whose messages something goes wrong: so one can watch what becomes of them."""

from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with the messages of a browser."""

    GONE = "gone"
    """It has unsubscribed, and its address is no more."""
    THROTTLED = "throttled"
    """Too many messages: later."""
    AWAY = "away"
    """The service is not available."""
    UNANSWERED = "unanswered"
    """Taken, and the connection breaks before the answer."""
    REFUSED = "refused"
    """The service does not take the message."""


RETRY_SECONDS = 2
