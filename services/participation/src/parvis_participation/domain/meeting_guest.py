# SPDX-License-Identifier: EUPL-1.2
"""What bounds registrations without an account: strangers fill no meeting, and nobody's mailbox."""

from datetime import datetime, timedelta
from typing import Final

from parvis_participation.domain.meeting_errors import TooManyGuestsError

MOST_HELD: Final = 50
"""How many of one meeting are to confirm at once at most, and no more than half of its places."""
MOST_SENT: Final = 4
"""So often is somebody written to about one registration, and then once a day: strangers ask, too."""
PAUSE: Final = timedelta(minutes=1)
"""No sooner than that after the time before."""
MOST_MAILS: Final = 8
"""So many such mails go to one mailbox within a day, for all meetings."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


def check_held(places: int | None, held: int) -> None:
    """Raise TooManyGuestsError where no more places may wait to be confirmed."""
    if held >= (MOST_HELD if places is None else min(MOST_HELD, max(1, places // 2))):
        raise TooManyGuestsError


def may_write(to_mailbox: int) -> bool:
    """Whether one mail more goes to a mailbox, to which that many went within a day."""
    return to_mailbox < MOST_MAILS


def may_send(sent: int, sent_at: datetime, now: datetime) -> bool:
    """Whether one mail more goes about a registration, of which that many went before, the last one then."""
    return now >= sent_at + (PAUSE if sent < MOST_SENT else DAY)
