# SPDX-License-Identifier: EUPL-1.2
"""Addresses of a messenger, the codes that show whose one is, and what a message says there."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.errors import ChatAddressError

# https://spec.matrix.org/v1.15/appendices/#user-identifiers: also the localparts of before, which servers still have.
_USER_ID: Final = re.compile(
    r"@[!-9;-~]+:([0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?"
)
_LONGEST: Final = 255
CODE_LIFE: Final = timedelta(minutes=30)
"""An invitation may have to be found and accepted before a code can be read."""
CODE_TRIES: Final = 5
CODES_A_DAY: Final = 5
"""Codes that one account may ask for in a day."""
CODES_TO_ONE: Final = 20
"""Codes that one address may be sent in a day: more than an account asks for, or anybody kept its owner from theirs."""

_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=1)


class ChatState(StrEnum):
    """Where an address stands: nobody has shown yet that it is theirs, it is used, or its owner is not there."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    LEFT = "left"
    """They left the room, or refused the invitation: nothing goes there any more."""


def chat_address(given: str) -> str:
    """A Matrix user id as it is written, whose letters differ by case; raises ChatAddressError."""
    address = given.strip()
    if len(address.encode()) > _LONGEST or not _USER_ID.fullmatch(address):
        raise ChatAddressError
    return address


def invited_again_after(attempts: int) -> timedelta:
    """How long to wait after that many attempts, where the address's own homeserver is not reached."""
    return min(_FIRST_PAUSE * float(1 << min(max(attempts - 1, 0), 10)), _LONGEST_PAUSE)


def chat_text(subject: str, link: str) -> str:
    """What has happened, and where the rest is: never the body, because the servers between can read a room."""
    return f"{subject}\n{link}" if link else subject
