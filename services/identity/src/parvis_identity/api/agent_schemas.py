# SPDX-License-Identifier: EUPL-1.2
"""Agents as their administrators see and describe them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_identity.domain.agent import Agent, Duties, Profile, Status, Transition
from parvis_identity.domain.roles import Role
from parvis_kit.web.types import PlainText

Code = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]{0,63}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]
Name = Annotated[PlainText, Field(min_length=1, max_length=100)]
_ROLES = Field(min_length=1, max_length=6, description="What opens which API: see `listRoles`.")
_CODES = Field(max_length=50)


class AgentDuties(BaseModel):
    """What an agent is here for."""

    model_config = ConfigDict(extra="forbid")

    roles: Annotated[list[Role], _ROLES]
    teams: Annotated[list[Code], _CODES] = []
    territories: Annotated[list[Code], _CODES] = []

    def duties(self) -> Duties:
        """The same, each code once."""
        return Duties(
            roles=tuple(dict.fromkeys(role.value for role in self.roles)),
            teams=tuple(dict.fromkeys(self.teams)),
            territories=tuple(dict.fromkeys(self.territories)),
        )


class NewAgent(AgentDuties):
    """Somebody who is to sign in as an agent."""

    email: Email = Field(description="The professional address that ProConnect will vouch for.")
    given_name: Name | None = None
    family_name: Name | None = None

    def profile(self) -> Profile:
        """What they are called."""
        return Profile(email=self.email, given_name=self.given_name, family_name=self.family_name)


class AgentTransition(BaseModel):
    """What is done with an agent."""

    model_config = ConfigDict(extra="forbid")

    action: Transition = Field(description="`suspend` and `end` also end their sessions, at once.")


class AgentView(BaseModel):
    """An agent of the collectivity."""

    id: UUID
    status: Status
    person_id: UUID | None = Field(description="Their account, once they have signed in.")
    email: str | None = Field(description="As whoever invited them wrote it; null where nobody did, or they are gone.")
    given_name: str | None
    family_name: str | None
    roles: list[str]
    teams: list[str]
    territories: list[str]
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


def agent_view(agent: Agent) -> AgentView:
    """An agent as they are shown."""
    profile, duties = agent.profile, agent.duties
    return AgentView(
        id=agent.id,
        status=agent.status,
        person_id=agent.person,
        email=profile.email if profile else None,
        given_name=profile.given_name if profile else None,
        family_name=profile.family_name if profile else None,
        roles=list(duties.roles),
        teams=list(duties.teams),
        territories=list(duties.territories),
        version=agent.version,
        created_at=agent.created_at,
        updated_at=agent.updated_at,
    )
