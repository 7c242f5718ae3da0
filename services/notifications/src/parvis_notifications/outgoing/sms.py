# SPDX-License-Identifier: EUPL-1.2
"""What a provider of text messages does for us, whichever it is, and what it may answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol


class SmsRefusal(Enum):
    """Why a provider did not take a message; nothing of it went out."""

    NUMBER = auto()
    """There is no such number, or no messages can be sent to it: final with every provider."""
    STOPPED = auto()
    """Whoever has the number has told this sender to stop."""
    CONTENT = auto()
    """This text is refused: final."""
    ELSEWHERE = auto()
    """This provider cannot, for reasons of its own; another may."""
    TROUBLE = auto()
    """The provider is away, overburdened, or does not know us: says nothing of the message."""


class SmsRefusedError(Exception):
    """It was not taken; ``reply`` is the provider's code, never its words.

    ``surely`` is false where the code for a number that is none is given for other reasons as well.
    """

    def __init__(self, refusal: SmsRefusal, reply: str, *, surely: bool = True) -> None:
        super().__init__(reply)
        self.refusal = refusal
        self.reply = reply
        self.surely = surely


class SmsUnansweredError(Exception):
    """The message went out and no answer came: the provider may have it. The argument is a code for what happened."""


class SmsUnreachableError(Exception):
    """The provider could not be asked; the argument is a code for what happened."""


@dataclass(frozen=True, slots=True)
class Sms:
    """A message to a number in E.164, of a town: by its short name."""

    to: str
    text: str
    collectivity: str = ""


class SmsFate(Enum):
    """What became of a message that the provider has."""

    UNDER_WAY = auto()
    DELIVERED = auto()
    EXPIRED = auto()
    """It waited for a telephone that was off or out of reach, until its time was over."""
    REJECTED = auto()
    """The operator let it fall, for reasons that say nothing of the number."""
    LOST = auto()
    """It does not arrive, nor would another: no such number, none that takes messages."""


@dataclass(frozen=True, slots=True)
class SmsReport:
    """What the provider knows of a message: its name there, its fate, its code and what it cost, where it says so."""

    reference: str
    fate: SmsFate
    status: str
    segments: int | None
    cost_millicents: int | None


class SmsProvider(Protocol):
    """One provider; ``name`` is the town's own word for it."""

    name: str

    async def submit(self, sms: Sms) -> SmsReport:
        """Hand a message over; raises SmsRefusedError or SmsUnansweredError."""

    async def report(self, reference: str) -> SmsReport | None:
        """What became of one; None where the provider has none of that name. Raises SmsUnreachableError."""

    async def find(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        """The message that was taken since then without an answer, other than the known ones.

        Raises SmsUnreachableError.
        """

    async def close(self) -> None:
        """Close the connections."""
