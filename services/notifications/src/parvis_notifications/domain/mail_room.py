# SPDX-License-Identifier: EUPL-1.2
"""Letters that the town's own mail room prints and posts: how far each has come, as the mail room says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

NEVER_POSTED: Final = "never-posted"
"""What is told of a letter that waited for as long as letters are kept."""


class MailRoomState(StrEnum):
    """How far a letter has come."""

    PREPARED = "prepared"
    """It is laid ready, and the mail room does not see it."""
    WAITING = "waiting"
    """It is to be printed and posted."""
    POSTED = "posted"
    RETURNED = "returned"
    """The post brought it back: nobody was found at the address."""
    REFUSED = "refused"
    """It cannot be printed or posted."""


FOLLOWS: Final[Mapping[MailRoomState, MailRoomState]] = MappingProxyType(
    {
        MailRoomState.POSTED: MailRoomState.WAITING,
        MailRoomState.REFUSED: MailRoomState.WAITING,
        MailRoomState.RETURNED: MailRoomState.POSTED,
    }
)
"""After what state the mail room may say so."""


class NotItsTurnError(Exception):
    """What is said does not follow on what was said before."""


class NotYetError(Exception):
    """It is said to have happened on a day to come."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the mail room says of a letter; ``postage_millicents`` are thousandths of a eurocent, where it knows."""

    outcome: MailRoomState
    happened_on: date
    pages: int | None
    postage_millicents: int | None


def check_follows(before: MailRoomState, said: Acknowledgement, today: date) -> bool:
    """Whether it is new; False where it was said before. Raises NotItsTurnError, NotYetError."""
    if said.happened_on > today:
        raise NotYetError
    if before is said.outcome:
        return False
    if FOLLOWS[said.outcome] is not before:
        raise NotItsTurnError
    return True
