# SPDX-License-Identifier: EUPL-1.2
"""A team: who is in it, who is there, and who stands in for whoever is not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.errors import Fault, Path

# What the work queue calls the teams of whoever asks.
MINE: Final = "mine"


class Alert(StrEnum):
    """What the agents of a request are alerted to."""

    SUPPLEMENTED = "supplemented"
    DUE_SOON = "due-soon"
    DOCUMENTS_MISSED = "documents-missed"
    MERGED = "merged"
    PARTED = "parted"
    APPEALED = "appealed"
    APPEAL_DUE_SOON = "appeal-due-soon"
    APPEAL_DECIDED = "appeal-decided"
    AUTHOR_ERASED = "author-erased"


@dataclass(frozen=True, slots=True)
class Absence:
    """From ``starts_at`` until before ``ends_at`` a member takes no work; their ``deputy``, if any, does."""

    starts_at: datetime
    ends_at: datetime
    deputy: UUID | None = None

    def holds(self, at: datetime) -> bool:
        """True at an instant within it."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Member:
    """An agent who is in a team."""

    agent: UUID
    absences: tuple[Absence, ...] = ()

    def absence(self, at: datetime) -> Absence | None:
        """The absence that holds then; None for who is there."""
        return next((absence for absence in self.absences if absence.holds(at)), None)


@dataclass(frozen=True, slots=True)
class Team:
    """The members of a team."""

    code: str
    members: tuple[Member, ...]

    def member(self, agent: UUID) -> Member | None:
        """That agent, where they are in it."""
        return next((member for member in self.members if member.agent == agent), None)

    def deputy(self, absence: Absence, at: datetime) -> UUID | None:
        """Who stands in during that absence, where they are there themselves."""
        member = self.member(absence.deputy) if absence.deputy else None
        return member.agent if member and member.absence(at) is None else None


def member_faults(members: Sequence[Member]) -> Iterator[Fault]:
    """What is wrong with the members of a team, each where it stands."""
    agents = [member.agent for member in members]
    for place, member in enumerate(members):
        where: Path = ("members", place)
        if member.agent in agents[:place]:
            yield Fault((*where, "agent"), "repeated-member")
        for index, absence in enumerate(member.absences):
            yield from _absence_faults(absence, member, agents, (*where, "absences", index))
            if any(_overlap(absence, other) for other in member.absences[:index]):
                yield Fault((*where, "absences", index, "starts_at"), "absences-overlap")


def _absence_faults(absence: Absence, member: Member, agents: Sequence[UUID], where: Path) -> Iterator[Fault]:
    if absence.ends_at <= absence.starts_at:
        yield Fault((*where, "ends_at"), "ends-before-start")
    if absence.deputy is not None and (absence.deputy == member.agent or absence.deputy not in agents):
        yield Fault((*where, "deputy"), "deputy-not-a-member")


def _overlap(one: Absence, other: Absence) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
