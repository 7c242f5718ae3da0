# SPDX-License-Identifier: EUPL-1.2
"""How operators begin: a collectivity, a desk for its agents, and the first of those who administer it.

Each is safe to repeat: what stands already as it is wanted is left as it is, and nothing is recorded.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, clients, collectivities
from parvis_identity.db.agents import Agents
from parvis_identity.domain.agent import Agent, AgentTransitionError, Duties, Profile, Status
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.client import Audience, Client, Consent, GrantType
from parvis_identity.domain.collectivity import Collectivity, UnknownCollectivityError
from parvis_identity.domain.person import normal_email
from parvis_identity.domain.roles import MATRIX, Role
from parvis_identity.service.manage_agents import By, ManageAgents
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys


class FoundCollectivity:
    """The use cases, each in the caller's transaction."""

    def __init__(self, manage: ManageAgents, persons: PersonKeys, index: BlindIndex) -> None:
        self._manage = manage
        self._persons = persons
        self._index = index

    async def found(self, session: AsyncSession, by: By, wanted: Collectivity, desk: Sequence[str]) -> bool:
        """The collectivity, with a client for its agents where ``desk`` gives redirect URIs and it has none.

        Returns whether anything changed.
        """
        before = await collectivities.founded(session, wanted.slug)
        if before != wanted:
            await collectivities.put(session, wanted)
            await _record(session, by, Action.COLLECTIVITY_PUT, Thing("collectivity", wanted.slug))
        client = _desk(wanted, desk)
        opens = bool(desk) and await clients.find_any(session, client.client_id) is None
        if opens:
            await clients.put_client(session, client)
            await _record(session, by, Action.CLIENT_PUT, Thing("client", client.client_id))
        return before != wanted or opens

    async def invite_administrator(self, session: AsyncSession, by: By, email: str) -> tuple[Agent, bool]:
        """Somebody who administers the collectivity; with whether anything changed.

        Raises UnknownCollectivityError; AgentTransitionError for who is suspended, which is not an operator's to undo.
        """
        if await collectivities.find(session, by.collectivity, lock=True) is None:
            raise UnknownCollectivityError
        agents = Agents(session, self._persons, by.collectivity)
        known = await agents.invited(self._index.of("email", normal_email(email)))
        if known is None or known.status is Status.ENDED:
            duties = Duties(roles=(Role.ADMINISTRATOR.value,))
            return await self._manage.invite(session, by, Profile(email=email), duties), True
        if known.status is Status.SUSPENDED:
            raise AgentTransitionError("suspended")
        if known.duties.administers:
            return known, False
        duties = replace(known.duties, roles=(*known.duties.roles, Role.ADMINISTRATOR.value))
        return await self._manage.change(session, by, known.id, duties, None), True


def _desk(collectivity: Collectivity, redirect_uris: Sequence[str]) -> Client:
    client_id = f"{collectivity.slug}-desk"
    return Client(
        client_id=client_id,
        collectivity=collectivity.slug,
        name_fr="Guichet des agents",
        name_en="Staff desk",
        audience=Audience.AGENT,
        secret_hash=None,
        grant_types=frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
        redirect_uris=tuple(redirect_uris),
        post_logout_redirect_uris=(),
        scopes=frozenset[str]().union(*MATRIX.values()),
        sector=client_id,
        consent=Consent.IMPLIED,
    )


async def _record(session: AsyncSession, by: By, action: Action, on: Thing) -> None:
    await audit.record(session, Act(action, by.actor, on, by.now, by.collectivity))
