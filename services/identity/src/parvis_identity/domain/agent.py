# SPDX-License-Identifier: EUPL-1.2
"""Agents of a collectivity: invited, at work, suspended, or gone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_identity.domain.roles import Role


class Status(StrEnum):
    """Where an agent is in their life here; an invited one has not signed in yet."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Transition(StrEnum):
    """What an administrator can do with an agent; whoever ended can only be invited again."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    END = "end"


_SOURCES = {
    Transition.SUSPEND: {Status.INVITED, Status.ACTIVE},
    Transition.RESTORE: {Status.SUSPENDED},
    Transition.END: {Status.INVITED, Status.ACTIVE, Status.SUSPENDED},
}


class UnknownAgentError(Exception):
    """The collectivity has no such agent."""


class KnownAgentError(Exception):
    """That address is an agent's already."""


class StaleAgentError(Exception):
    """Somebody changed the agent since they were read."""


class AgentTransitionError(Exception):
    """An agent of that status cannot be taken there."""


class LastAdministratorError(Exception):
    """Nobody else could administer the collectivity any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an agent is called at work, as an administrator or a directory says; sealed with a key of their own.

    ``user_name`` and ``external_id`` are the directory's (RFC 7643 sections 3.1 and 4.1).
    """

    email: str
    given_name: str | None = None
    family_name: str | None = None
    user_name: str | None = None
    external_id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What an agent is here for; teams and territories are codes of the collectivity's own."""

    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()

    @property
    def administers(self) -> bool:
        """True for an administrator."""
        return Role.ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent; ``person`` is the account with which they signed in, ``profile`` None where nobody said."""

    id: UUID
    collectivity: str
    person: UUID | None
    duties: Duties
    profile: Profile | None
    version: int
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None
    ended_at: datetime | None

    @property
    def status(self) -> Status:
        """Where they are in their life here."""
        if self.ended_at:
            return Status.ENDED
        if self.suspended_at:
            return Status.SUSPENDED
        return Status.ACTIVE if self.person else Status.INVITED

    def check(self, transition: Transition) -> None:
        """Raises AgentTransitionError where this cannot be done with them now."""
        if self.status not in _SOURCES[transition]:
            raise AgentTransitionError(f"{transition} from {self.status}")

    def check_version(self, seen: int | None) -> None:
        """Raises StaleAgentError unless it is the version that the caller saw, where they say."""
        if seen not in {None, self.version}:
            raise StaleAgentError
