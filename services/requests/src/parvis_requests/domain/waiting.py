# SPDX-License-Identifier: EUPL-1.2
"""The waiting list (*liste d'attente*) of an agenda: how long somebody waits, and how long a freed slot is theirs."""

from datetime import datetime, timedelta
from typing import Final

# The lists on which a person may be at a time.
MAX_WAITS: Final = 5
# How long somebody waits who does not say it, and at most.
USUAL_WAIT: Final = timedelta(days=90)
LONGEST_WAIT: Final = timedelta(days=365)
# An offer ends that long before its slot begins: who takes it can still come, and who is next can still be asked.
BEFORE_START: Final = timedelta(hours=4)
# Nobody is offered what they have no time to answer.
_LEAST_HELD: Final = timedelta(minutes=30)


def offered_until(starts_at: datetime, held: timedelta, now: datetime) -> datetime | None:
    """Until when a slot that is freed now is held for one person; None where it is better left to whoever books it.

    ``held`` is what the agenda says; nothing for an agenda that offers nothing.
    """
    until = min(now + held, starts_at - BEFORE_START)
    return until if held and until - now >= min(held, _LEAST_HELD) else None
