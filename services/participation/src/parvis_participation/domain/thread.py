# SPDX-License-Identifier: EUPL-1.2
"""Discussions: each thing that can be discussed has one thread of comments and of answers to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_participation.domain.errors import ThreadDepthError

DEEPEST: Final = 4
"""How many comments stand above the last one that can be written: a thread is read on the screen of a telephone."""


class ThreadKind(StrEnum):
    """What is discussed."""

    PROJECT = "project"
    CONSULTATION = "consultation"
    PROPOSAL = "proposal"


class CommentState(StrEnum):
    """Where a comment stands; only a published one has words."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is discussed."""

    kind: ThreadKind
    id: UUID


def below(depth: int) -> int:
    """How deep an answer to a comment at that depth stands; raises ThreadDepthError."""
    if depth >= DEEPEST:
        raise ThreadDepthError
    return depth + 1
