# SPDX-License-Identifier: EUPL-1.2
"""A participatory process: what a town does with its people in phases, each with what may be done in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from parvis_participation.domain.errors import PhasesError, ProcessPhaseError, RepeatedOptionError


class PartKind(StrEnum):
    """What belongs to a process; its phases hold for what people do by the acts that they name."""

    CONSULTATION = "consultation"
    SURVEY = "survey"
    PETITION = "petition"
    POLL = "poll"
    BUDGET = "budget"
    PROPOSAL = "proposal"
    ASSEMBLY = "assembly"
    CONVERSATION = "conversation"


class Act(StrEnum):
    """What people do with the parts of a process, and with proposals that they make within it."""

    ANSWER_CONSULTATION = "answer-consultation"
    ANSWER_SURVEY = "answer-survey"
    SIGN_PETITION = "sign-petition"
    COMMENT = "comment"
    SUBMIT_PROPOSAL = "submit-proposal"
    SUPPORT_PROPOSAL = "support-proposal"
    AMEND_PROPOSAL = "amend-proposal"
    GIVE_OPINION = "give-opinion"


@dataclass(frozen=True, slots=True)
class Phase:
    """From when on people may do what; it ends as the next begins, the last with the process."""

    code: str
    begins_at: datetime
    acts: frozenset[Act]


def phases_of(given: Sequence[Mapping[str, Any]]) -> tuple[Phase, ...]:
    """The phases as they are stored."""
    return tuple(
        Phase(each["code"], datetime.fromisoformat(each["begins_at"]), frozenset(map(Act, each["acts"])))
        for each in given
    )


def untold(phases: Sequence[Phase], told: Collection[str]) -> tuple[Phase, ...]:
    """Those that have not been told; one that was stays told wherever it is moved, and whatever is put before it."""
    return tuple(phase for phase in phases if phase.code not in told)


def check_phases(phases: Sequence[Phase], ends_at: datetime) -> None:
    """Raise PhasesError unless each begins after the one before, and the process ends after the last has begun.

    Raises RepeatedOptionError where two have one code.
    """
    times = [*(phase.begins_at for phase in phases), ends_at]
    if times != sorted(set(times)):
        raise PhasesError
    if len({phase.code for phase in phases}) != len(phases):
        raise RepeatedOptionError


def present(phases: Sequence[Phase], ends_at: datetime, now: datetime) -> Phase | None:
    """The phase at that instant; None before the first, and once the process has ended."""
    begun = [phase for phase in phases if phase.begins_at <= now]
    return begun[-1] if begun and now < ends_at else None


def check_act(phases: Sequence[Phase], ends_at: datetime, act: Act, now: datetime) -> None:
    """Raise ProcessPhaseError unless the phase at that instant allows it."""
    phase = present(phases, ends_at, now)
    if phase is None or act not in phase.acts:
        raise ProcessPhaseError
