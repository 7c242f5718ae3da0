# SPDX-License-Identifier: EUPL-1.2
"""Proposals: what people ask of their town in public, and others support."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from parvis_participation.domain.errors import (
    NotAllowedError,
    NotVerifiedError,
    ParticipationError,
    ProposalGoneError,
    StaleVersionError,
)
from parvis_participation.domain.poll import VERIFIED


class SupportsClosedError(ParticipationError):
    """Who supported the proposal is forgotten, and the town has not taken it up again."""


class SupportersForgottenError(ParticipationError):
    """Who supported the proposals of a process that is over is forgotten: it cannot go on with them."""


class NotADraftError(ParticipationError):
    """It was published before."""


class ProposalState(StrEnum):
    """Where a proposal stands; only a published one takes supports and comments.

    Of a draft nobody knows but those who write it; what is withdrawn or removed shows no words.
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


def check_author(state: str, authors: Collection[UUID], person: UUID) -> None:
    """Raise NotAllowedError or ProposalGoneError unless this person is one of those who may do that now."""
    if person not in authors:
        raise NotAllowedError
    if state != ProposalState.DRAFT:
        check_published(state)


def check_draft(state: str) -> None:
    """Raise NotADraftError once it is published."""
    if state != ProposalState.DRAFT:
        raise NotADraftError


def check_published(state: str) -> None:
    """Raise ProposalGoneError once it is withdrawn or removed."""
    if state != ProposalState.PUBLISHED:
        raise ProposalGoneError


def check_seen(version: int, seen: int) -> None:
    """Raise StaleVersionError unless the caller saw the version that stands."""
    if version != seen:
        raise StaleVersionError


def check_supporter(acr: str | None) -> None:
    """Raise NotVerifiedError unless a provider has verified who somebody signed in at that level is."""
    if acr not in VERIFIED:
        raise NotVerifiedError
