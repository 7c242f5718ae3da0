# SPDX-License-Identifier: EUPL-1.2
"""The token endpoint's grants: a code, a refresh token, or a client's own credentials for tokens (RFC 6749)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from parvis_identity.db import clients, grants, memberships
from parvis_identity.domain import pkce, scopes
from parvis_identity.domain.authorization import Parameters, asked_scopes
from parvis_identity.domain.client import Audience, Client, GrantType
from parvis_identity.domain.errors import InvalidClientError, InvalidGrantError, OAuthError
from parvis_identity.domain.grant import Grant
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.sign_in import Membership
from parvis_identity.service.token_maker import Signer, TokenMaker
from parvis_kit.db.database import Database, UnitOfWork
from parvis_kit.logs import logger

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How a client says who it is; no secret where it has none."""

    client_id: str
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint hands out."""

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None


class TokenEndpoint:
    """The use cases behind the token and revocation endpoints."""

    def __init__(self, database: Database, maker: TokenMaker, refresh_life: timedelta) -> None:
        self._database = database
        self._maker = maker
        self._refresh_life = refresh_life

    async def authenticated(self, credentials: Credentials) -> Client:
        """The client; raises InvalidClientError unless it proves who it is, as far as it can."""
        async with self._database.reading() as session:
            client = await clients.find_client(session, credentials.client_id)
        if client is None:
            raise InvalidClientError
        proven = credentials.secret is None if client.is_public else client.authenticates_with(credentials.secret or "")
        if not proven:
            _log.warning("client_authentication_failed", client_id=client.client_id)
            raise InvalidClientError
        return client

    async def tokens(self, client: Client, parameters: Parameters, now: datetime) -> Tokens:
        """Tokens for whichever grant the parameters bring; raises OAuthError."""
        if parameters.repeated:
            raise OAuthError("invalid_request", "a parameter is repeated")
        grant_type = parameters.required("grant_type")
        if grant_type not in set(GrantType):
            raise OAuthError("unsupported_grant_type", "authorization_code, refresh_token or client_credentials")
        if not client.may_use(GrantType(grant_type)):
            raise OAuthError("unauthorized_client", "this client may not use this grant type")
        match GrantType(grant_type):
            case GrantType.AUTHORIZATION_CODE:
                return await self._redeem(client, parameters, now)
            case GrantType.REFRESH_TOKEN:
                return await self._refresh(client, parameters, now)
            case GrantType.CLIENT_CREDENTIALS:
                return await self._for_client(client, parameters, now)

    async def revoke(self, client: Client, token: str, session: UUID | None, now: datetime) -> None:
        """End the family of a refresh token, or those of the session that an access token names (RFC 7009)."""
        async with self._database.unit_of_work() as uow:
            found = await grants.refresh_token(uow.session, fingerprint(token))
            if found and found[0].client_id == client.client_id:
                await grants.revoke(uow.session, found[0].id, "revoked by client", now)
            if session:
                await grants.revoke_of_session(uow.session, session, "revoked by client", now, client.client_id)
            await uow.commit()

    async def _redeem(self, client: Client, parameters: Parameters, now: datetime) -> Tokens:
        code = parameters.required("code")
        verifier, redirect_uri = parameters.required("code_verifier"), parameters.required("redirect_uri")
        signer = await self._maker.signer()
        async with self._database.unit_of_work() as uow:
            spent = await grants.spend_code(uow.session, fingerprint(code), client.client_id, now)
            if spent is None:
                await self._punish_replay(uow, await grants.spent_code(uow.session, fingerprint(code)), now)
                raise InvalidGrantError
            if spent.redirect_uri != redirect_uri or not pkce.proves(verifier, spent.challenge):
                # Whoever held the code could not use it as its client does: it is burnt.
                await grants.revoke(uow.session, spent.grant, "wrong verifier or redirect_uri", now)
                await uow.commit()
                raise InvalidGrantError("code_verifier or redirect_uri does not match the authorization request")
            grant = await self._standing(uow, await grants.find(uow.session, spent.grant), client, now)
            tokens = await self._family(uow, signer, grant, client, grant.scopes, now)
            await uow.commit()
        if scopes.OPENID not in grant.scopes:
            return tokens
        id_token = signer.id_token(grant, client, spent.nonce, tokens.access_token, now)
        return replace(tokens, id_token=id_token)

    async def _refresh(self, client: Client, parameters: Parameters, now: datetime) -> Tokens:
        presented = fingerprint(parameters.required("refresh_token"))
        signer = await self._maker.signer()
        async with self._database.unit_of_work() as uow:
            spent = await grants.spend_refresh_token(uow.session, presented, client.client_id, now)
            if spent is None:
                found = await grants.refresh_token(uow.session, presented)
                replayed = found is not None and found[1] and found[0].client_id == client.client_id
                await self._punish_replay(uow, found[0].id if found and replayed else None, now)
                raise InvalidGrantError
            wanted = parameters.get("scope")
            narrowed = asked_scopes(wanted, client) if wanted else spent.scopes
            if not narrowed <= spent.scopes:
                raise OAuthError("invalid_scope", "a refresh cannot ask for more than was granted")
            grant = await self._standing(uow, spent, client, now)
            tokens = await self._family(uow, signer, grant, client, narrowed, now)
            await uow.commit()
        return tokens

    async def _for_client(self, client: Client, parameters: Parameters, now: datetime) -> Tokens:
        if client.audience is not Audience.SYSTEM or client.is_public:
            raise OAuthError("unauthorized_client", "this client may not use this grant type")
        asked = parameters.get("scope")
        granted = asked_scopes(asked, client) if asked else client.scopes
        if not granted:
            raise OAuthError("invalid_scope", "this client has no scopes")
        token = (await self._maker.signer()).for_system(client, granted, now)
        return Tokens(access_token=token, expires_in=self._maker.life_seconds, scope=scopes.written(granted))

    async def _punish_replay(self, uow: UnitOfWork, grant: UUID | None, now: datetime) -> None:
        if grant is not None:
            _log.warning("grant_replayed", grant=str(grant))
            await grants.revoke(uow.session, grant, "replayed", now)
            await uow.commit()

    async def _standing(self, uow: UnitOfWork, grant: Grant | None, client: Client, now: datetime) -> Grant:
        if grant is None or not grant.usable(client.client_id, now):
            raise InvalidGrantError
        # What was taken from the client since is gone from what it renews.
        if not grant.scopes <= client.scopes:
            await grants.revoke(uow.session, grant.id, "scopes withdrawn", now)
            await uow.commit()
            raise InvalidGrantError
        return grant

    async def _family(
        self,
        uow: UnitOfWork,
        signer: Signer,
        grant: Grant,
        client: Client,
        granted: frozenset[str],
        now: datetime,
    ) -> Tokens:
        membership = await self._membership(uow, grant, now)
        refresh = None
        if client.may_use(GrantType.REFRESH_TOKEN):
            refresh = new_opaque()
            expires_at = min(now + self._refresh_life, grant.expires_at)
            await grants.add_refresh_token(uow.session, fingerprint(refresh), grant.id, now, expires_at)
        access = signer.for_person(grant, client, granted, membership, now)
        return Tokens(
            access_token=access,
            expires_in=self._maker.life_seconds,
            scope=scopes.written(granted),
            refresh_token=refresh,
        )

    async def _membership(self, uow: UnitOfWork, grant: Grant, now: datetime) -> Membership | None:
        if grant.kind != Audience.AGENT:
            return None
        membership = await memberships.of_person(uow.session, grant.collectivity, grant.person)
        if membership is None:
            await grants.revoke(uow.session, grant.id, "membership ended", now)
            await uow.commit()
            raise InvalidGrantError("the person is no longer an agent of this collectivity")
        return membership
