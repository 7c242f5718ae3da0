# SPDX-License-Identifier: EUPL-1.2
"""Why a letter is not settled as somebody wanted."""

from collections.abc import Sequence
from dataclasses import dataclass


class NoLetterError(Exception):
    """There is none of that id, or none of that collectivity."""


class LetterSettledError(Exception):
    """It was sent again or discarded before."""


class NotMendableError(Exception):
    """It would be no event of Parvis again, whatever its data; the text says why and shows no content."""


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
