# SPDX-License-Identifier: EUPL-1.2
"""Numbers with which things go wrong, known by their last four digits: so one can watch what becomes of a message."""

from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong, by the end of the number that it goes wrong with."""

    LOST = "9901"
    """Taken, and never delivered."""
    UNANSWERED = "9902"
    """Taken, and the answer is an error of what stands before."""
    AWAY = "9903"
    """The service is not available."""
    STOPPED = "9904"
    """Its owner answered STOP."""
    NO_NUMBER = "9905"
    """There is no such number."""
    SLOW = "9906"
    """Taken, and the answer comes after a minute."""
    ONLY_OVH = "9907"
    """The service is available in OVHcloud's form alone."""


SLOW_SECONDS = 60.0


def fault_of(number: str) -> Fault | None:
    """What goes wrong with that number."""
    return Fault(number[-4:]) if number[-4:] in set(Fault) else None
