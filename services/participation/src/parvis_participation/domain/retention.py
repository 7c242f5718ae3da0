# SPDX-License-Identifier: EUPL-1.2
"""For how long it is kept who chose what (GDPR art. 5(1)(e)): until what was decided cannot be contested any more."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LEAST_DAYS: Final = 62
"""Within two months a decision is contested before the court (code de justice administrative, R. 421-1)."""
MOST_DAYS: Final = 3_650


class Kind(StrEnum):
    """What ties a person to a choice, or to a list of those who may make one."""

    ANSWERS = "answers"
    BUDGET_VOTES = "budget-votes"
    POLL_ROLL = "poll-roll"
    UNUSED_LIST = "unused-list"
    SUPPORTS = "supports"


def retention_ends_at(ended_at: datetime, days: int) -> datetime:
    """The instant after which it is deleted."""
    return ended_at + timedelta(days=days)
