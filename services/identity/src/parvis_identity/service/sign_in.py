# SPDX-License-Identifier: EUPL-1.2
"""Signing in: to the provider, back from it, and through our own door."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from parvis_identity.db import audit, clients, sessions
from parvis_identity.db.sessions import Away, FromProvider
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.authorization import AuthorizationRequest, Parameters
from parvis_identity.domain.client import Audience, Client
from parvis_identity.domain.errors import NotRecentError, Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.session import Session
from parvis_identity.domain.sign_in import Vouched
from parvis_identity.providers.relying_party import Departure, RelyingParty
from parvis_identity.service.admission import Admission, Arrival
from parvis_identity.service.continuation import Continuations, open_json, seal_json
from parvis_identity.service.link_identity import LinkIdentity
from parvis_identity.service.open_session import open_session
from parvis_identity.service.vouch_again import SEALED_AS
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.locale import DEFAULT
from parvis_kit.logs import logger

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A browser back from a provider; ``cookie`` is the secret of its new session, None when the person cancelled."""

    continuation: str
    request: AuthorizationRequest
    kind: str
    cookie: str | None


@dataclass(frozen=True, slots=True)
class LinkReturn:
    """A browser back from a provider to which it went to link an identity; not ``linked`` when the person cancelled."""

    linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Details:
    nonce: str
    verifier: str | None
    continuation: str
    linking: str | None = None


