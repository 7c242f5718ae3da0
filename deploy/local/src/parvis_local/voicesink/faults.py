# SPDX-License-Identifier: EUPL-1.2
"""Numbers with which calls go a way of their own, known by their last four digits: so one can watch what becomes."""

from enum import StrEnum


class Fault(StrEnum):
    """What happens, by the end of the number that it happens with; any other rings until somebody answers here."""

    BUSY = "9911"
    """The line is busy."""
    UNANSWERED = "9912"
    """Taken, and the answer is an error of what stands before."""
    AWAY = "9913"
    """The service is not available."""
    MACHINE = "9914"
    """An answering machine answers."""
    NO_NUMBER = "9915"
    """There is no such number."""
    SLOW = "9916"
    """Taken, and the answer comes after a minute."""
    SAFE = "9917"
    """Somebody answers, and presses 1."""
    HELP = "9918"
    """Somebody answers, and presses 2."""
    LISTENS = "9919"
    """Somebody answers, and presses nothing."""


SLOW_SECONDS = 60.0


def fault_of(number: str) -> Fault | None:
    """What happens with that number."""
    return Fault(number[-4:]) if number[-4:] in set(Fault) else None
