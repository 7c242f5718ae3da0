# SPDX-License-Identifier: EUPL-1.2
"""What an SMTP server's answer means for a mail, and when to try again."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

FIRST_RETRY_SECONDS: Final = 60.0
LONGEST_RETRY_SECONDS: Final = 4 * 3_600.0
_PERMANENT: Final = 500


class Stage(Enum):
    """How far a mail had come when the server refused."""

    CONNECTION = auto()
    SENDER = auto()
    RECIPIENT = auto()
    CONTENT = auto()


class Verdict(Enum):
    """What becomes of a mail after a refusal."""

    RETRY = auto()
    """This mail again, later; the others meanwhile."""
    FAILED = auto()
    """Never: the recipient or the content is refused for good."""
    PAUSE = auto()
    """All mails later: the trouble is between the server and us, and says nothing of this mail."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer other than acceptance; ``code`` is the SMTP reply code, 0 where there was no answer."""

    stage: Stage
    code: int

    @property
    def verdict(self) -> Verdict:
        """A 5yz reply is permanent (RFC 5321 section 4.2.1) where it is about the recipient or the content.

        One about the connection, the login or our own sender address is ours to repair: it must not burn the mails
        that wait. 421 says that the whole service is closing.
        """
        if self.stage is Stage.CONNECTION or self.code == 421:  # noqa: PLR2004 - RFC 5321 section 3.8
            return Verdict.PAUSE
        if self.stage is Stage.SENDER:
            return Verdict.PAUSE if self.code >= _PERMANENT else Verdict.RETRY
        return Verdict.FAILED if self.code >= _PERMANENT else Verdict.RETRY


def retry_seconds(attempts: int, chance: float) -> float:
    """Seconds before the next attempt: doubling from a minute to four hours, of which the last half is by chance.

    Args:
        attempts: how many were made, 1 or more.
        chance: 0 to 1, so that mails which failed together do not come back together.
    """
    whole = min(FIRST_RETRY_SECONDS * 2.0 ** min(attempts - 1, 20), LONGEST_RETRY_SECONDS)
    return whole * (0.5 + chance / 2)
