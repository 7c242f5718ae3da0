# SPDX-License-Identifier: EUPL-1.2
"""Petitions: what people ask of their town with the signatures of others, and by when the town answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from parvis_participation.domain.errors import (
    BadPeriodError,
    NotAllowedError,
    NotVerifiedError,
    ParticipationError,
    PetitionStateError,
    ReasonsError,
    ThresholdsError,
)
from parvis_participation.domain.poll import VERIFIED


class AlreadySignedError(ParticipationError):
    """This person has signed by another account of theirs."""


class PetitionState(StrEnum):
    """Where a petition stands. Its words are public once it is admitted, and change no more from then on."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class PetitionSort(StrEnum):
    """In which order petitions come; a minus is downwards."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    MOST_SIGNED = "-signatures"
    FIRST_TO_END = "closes_at"
    LAST_TO_END = "-closes_at"


class Admission(StrEnum):
    """What an agent decides of a petition before anybody signs it."""

    ADMITTED = "admitted"
    REFUSED = "refused"


PUBLIC: Final = (PetitionState.OPEN, PetitionState.CLOSED, PetitionState.WITHDRAWN, PetitionState.REMOVED)
"""The states in which everybody reads of a petition; what is withdrawn or removed shows no words."""


def check_admission(
    outcome: Admission,
    reasons: Mapping[str, str] | None,
    thresholds: Sequence[Mapping[str, Any]],
    closes_at: datetime | None,
    now: datetime,
) -> None:
    """Raise ReasonsError, ThresholdsError or BadPeriodError.

    A refusal has its reasons and nothing else; an admitted petition has thresholds that grow, and a close to come.
    """
    if outcome is Admission.REFUSED:
        if not reasons:
            raise ReasonsError
        if thresholds or closes_at is not None:
            raise ThresholdsError
        return
    numbers = [each["signatures"] for each in thresholds]
    if not numbers or numbers != sorted(set(numbers)):
        raise ThresholdsError
    if closes_at is None or closes_at <= now:
        raise BadPeriodError


def check_state(state: str, *wanted: PetitionState) -> None:
    """Raise PetitionStateError unless it is one of those."""
    if state not in wanted:
        raise PetitionStateError


def check_author(author: UUID, person: UUID) -> None:
    """Raise NotAllowedError for anybody else."""
    if person != author:
        raise NotAllowedError


def check_level(acr: str | None, *, verified: bool) -> None:
    """Raise NotVerifiedError where the petition wants verified people and this sign-in is none's."""
    if verified and acr not in VERIFIED:
        raise NotVerifiedError


def newly_reached(
    thresholds: Sequence[Mapping[str, Any]], reached: int, signatures: int
) -> Sequence[Mapping[str, Any]]:
    """The thresholds beyond the first ``reached`` that so many signatures reach."""
    return [each for each in thresholds[reached:] if each["signatures"] <= signatures]
