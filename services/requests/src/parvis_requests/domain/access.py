# SPDX-License-Identifier: EUPL-1.2
"""Which agents read a request: all of its town, or those alone who need to know it (GDPR, articles 5(1)(f) and 32).

The database is asked the same in parvis_requests.db.access.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.request import Actor


class Access(StrEnum):
    """Who of a town reads the requests of a type: all its agents, or those of their team."""

    TOWN = "town"
    TEAM = "team"


# Somebody must see what went astray, or lies in a team that nobody is in.
READ_ALL: Final = frozenset({"supervisor"})


@dataclass(frozen=True, slots=True)
class Circle:
    """Who a request is for: its teams, and agents by name.

    Attributes:
        restricted: whether its type is for its team; else all agents of the town are in the circle.
        teams: the team that has it, and those that look at an appeal against it which is not over.
        agents: to whom it, or such an appeal, is assigned, and whom its notes mention.
    """

    restricted: bool
    teams: frozenset[str] = frozenset()
    agents: frozenset[UUID] = frozenset()

    def has(self, agent: Actor, teams: Collection[str]) -> bool:
        """Whether an agent of the town, who is in these teams, reads the request."""
        if not self.restricted or reads_all(agent):
            return True
        return agent.person in self.agents or not self.teams.isdisjoint(teams)


def reads_all(agent: Actor) -> bool:
    """Whether an agent reads each request of their town, whoever handles it."""
    return bool(agent.roles & READ_ALL)
