# SPDX-License-Identifier: EUPL-1.2
"""Joining two accounts that are one person's: what must hold, and what an agent sees before they decide."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_identity.domain.agreement import BORN, NAMED, Agreement, Comparison
from parvis_identity.domain.errors import MergeImpossibleError
from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Document


class Reason(StrEnum):
    """Why one person has two accounts."""

    CIVIL_STATUS_CHANGED = "civil-status-changed"
    DUPLICATE = "duplicate"


class State(StrEnum):
    """Where a merge stands."""

    PREPARED = "prepared"
    DONE = "done"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Side:
    """What hangs on one of the accounts; ``links`` and ``sessions`` are counts, ``local`` a password or passkeys."""

    version: int
    links: int
    sessions: int
    local: bool
    staff: bool
    merged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two accounts, ``absorbed`` into ``kept``, as they were when the merge was prepared.

    Nobody carries it out before ``due_at``: until then whoever reads the letters to one of the accounts can object.
    """

    id: UUID
    collectivity: str
    kept: UUID
    absorbed: UUID
    reason: Reason
    document: Document | None
    kept_side: Side
    absorbed_side: Side
    state: State
    version: int
    agent: UUID
    created_at: datetime
    comparison: Comparison
    due_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    objected_at: datetime | None = None


def check(kept: Side, absorbed: Side) -> None:
    """Raises MergeImpossibleError where these two cannot be joined, or the other one must be kept."""
    if kept.merged or absorbed.merged:
        raise MergeImpossibleError("merged-already")
    if kept.staff or absorbed.staff:
        raise MergeImpossibleError("staff")
    if kept.local and absorbed.local:
        raise MergeImpossibleError("two-local-accounts")
    if absorbed.local:
        # Its password, second factor and keys are its own: they cannot be moved without its owner.
        raise MergeImpossibleError("keep-the-other")


def check_identity(comparison: Comparison, reason: Reason, document: Document | None) -> None:
    """Raises MergeImpossibleError where they are not one person's, or where that is not shown well enough.

    A birth does not change. Names and gender do, with a change of civil status. Whatever is not the same in both, an
    agent has read in a document.
    """
    if any(comparison[name] is Agreement.DIFFERENT for name in BORN):
        raise MergeImpossibleError("birth-differs")
    if reason is Reason.DUPLICATE and any(comparison[name] is Agreement.DIFFERENT for name in NAMED):
        raise MergeImpossibleError("names-differ")
    if document is None and any(found is not Agreement.SAME for found in comparison.values()):
        raise MergeImpossibleError("document-needed")


def check_decision(merge: Merge, agent: UUID, now: datetime) -> None:
    """Raises MergeImpossibleError for who prepared it themselves, and before the people were given time to object."""
    if agent == merge.agent:
        raise MergeImpossibleError("own-merge")
    if now < merge.due_at:
        raise MergeImpossibleError("not-due")


def reached_as_either(kept: Person, absorbed: Person) -> Person:
    """The kept account, with the contact points of the absorbed one where it has none; verified ones stay so."""
    points = [name for name in ("email", "phone") if getattr(kept.identity, name) is None]
    taken = {name: getattr(absorbed.identity, name) for name in points}
    verified = {f"{name}_verified_at": getattr(absorbed, f"{name}_verified_at") for name in points}
    reached = replace(kept, identity=replace(kept.identity, **taken), own=kept.own | (absorbed.own & set(points)))
    return replace(reached, **verified)
