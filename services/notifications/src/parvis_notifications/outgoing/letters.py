# SPDX-License-Identifier: EUPL-1.2
"""What a provider of postal letters does for us, whichever it is, and what it may answer.

A letter is handed over in two steps: it is prepared, which posts nothing, and then submitted by the name that the
provider gave it. That name is kept before it is submitted: what became of a submission without an answer can be asked
exactly, and what was only prepared can be taken back before the letter goes another way.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Protocol
from uuid import UUID

from parvis_notifications.domain.postal_address import PostalAddress
from parvis_notifications.domain.precompiled_letter import Postage
from parvis_notifications.domain.sending import POSTED, RETURNED


class LetterRefusal(Enum):
    """Why a provider did not take a letter; nothing of it is posted."""

    ADDRESS = auto()
    """Nobody delivers to this address: final with every provider."""
    CONTENT = auto()
    """This document is refused: final."""
    ELSEWHERE = auto()
    """This provider cannot, for reasons of its own; another may."""
    TROUBLE = auto()
    """The provider is away, overburdened, or does not know us: says nothing of the letter."""


class LetterRefusedError(Exception):
    """It was not taken; ``reply`` is the provider's code, never its words."""

    def __init__(self, refusal: LetterRefusal, reply: str) -> None:
        super().__init__(reply)
        self.refusal = refusal
        self.reply = reply


class LetterUnansweredError(Exception):
    """It was submitted and no answer came: the provider may have it. The argument is a code for what happened."""


class LetterUnreachableError(Exception):
    """The provider could not be asked; the argument is a code for what happened."""


@dataclass(frozen=True, slots=True)
class PostalLetter:
    """A letter to post: a PDF on A4, the delivery's id as our name for it, the sender's lines with the name first.

    Without a ``postage`` it goes as the provider's settings say. ``collectivity`` is the town that writes.
    """

    id: UUID
    address: PostalAddress
    sender: tuple[str, ...]
    pdf: bytes
    postage: Postage | None = None
    collectivity: str = ""


class LetterFate(StrEnum):
    """What became of a letter that the provider has."""

    PREPARED = "prepared"
    """It was never submitted."""
    ACCEPTED = "accepted"
    """It will be printed and posted."""
    POSTED = POSTED
    """It is in its envelope, and in the hands of the post."""
    RETURNED = RETURNED
    """The post brought it back: nobody was found at the address."""
    REFUSED = "refused"
    """Looked at after it was taken, it cannot be posted."""


@dataclass(frozen=True, slots=True)
class LetterReport:
    """What the provider knows of a letter; pages that are billed, and postage in thousandths of a eurocent, if told."""

    fate: LetterFate
    pages: int | None = None
    postage_millicents: int | None = None


class LetterProvider(Protocol):
    """One provider; ``name`` is the town's own word for it."""

    name: str

    async def prepare(self, letter: PostalLetter) -> str:
        """Lay a letter ready under a name of the provider's; raises LetterRefusedError. Nothing is posted yet."""

    async def submit(self, reference: str) -> None:
        """Have it posted; raises LetterRefusedError or LetterUnansweredError."""

    async def report(self, reference: str) -> LetterReport | None:
        """What became of one; None where the provider has none of that name. Raises LetterUnreachableError."""

    async def withdraw(self, reference: str) -> bool:
        """Take back what was never submitted, for good; False where it was. Raises LetterUnreachableError."""

    async def close(self) -> None:
        """Close the connections."""
