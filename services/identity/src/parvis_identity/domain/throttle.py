# SPDX-License-Identifier: EUPL-1.2
"""How long somebody who guesses must wait: growing delays instead of locks, which anybody could turn on a victim."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Door(StrEnum):
    """What a network may try so often: what it spends at one of them is not missed at another."""

    PASSWORD = "password"  # noqa: S105 - no password
    LETTER = "letter"
    PASSKEY = "passkey"
    DEVICE_CODE = "device-code"


@dataclass(frozen=True, slots=True)
class Pace:
    """``free`` attempts without a wait, then 1 s, 2 s, 4 s and so on up to ``longest``.

    One attempt is forgotten after each ``forgets``.
    """

    free: int
    longest: timedelta
    forgets: timedelta

    def wait_after(self, attempts: int) -> timedelta:
        """The wait after that many attempts without a success, 1 or more."""
        over = attempts - self.free
        if over <= 0:
            return timedelta(0)
        return min(timedelta(seconds=2.0 ** min(over - 1, 30)), self.longest)


BY_SOURCE: Final = Pace(free=20, longest=timedelta(minutes=15), forgets=timedelta(minutes=1))
"""One network: many people may share it (a library, a school), so it is patient, and forgets soon."""

BY_ACCOUNT: Final = Pace(free=5, longest=timedelta(minutes=5), forgets=timedelta(minutes=15))
"""One account from devices that have never signed in to it."""

BY_DEVICE: Final = Pace(free=10, longest=timedelta(minutes=5), forgets=timedelta(minutes=15))
"""One account from a device that has signed in to it: its owner does not wait because a stranger guesses."""

BY_CODE: Final = Pace(free=30, longest=timedelta(hours=6), forgets=timedelta(hours=6))
"""Codes of six digits for one account, from all devices that have never shown a second factor of it.

Three of 10^6 codes are right at a time (:mod:`parvis_identity.domain.totp`): so is a guess in 3 of 10^6 cases. Whoever
has the password guesses at most 50 times on the first day and 5 times on each day after it, wherever from: one chance
in 6,600, then one in 66,000 a day. (NIST SP 800-63B section 3.2.2 allows 100 in a row.) Codes on paper have 60 random
bits, and passkeys are not guessed at all: neither waits for anybody.
"""

BY_CODE_AND_SOURCE: Final = Pace(free=5, longest=timedelta(hours=12), forgets=timedelta(hours=12))
"""The same from one network, so that nobody spends alone what all strangers have together."""

BY_CODE_AND_DEVICE: Final = Pace(free=10, longest=timedelta(hours=1), forgets=timedelta(hours=1))
"""The same from one device that has shown a second factor of the account: 50 a day at most, and no stranger's."""

BY_RECIPIENT: Final = Pace(free=3, longest=timedelta(hours=1), forgets=timedelta(hours=2))
"""Letters to one address about one thing, whoever asks for them. No wait outlasts the link of the letter before it
(an hour unless a setting says otherwise): who is flooded has one that works."""

BY_TEXT_SOURCE: Final = Pace(free=30, longest=timedelta(minutes=15), forgets=timedelta(minutes=2))
"""Text messages that one network asks for, whichever accounts and numbers it names: each costs the town."""


def by_all(per_hour: int) -> Pace:
    """What all people together may have sent in an hour: a bound on what accounts without number cost."""
    return Pace(free=per_hour, longest=timedelta(minutes=1), forgets=timedelta(hours=1) / per_hour)
