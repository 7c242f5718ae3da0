# SPDX-License-Identifier: EUPL-1.2
"""From an authorization request to a code: what is still needed from the person, and the code when nothing is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, clients, collectivities, consents, device_requests, grants, memberships, sessions
from parvis_identity.db.grants import Code
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.authorization import AuthorizationRequest
from parvis_identity.domain.client import Audience, Client
from parvis_identity.domain.collectivity import Collectivity
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.grant import Grant
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.session import Session, Step, next_step
from parvis_kit.db.database import Database, UnitOfWork
from parvis_kit.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How long things live."""

    code: timedelta
    citizen_grant: timedelta
    agent_grant: timedelta
    session_idle: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request with who asks, and whose session this browser has."""

    request: AuthorizationRequest
    client: Client
    collectivity: Collectivity
    session: Session | None


Cookie = Callable[[str], str | None]
"""The secret of this browser's session for a kind of person, if it has one."""


async def record_refusal(session: AsyncSession, asking: Asking, now: datetime) -> None:
    """Keep in the caller's transaction that the person did not allow it; raises RefusedError without a session."""
    client, person = asking.client, asking.session
    if person is None:
        raise RefusedError(Refusal.EXPIRED)
    who, on = Actor(person.kind, str(person.person), client.client_id), Thing("client", client.client_id)
    what = {"scopes": sorted(asking.request.scopes)}
    await audit.record(session, Act(Action.CONSENT_REFUSED, who, on, now, client.collectivity_claim, what))


class Authorize:
    """The use case, with what it needs."""

    def __init__(self, database: Database, lives: Lives) -> None:
        self._database = database
        self._lives = lives

    async def client(self, client_id: str | None) -> Client | None:
        """The client of that name."""
        if not client_id or not client_id.isprintable():
            return None
        async with self._database.reading() as session:
            return await clients.find_client(session, client_id)

    async def live_session(self, cookie: str | None, kind: str, now: datetime) -> Session | None:
        """The session behind a cookie, while it lives and is of that kind."""
        if not cookie:
            return None
        async with self._database.unit_of_work() as uow:
            return await self._live(uow, cookie, kind, now)

    async def asking(self, request: AuthorizationRequest, cookie: Cookie, now: datetime) -> Asking:
        """The request with its surroundings; raises RefusedError when its client is gone."""
        async with self._database.unit_of_work() as uow:
            client = await clients.find_client(uow.session, request.client_id)
            if client is None or not (request.device or client.registered_redirect(request.redirect_uri)):
                raise RefusedError(Refusal.UNKNOWN_CLIENT)
            collectivity = await collectivities.find(uow.session, client.collectivity_claim)
            if collectivity is None:
                raise RefusedError(Refusal.UNKNOWN_CLIENT)
            kind = client.audience.value
            secret = cookie(kind)
            session = await self._live(uow, secret, kind, now) if secret else None
            if session:
                await sessions.seen(uow.session, session, now)
                await uow.commit()
        return Asking(request=request, client=client, collectivity=collectivity, session=session)

    async def step(self, asking: Asking, now: datetime) -> Step:
        """What comes next; raises OAuthError where the client wants no page but one is needed."""
        consented: frozenset[str] = frozenset()
        if asking.session:
            async with self._database.reading() as session:
                consented = await consents.consented(session, asking.session.person, asking.client.client_id)
        return next_step(asking.request, asking.client, asking.session, consented, now)

    async def issue(self, asking: Asking, now: datetime, *, remember: bool = False) -> str:
        """A code for the client; the person's answer is remembered where they want it and it proves something."""
        request, client, session = asking.request, asking.client, asking.session
        if session is None:
            raise RefusedError(Refusal.EXPIRED)
        grant = self._grant(request, client, session, now)
        secret = new_opaque()
        code = Code(
            code_hash=fingerprint(secret),
            grant=grant.id,
            client_id=client.client_id,
            redirect_uri=request.redirect_uri,
            challenge=request.challenge,
            nonce=request.nonce,
            bound_to=request.key,
            created_at=now,
            expires_at=now + self._lives.code,
        )
        async with self._database.unit_of_work() as uow:
            await self._check_membership(uow, client, session.person)
            await grants.add(uow.session, grant)
            await grants.add_code(uow.session, code)
            if remember and client.remembers_consent(request.redirect_uri):
                before = await consents.consented(uow.session, session.person, client.client_id)
                await consents.remember(uow.session, grant, before | request.scopes, now)
            await self._record(uow, grant, now)
            await uow.commit()
        return secret

    async def allow_device(self, asking: Asking, user_hash: bytes, now: datetime) -> None:
        """Let the device that waits under that code have its tokens; raises RefusedError where it waits no more."""
        if asking.session is None:
            raise RefusedError(Refusal.EXPIRED)
        grant = self._grant(asking.request, asking.client, asking.session, now)
        async with self._database.unit_of_work() as uow:
            await self._check_membership(uow, asking.client, asking.session.person)
            await grants.add(uow.session, grant)
            if not await device_requests.allow(uow.session, user_hash, grant.id, now):
                raise RefusedError(Refusal.EXPIRED)
            await self._record(uow, grant, now)
            await uow.commit()

    async def refuse(self, asking: Asking, now: datetime) -> None:
        """Keep that the person did not allow what was asked; nothing is ended by it."""
        async with self._database.unit_of_work() as uow:
            await record_refusal(uow.session, asking, now)
            await uow.commit()

    async def _record(self, uow: UnitOfWork, grant: Grant, now: datetime) -> None:
        who, what = Actor(grant.kind, str(grant.person), grant.client_id), {"scopes": sorted(grant.scopes)}
        on = Thing("grant", str(grant.id))
        await audit.record(uow.session, Act(Action.CLIENT_ALLOWED, who, on, now, grant.collectivity, what))

    async def _live(self, uow: UnitOfWork, cookie: str, kind: str, now: datetime) -> Session | None:
        found = await sessions.find(uow.session, fingerprint(cookie))
        alive = found is not None and found.kind == kind and found.alive(now, self._lives.session_idle)
        return found if alive else None

    async def _check_membership(self, uow: UnitOfWork, client: Client, person: UUID) -> None:
        # An agent of one collectivity may be signed in already when a client of another one asks.
        if client.audience is Audience.AGENT and not await memberships.of_person(
            uow.session, client.collectivity_claim, person
        ):
            raise RefusedError(Refusal.NO_MEMBERSHIP)

    def _grant(self, request: AuthorizationRequest, client: Client, session: Session, now: datetime) -> Grant:
        life = self._lives.agent_grant if client.audience is Audience.AGENT else self._lives.citizen_grant
        return Grant(
            id=uuid7(),
            collectivity=client.collectivity_claim,
            client_id=client.client_id,
            person=session.person,
            session=session.id,
            kind=session.kind,
            scopes=request.scopes,
            acr=session.acr,
            amr=session.amr,
            auth_time=session.auth_time,
            created_at=now,
            expires_at=now + life,
            revoked_at=None,
            resources=request.resources,
        )
