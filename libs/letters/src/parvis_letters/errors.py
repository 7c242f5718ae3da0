# SPDX-License-Identifier: EUPL-1.2
"""Why a letter is not settled as somebody wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NoLetterError(Exception):
    """There is none of that id, or none of that collectivity."""


class LetterSettledError(Exception):
    """It was sent again or discarded before."""


class Unmendable(StrEnum):
    """Why other data help nothing."""

    NO_EVENT = "no event of Parvis"
    NO_TYPE = "no such event type"
    ACROSS_COLLECTIVITIES = "its effect is not one collectivity's: an operator mends it"


class NotMendableError(Exception):
    """It would be no event of Parvis again, or nobody of a collectivity may say what it is; shows no content."""

    def __init__(self, why: Unmendable, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why.value)
        self.why = why


ATTRIBUTE: Final = "attribute"
"""In the place of a keyword: it is not what the attributes of the event say."""


@dataclass(frozen=True, slots=True)
class DataFault:
    """What is wrong with one member of mended data: where, which keyword of the schema it offends, and words."""

    path: Sequence[str | int]
    keyword: str
    message: str


class DataError(Exception):
    """Mended data are not those of the event's type, or of this event."""

    def __init__(self, faults: Sequence[DataFault]) -> None:
        super().__init__("; ".join(f"/{'/'.join(map(str, fault.path))}: {fault.message}" for fault in faults))
        self.faults = faults
