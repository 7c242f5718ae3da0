# SPDX-License-Identifier: EUPL-1.2
"""A standing assembly, such as a conseil de quartier: mandates with dates, sessions with a quorum, minutes."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from parvis_participation.domain.assembly_errors import (
    AbsentNamedError,
    AssemblyStateError,
    MandateError,
    UnknownCollegeError,
)
from parvis_participation.domain.errors import TransitionError

MOST_MEMBERS: Final = 500
"""In one assembly at a time: all are convened in one transaction."""


LONGEST_MANDATE: Final = timedelta(days=12 * 366)
"""Twice the six years of a municipal council (article L227 of the code électoral)."""


class Role(StrEnum):
    """What a member does in an assembly."""

    CHAIR = "chair"
    DEPUTY_CHAIR = "deputy-chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class Origin(StrEnum):
    """How somebody came to be a member."""

    APPOINTED = "appointed"
    ELECTED = "elected"
    DRAWN = "drawn"


class EndReason(StrEnum):
    """Why a mandate ends before its time."""

    RESIGNATION = "resignation"
    MOVED = "moved"
    REMOVAL = "removal"
    DEATH = "death"
    OTHER = "other"


class Presence(StrEnum):
    """Whether a member came to a session."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class SessionState(StrEnum):
    """Where a session is."""

    DRAFT = "draft"
    CONVENED = "convened"
    CANCELLED = "cancelled"


class SessionAction(StrEnum):
    """What an agent does with a session."""

    CONVENE = "convene"
    CANCEL = "cancel"


class MinutesState(StrEnum):
    """Where a version of minutes is."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


class MinutesAction(StrEnum):
    """What an agent does with a version of minutes."""

    APPROVE = "approve"
    PUBLISH = "publish"


def check_mandate(begins_on: date, ends_on: date) -> None:
    """Raise MandateError where it ends before it begins, or lasts longer than twelve years."""
    if not begins_on <= ends_on <= begins_on + min(LONGEST_MANDATE, date.max - begins_on):
        raise MandateError


def check_college(colleges: Iterable[str], college: str | None) -> None:
    """Raise UnknownCollegeError unless the assembly has it; one without colleges has members of none."""
    known = set(colleges)
    if (college is None and known) or (college is not None and college not in known):
        raise UnknownCollegeError


def quorum_needed(members: int, percent: int) -> int:
    """How many of so many members have to be present; ``percent`` is 0 (no quorum) to 100."""
    return -(-members * percent // 100)


def next_state(state: SessionState, action: SessionAction, *, begins_at: datetime, now: datetime) -> SessionState:
    """Where a session comes by that action; raises TransitionError.

    A session is convened before it begins, and cancelled before it begins; afterwards it has taken place.
    """
    if action is SessionAction.CONVENE and state is SessionState.DRAFT and begins_at > now:
        return SessionState.CONVENED
    if action is SessionAction.CANCEL and state is SessionState.CONVENED and begins_at > now:
        return SessionState.CANCELLED
    raise TransitionError("convene a draft before it begins, cancel what is convened before it begins")


def check_held(state: SessionState, begins_at: datetime, now: datetime) -> None:
    """Raise AssemblyStateError unless the session has begun: only then is there something to minute."""
    if state is not SessionState.CONVENED or begins_at > now:
        raise AssemblyStateError


def next_minutes(state: MinutesState, action: MinutesAction) -> MinutesState:
    """A draft is approved, what is approved is published; raises TransitionError."""
    match state, action:
        case MinutesState.DRAFT, MinutesAction.APPROVE:
            return MinutesState.APPROVED
        case MinutesState.APPROVED, MinutesAction.PUBLISH:
            return MinutesState.PUBLISHED
    raise TransitionError("approve a draft, publish what is approved")


def check_absent(text: str, absent: Iterable[str]) -> None:
    """Raise AbsentNamedError where the text has the name of somebody who was not there.

    Names are looked for as whole words, without regard to accents, case, hyphens and spaces.
    """
    words = f" {_plain(text)} "
    if any((name := _plain(each)) and f" {name} " in words for each in absent):
        raise AbsentNamedError


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