class SignIn:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        providers: Mapping[str, RelyingParty],
        continuations: Continuations,
        admission: Admission,
        link_identity: LinkIdentity,
        *,
        away: timedelta,
        session_life: timedelta,
    ) -> None:
        self._database = database
        self._key = master.sealing("sign-in")
        self._providers = providers
        self._continuations = continuations
        self._admission = admission
        self._link_identity = link_identity
        self._away = away
        self._session_life = session_life

    def provider_for(self, audience: Audience, wanted: Collection[str] = ()) -> RelyingParty | None:
        """The provider that signs in this kind of person at one of these levels; else one that does at all, or None."""
        fitting = [party for party in self._providers.values() if party.profile.audience is audience]
        return next((party for party in fitting if party.can_reach(wanted)), fitting[0] if fitting else None)

    def own_keys(self, provider: str) -> dict[str, Any]:
        """The public keys that this provider knows us by; none where it is not configured, or we have a secret."""
        party = self._providers.get(provider)
        return party.keys.public() if party else {"keys": []}

    def kind_of(self, provider: str) -> str:
        """Which kind of person that provider signs in."""
        return self._party(provider).profile.audience.value

    async def leave(self, provider: str, continuation: str, browser: str, now: datetime) -> str:
        """Remember where the browser was, and return the provider's address for it."""
        request = self._continuations.open(continuation, browser, now)
        anew = "login" in request.prompt or request.max_age is not None
        client, party = await self._client(request.client_id), self._party(provider)
        departure = await party.departure(
            request.acr_values, request.scopes, more=client.franceconnect_scopes, anew=anew
        )
        return await self._leave(departure, provider, continuation, None, browser, now)

    async def leave_to_link(self, provider: str, here: Session, browser: str, now: datetime) -> str:
        """The same, to come back with an identity that is to be linked; raises NotRecentError."""
        if not here.recent(now):
            raise NotRecentError
        departure = await self._party(provider).departure(pivot=True)
        return await self._leave(departure, provider, "", str(here.id), browser, now)

    async def _leave(
        self, departure: Departure, provider: str, continuation: str, linking: str | None, browser: str, now: datetime
    ) -> str:
        details = _Details(
            nonce=departure.nonce, verifier=departure.verifier, continuation=continuation, linking=linking
        )
        state_hash = fingerprint(departure.state)
        async with self._database.unit_of_work() as uow:
            await sessions.send_away(
                uow.session,
                Away(
                    state_hash=state_hash,
                    browser_hash=fingerprint(browser),
                    provider=provider,
                    details=seal_json(self._key, asdict(details), state_hash.hex()).encode(),
                    created_at=now,
                    expires_at=now + self._away,
                ),
            )
            await uow.commit()
        return departure.url

    async def come_back(
        self,
        provider: str,
        parameters: Parameters,
        browser: str,
        former: str | None,
        now: datetime,
    ) -> Return | LinkReturn:
        """Take the provider's answer, once, and open a session; raises RefusedError with what went wrong.

        Args:
            provider: whose callback was called.
            parameters: the query of the callback.
            browser: secret of the browser, which must be the one that left.
            former: secret of the session that the browser had.
            now: the present time.
        """
        party = self._party(provider)
        details = await self._take(provider, parameters.get("state"), browser, now)
        if details.linking:
            return await self._link(party, details, UUID(details.linking), parameters, former, now)
        request = self._continuations.open(details.continuation, browser, now)
        kind = party.profile.audience.value
        try:
            vouched = await self._vouched(party, details, parameters)
            cookie = await self._open(vouched, request, former, kind, now) if vouched else None
        except RefusedError as refused:
            raise RetryableError(refused, details.continuation) from refused
        return Return(continuation=details.continuation, request=request, kind=kind, cookie=cookie)

    async def _vouched(self, party: RelyingParty, details: _Details, answer: Parameters) -> Vouched | None:
        await party.check_issuer(answer.get("iss"))
        if party.check_error(answer):
            return None
        return await party.vouched(answer.get("code") or "", details.nonce, details.verifier)

    async def _link(
        self,
        party: RelyingParty,
        details: _Details,
        asked_in: UUID,
        parameters: Parameters,
        cookie: str | None,
        now: datetime,
    ) -> LinkReturn:
        try:
            vouched = await self._vouched(party, details, parameters)
            if vouched:
                await self._link_identity.finish(vouched, cookie, asked_in, now)
        except RefusedError as refused:
            raise RetryableError(refused, None) from refused
        return LinkReturn(linked=vouched is not None)

    async def _take(self, provider: str, state: str | None, browser: str, now: datetime) -> _Details:
        state_hash = fingerprint(state or "")
        async with self._database.unit_of_work() as uow:
            sealed = await sessions.come_back(uow.session, state_hash, fingerprint(browser), provider, now)
            await uow.commit()
        if sealed is None:
            raise RefusedError(Refusal.EXPIRED)
        return _Details(**open_json(self._key, sealed.decode(), state_hash.hex()))

    async def _open(
        self,
        vouched: Vouched,
        request: AuthorizationRequest,
        former: str | None,
        kind: str,
        now: datetime,
    ) -> str:
        client = await self._client(request.client_id)
        cookie = new_opaque()
        async with self._database.unit_of_work() as uow:
            person, key = await self._admission.admit(
                uow.session, Arrival(vouched, client, request.language or DEFAULT, now)
            )
            opened = Session(
                id=uuid7(),
                person=person,
                kind=kind,
                provider=vouched.provider,
                acr=vouched.acr,
                amr=(),
                auth_time=vouched.auth_time,
                created_at=now,
                last_seen_at=now,
                expires_at=now + self._session_life,
                ended_at=None,
            )
            given = FromProvider(
                key.seal("id_token", vouched.id_token),
                key.seal(SEALED_AS, vouched.refresh_token) if vouched.refresh_token else None,
            )
            opened = await open_session(uow.session, opened, cookie, given, former, now)
            who, on = Actor(kind, str(person), client.client_id), Thing("session", str(opened.id))
            how = {"provider": [vouched.provider]}
            await audit.record(uow.session, Act(Action.SIGNED_IN, who, on, now, client.collectivity, how))
            await uow.commit()
        _log.info("signed_in", provider=vouched.provider, kind=kind)
        return cookie

    async def _client(self, client_id: str) -> Client:
        async with self._database.reading() as session:
            client = await clients.find_client(session, client_id)
        if client is None:
            raise RefusedError(Refusal.UNKNOWN_CLIENT)
        return client

    def _party(self, provider: str) -> RelyingParty:
        party = self._providers.get(provider)
        if party is None:
            raise RefusedError(Refusal.EXPIRED)  # no page of ours leads there, at least not any more
        return party


class RetryableError(RefusedError):
    """A refusal after which the person may choose again how to sign in, or go back to the client.

    ``continuation`` is None where they were about to link an identity, and may try that again.
    """

    def __init__(self, refused: RefusedError, continuation: str | None) -> None:
        super().__init__(refused.reason, refused.code)
        self.continuation = continuation
