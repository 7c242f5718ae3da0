# SPDX-License-Identifier: EUPL-1.2
"""What a provider of calls does for us, whichever it is, and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from parvis_notifications.domain.voice import CallFate, Speech


class CallRefusal(Enum):
    """Why a provider did not take a call; nobody's telephone rang."""

    NUMBER = auto()
    """There is no such number, or it cannot be called: final with every provider."""
    ELSEWHERE = auto()
    """This provider cannot, for reasons of its own; another may."""
    TROUBLE = auto()
    """The provider is away, overburdened, or does not know us: says nothing of the call."""


class CallRefusedError(Exception):
    """It was not taken; ``reply`` is the provider's code, never its words."""

    def __init__(self, refusal: CallRefusal, reply: str) -> None:
        super().__init__(reply)
        self.refusal = refusal
        self.reply = reply


class CallUnansweredError(Exception):
    """The call went out and no answer came: the provider may have it. The argument is a code for what happened."""


class CallUnreachableError(Exception):
    """The provider could not be asked; the argument is a code for what happened."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a number in E.164; ``keys_url`` is where the pressed key is brought, ``ended_url`` that it is over."""

    to: str
    speech: Speech
    keys_url: str
    ended_url: str


@dataclass(frozen=True, slots=True)
class CallReport:
    """What the provider knows of a call: its name there, its fate, its code, and what it cost, where it says so."""

    reference: str
    fate: CallFate
    status: str
    minutes: int
    cost_millicents: int | None


class VoiceProvider(Protocol):
    """One provider; ``name`` is the town's own word for it."""

    name: str

    async def submit(self, call: Call) -> CallReport:
        """Hand a call over; raises CallRefusedError or CallUnansweredError."""

    async def report(self, reference: str) -> CallReport | None:
        """What became of one; None where the provider has none of that name. Raises CallUnreachableError."""

    async def find(self, to: str, since: datetime) -> list[CallReport]:
        """The calls to that number that it has taken since then, the newest first; raises CallUnreachableError."""

    async def close(self) -> None:
        """Close the connections."""


class VoiceSigning(Protocol):
    """What tells whether a provider has signed what is brought."""

    def signed(self, url: str, fields: Mapping[str, str], signature: str) -> bool:
        """Whether it signed these fields for that address."""
