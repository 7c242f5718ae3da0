# SPDX-License-Identifier: EUPL-1.2
"""A token with which one person acts for another (RFC 8693): ``sub`` is the other, ``act`` the one who acts.

``subject_token`` names the ground by its id, ``actor_token`` is the access token of who acts, handed out to the very
client that asks. Each token is kept for the person to see before it is signed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import acts_on_behalf, assistances, audit, grants, household, mandates
from parvis_identity.db.acts_on_behalf import ActOnBehalf
from parvis_identity.db.people import People
from parvis_identity.domain import resources, scopes
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.authorization import asked_scopes
from parvis_identity.domain.behalf import DELEGABLE, SUBJECT_TYPES, Behalf, Ground, of_age_at
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.local_day import clock_of
from parvis_identity.service.token_maker import TokenMaker
from parvis_identity.service.token_reader import TokenReader
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
_KINDS = {Ground.ASSISTED: Audience.AGENT, Ground.MANDATE: Audience.CITIZEN, Ground.PARENT: Audience.CITIZEN}


@dataclass(frozen=True, slots=True)
class ActForAnother:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    maker: TokenMaker
    reader: TokenReader

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The token; raises OAuthError, which never says whether somebody else's ground exists."""
        parameters, client, now = request.parameters, request.client, request.now
        ground = SUBJECT_TYPES[parameters.required("subject_token_type")]
        actor = await self._actor(request, ground)
        asked = asked_scopes(parameters.get("scope"), client)
        signer = await self.maker.signer()
        async with self.database.unit_of_work() as uow:
            behalf = await self._ground(uow.session, ground, _id(parameters.required("subject_token")), actor, now)
            if behalf is None:
                raise OAuthError("invalid_request", "subject_token names nobody for whom this actor may act now")
            if not asked <= behalf.scopes & frozenset(str(actor["scope"]).split()):
                raise OAuthError("invalid_scope", "beyond what the ground, or the actor's own token, allows")
            granted = resources.narrowed(asked, resources.checked(parameters.resources))
            await self._keep(uow.session, behalf, actor, granted, now)
            await uow.commit()
        end = min(int(now.timestamp()) + self.maker.life_seconds, actor["exp"], int(behalf.ends_at.timestamp()))
        return Tokens(
            access_token=signer.for_behalf(request, behalf, actor, granted, end),
            expires_in=end - int(now.timestamp()),
            scope=scopes.written(granted),
            token_type=request.token_type,
            issued_token_type=ACCESS_TOKEN,
        )

    async def _actor(self, request: TokenRequest, ground: Ground) -> dict[str, Any]:
        parameters = request.parameters
        if parameters.get("actor_token_type") != ACCESS_TOKEN:
            raise OAuthError("invalid_request", f"actor_token_type is {ACCESS_TOKEN}")
        claims = await self.reader.access_claims(parameters.required("actor_token"), request.now)
        mine = claims is not None and claims["client_id"] == request.client.client_id and "grant_id" in claims
        if claims is None or not mine or claims["kind"] != _KINDS[ground]:
            raise OAuthError("invalid_request", "actor_token is no valid token of such an actor handed out to you")
        if "cnf" in claims and claims["cnf"]["jkt"] != request.key:
            raise OAuthError("invalid_dpop_proof", "actor_token is bound to a key: prove that you hold it")
        if "act" in claims:
            raise OAuthError("invalid_request", "who acts for somebody cannot act for a third through them")
        async with self.database.reading() as session:
            grant = await grants.find(session, UUID(claims["grant_id"]))
        if grant is None or not grant.usable(grant.client_id, request.now):
            raise OAuthError("invalid_request", "actor_token was revoked")
        return claims

    async def _ground(
        self, session: AsyncSession, ground: Ground, id_: UUID, actor: dict[str, Any], now: datetime
    ) -> Behalf | None:
        person, collectivity = UUID(actor["sub"]), actor["collectivity"]
        match ground:
            case Ground.ASSISTED:
                return await assistances.ground(session, id_, person, collectivity, now)
            case Ground.MANDATE:
                return await mandates.ground(session, id_, person, collectivity, now)
            case Ground.PARENT:
                return await self._parent(session, id_, person, collectivity, now)

    async def _parent(
        self, session: AsyncSession, child_id: UUID, parent: UUID, collectivity: str, now: datetime
    ) -> Behalf | None:
        if child_id not in await household.children(session, parent):
            return None
        try:
            child = await People(session, self.index).find(child_id, await self.persons.of(child_id))
        except KeyDestroyedError:
            return None
        if child is None:
            return None
        of_age = of_age_at(child.identity.birth_date or "", await clock_of(session, collectivity))
        if now >= of_age:
            return None
        return Behalf(
            ground=Ground.PARENT,
            id=child_id,
            collectivity=collectivity,
            person=child_id,
            actor=parent,
            scopes=DELEGABLE,
            ends_at=of_age,
        )

    async def _keep(
        self, session: AsyncSession, behalf: Behalf, actor: dict[str, Any], granted: frozenset[str], now: datetime
    ) -> None:
        act = ActOnBehalf(
            id=uuid7(),
            collectivity=behalf.collectivity,
            person=behalf.person,
            actor=behalf.actor,
            actor_kind=actor["kind"],
            ground=behalf.ground.value,
            ground_id=behalf.id,
            organisation=behalf.organisation,
            client_id=actor["client_id"],
            scopes=tuple(sorted(granted)),
            occurred_at=now,
        )
        await acts_on_behalf.add(session, act)
        who, on = Actor(actor["kind"], actor["sub"], actor["client_id"]), Thing("person", str(behalf.person))
        what = {"ground": [behalf.ground.value], "ground_id": [str(behalf.id)], "scopes": sorted(granted)}
        what |= {"organisation": [str(behalf.organisation)]} if behalf.organisation else {}
        await audit.record(session, Act(Action.ACTED_ON_BEHALF, who, on, now, behalf.collectivity, what))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
