# SPDX-License-Identifier: EUPL-1.2
"""Publishing on a social account: what whoever carries a post must be able to do, in whatever protocol."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Post:
    """What is published; ``key`` is the same at each try, ``reply_to`` the server's name of what it answers."""

    key: UUID
    text: str
    language: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """By what the server knows a post, and where people read it."""

    reference: str
    url: str | None


class PostRefusedError(Exception):
    """Nothing was published; ``again`` where it may be later, in ``retry_after`` seconds if the server said so."""

    def __init__(self, reply: str, *, again: bool, retry_after: float | None = None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.again = again
        self.retry_after = retry_after


class ParentGoneError(Exception):
    """Nothing was published: what it answers is no more."""


class PostUnansweredError(Exception):
    """It went out and nobody said whether it was published."""


class PostsUnreachableError(Exception):
    """The server does not say what there is."""


class SocialAccount(Protocol):
    """One account; ``name`` is the town's own word for it."""

    name: str

    async def publish(self, post: Post) -> Published:
        """Raises PostRefusedError, ParentGoneError, PostUnansweredError."""

    async def find(self, text: str, since: datetime, known: Collection[str]) -> Published | None:
        """The post with these words that the account has since then, of those not known; None where it has none.

        Raises PostsUnreachableError.
        """

    async def close(self) -> None:
        """Close the connections."""
