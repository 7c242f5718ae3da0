# SPDX-License-Identifier: EUPL-1.2
"""Joining two accounts that are one person's: what must hold, and what an agent sees before they decide."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

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
    """Two accounts, ``absorbed`` into ``kept``, as they were when the merge was prepared."""

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
    decided_by: UUID | None = None
    decided_at: datetime | None = None


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


def reached_as_either(kept: Person, absorbed: Person) -> Person:
    """The kept account, with the contact points of the absorbed one where it has none; verified ones stay so."""
    points = [name for name in ("email", "phone") if getattr(kept.identity, name) is None]
    taken = {name: getattr(absorbed.identity, name) for name in points}
    verified = {f"{name}_verified_at": getattr(absorbed, f"{name}_verified_at") for name in points}
    reached = replace(kept, identity=replace(kept.identity, **taken), own=kept.own | (absorbed.own & set(points)))
    return replace(reached, **verified)
