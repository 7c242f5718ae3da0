# SPDX-License-Identifier: EUPL-1.2
"""A STOP to a text message: who told of it, and how it was taken back (L. 34-5 of the code des postes)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StopWay(StrEnum):
    """Who told of a STOP, or how it was taken back."""

    TEXT = "text"
    PROVIDER = "provider"
    ACCOUNT = "account"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Said:
    """What came from a number, and when; ``words`` are None where a provider tells of it."""

    words: str | None
    at: datetime

    @property
    def way(self) -> StopWay:
        """Who told of it."""
        return StopWay.TEXT if self.words is not None else StopWay.PROVIDER
