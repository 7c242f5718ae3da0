# SPDX-License-Identifier: EUPL-1.2
"""Writing to one person in a messenger: what whoever carries it must be able to do, in whatever protocol."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol
from uuid import UUID


class ChatRefusal(Enum):
    """Why a message was not taken; nothing of it went out."""

    ADDRESS = auto()
    """There is no such address, or its owner is not to be written to: final with every provider."""
    CONTENT = auto()
    """This text is refused: final."""
    ROOM = auto()
    """There is no such room, or the town is not in it any more: says nothing of the address, nor of other rooms."""
    TROUBLE = auto()
    """The provider is away, overburdened, or does not know us: says nothing of the message."""
    ELSEWHERE = auto()
    """Nobody answers as they should where the address is: says nothing of the provider, nor of others' messages."""


class ChatRefusedError(Exception):
    """It was not taken; ``reply`` is a code, never the provider's words. Again in ``retry_after`` seconds, if told."""

    def __init__(self, refusal: ChatRefusal, reply: str, *, retry_after: float | None = None) -> None:
        super().__init__(reply)
        self.refusal = refusal
        self.reply = reply
        self.retry_after = retry_after


class ChatUnansweredError(Exception):
    """The message went out and no answer came: the provider may have it. The argument is a code for what happened."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One message in a room; ``key`` is the same at each try, ``root`` the provider's name of what it goes under."""

    key: UUID
    room: str
    text: str
    root: str | None = None


class ChatProvider(Protocol):
    """One provider; ``name`` is the town's own word for it."""

    name: str

    def serves(self, collectivity: str) -> bool:
        """Whether it writes for that one."""

    async def open_room(self, key: UUID, to: str, title: str) -> str:
        """The provider's name of the room for that address, which is invited; made once for each ``key``.

        Raises ChatRefusedError: safe to repeat, whatever came of it.
        """

    async def send(self, chat: Chat) -> str:
        """The provider's name of the message, which is there once however often it is sent with one ``key``.

        Raises ChatRefusedError, ChatUnansweredError.
        """

    async def find(self, chat: Chat) -> str | None:
        """The provider's name of a message of that key that is in its room; None where there is none of late.

        Raises ChatRefusedError.
        """

    async def leave(self, key: UUID, room: str | None) -> None:
        """Write and read in the room of that key no more; None where it is not known whether there is one.

        Raises ChatRefusedError: safe to repeat, whatever came of it.
        """

    async def close(self) -> None:
        """Close the connections."""
