# SPDX-License-Identifier: EUPL-1.2
"""Addresses with which things go wrong, known by a word in their lines: so one can watch what becomes of a letter."""

from collections.abc import Iterable
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong, by the word that it goes wrong with."""

    RETURNED = "INCONNU"
    """Posted, and brought back by the post."""
    REJECTED = "ILLISIBLE"
    """Taken, and refused once it was looked at."""
    UNANSWERED = "SILENCE"
    """Submitted, and the answer is an error of what stands before."""
    LOST = "PERDU"
    """The same, and the submission never came to pass."""
    AWAY = "PANNE"
    """The service is not available."""
    BAD_ADDRESS = "NULLEPART"
    """The address is refused."""
    TOO_LARGE = "LOURDE"
    """The letter is refused as too large."""
    SLOW = "LENTEUR"
    """Submitted, and the answer comes after a minute."""


SLOW_SECONDS = 60.0


def fault_of(lines: Iterable[str]) -> Fault | None:
    """What goes wrong with that address."""
    words = " ".join(lines).upper().split()
    return next((fault for fault in Fault if fault in words), None)
