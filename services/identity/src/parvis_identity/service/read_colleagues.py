# SPDX-License-Identifier: EUPL-1.2
"""What the agents of a collectivity are called, for the services in which they work together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import collectivities
from parvis_identity.db.agents import Agents
from parvis_identity.db.people import People
from parvis_identity.domain.agent import Agent
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NotForThisCallerError, UnknownPersonError
from parvis_identity.domain.person import Identity
from parvis_identity.domain.roles import opened
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal, PrincipalKind

MAX_COLLEAGUES: Final = 500
"""How many are told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An agent who has signed in and is not gone; ``entitled`` says whether a role of theirs opens the scope."""

    person: UUID
    name: str | None
    suspended: bool
    entitled: bool


@dataclass(frozen=True, slots=True)
class ReadColleagues:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def of(
        self, collectivity: str, scope: str, after: UUID | None, caller: Principal
    ) -> tuple[list[Colleague], bool]:
        """Those whose account comes after that one, by its id, ``MAX_COLLEAGUES`` at most, and whether more follow.

        An agent's name is that of their town's directory, or else that of the account with which they signed in.
        Raises NotForThisCallerError for whoever is no service of Parvis's own, UnknownPersonError where there is no
        such collectivity.
        """
        if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
            raise NotForThisCallerError
        async with self.database.reading() as session:
            if await collectivities.find(session, collectivity) is None:
                raise UnknownPersonError
            found = await Agents(session, self.persons, collectivity).signed_in(after, MAX_COLLEAGUES + 1)
            agents = found[:MAX_COLLEAGUES]
            accounts = await self._accounts(session, [agent for agent in agents if _at_work(agent) is None])
        told = [
            Colleague(
                person=agent.person,
                name=_at_work(agent) or _called(accounts.get(agent.person)),
                suspended=agent.suspended_at is not None,
                entitled=scope in opened(agent.duties.roles),
            )
            for agent in agents
            if agent.person
        ]
        return told, len(found) > MAX_COLLEAGUES

    async def _accounts(self, session: AsyncSession, agents: Sequence[Agent]) -> dict[UUID, Identity]:
        people = People(session, self.index)
        keys = await self.persons.of_many(await people.known({agent.person for agent in agents if agent.person}))
        return {person.id: person.identity for person in await people.many(keys)}


def _at_work(agent: Agent) -> str | None:
    said = agent.profile
    return (said.display_name or _joined(said.given_name, said.family_name)) if said else None


def _called(account: Identity | None) -> str | None:
    return _joined(account.first_given_name, account.used_family_name) if account else None


def _joined(given: str | None, family: str | None) -> str | None:
    return " ".join(part for part in (given, family) if part) or None
