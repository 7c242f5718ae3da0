# SPDX-License-Identifier: EUPL-1.2
"""The tokens of a person's grant, and the end of the whole family where one of them was misused."""

from datetime import datetime, timedelta
from uuid import UUID

from parvis_identity.db import audit, grants, memberships
from parvis_identity.domain import resources, scopes
from parvis_identity.domain.audit import NOBODY, Act, Action, Actor, Thing
from parvis_identity.domain.client import Audience, Client, GrantType
from parvis_identity.domain.errors import InvalidGrantError, OAuthError
from parvis_identity.domain.grant import Grant
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.roles import opened
from parvis_identity.domain.sign_in import Membership
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.token_maker import Signer
from parvis_kit.db.database import UnitOfWork
from parvis_kit.logs import logger

_log = logger(__name__)


class TokenFamilies:
    """What the grants of people have in common at the token endpoint, in the caller's transaction."""

    def __init__(self, refresh_life: timedelta) -> None:
        self._refresh_life = refresh_life

    async def standing(self, uow: UnitOfWork, grant: Grant | None, client: Client, now: datetime) -> Grant:
        """The grant, while it may still give tokens; raises InvalidGrantError."""
        if grant is None or not grant.usable(client.client_id, now):
            raise InvalidGrantError
        # What was taken from the client since is gone from what it renews.
        if not grant.scopes <= client.scopes:
            await grants.revoke(uow.session, grant.id, "scopes withdrawn", now)
            await uow.commit()
            raise InvalidGrantError
        return grant

    async def tokens(
        self, uow: UnitOfWork, signer: Signer, grant: Grant, asked: frozenset[str], request: TokenRequest
    ) -> Tokens:
        """An access token for these scopes at the resources that were chosen, and the next refresh token."""
        chosen = resources.chosen(request.parameters.resources, grant.resources)
        granted = resources.narrowed(asked, chosen)
        membership = await self._membership(uow, grant, request.now)
        if membership:
            granted &= opened(membership.roles)
            if not granted:
                raise OAuthError("invalid_scope", "no role of this agent opens any of these scopes")
        refresh = None
        if request.client.may_use(GrantType.REFRESH_TOKEN):
            refresh = new_opaque()
            expires_at = min(request.now + self._refresh_life, grant.expires_at)
            await grants.add_refresh_token(uow.session, fingerprint(refresh), grant.id, request.now, expires_at)
        return Tokens(
            access_token=signer.for_person(grant, request, granted, membership),
            expires_in=signer.life_seconds,
            scope=scopes.written(granted),
            refresh_token=refresh,
            token_type=request.token_type,
        )

    async def punish_replay(self, uow: UnitOfWork, grant: UUID | None, client: Client, now: datetime) -> None:
        """Somebody else has used what was handed to the client: nothing of the family is trusted any more."""
        if grant is not None:
            _log.warning("grant_replayed", grant=str(grant))
            if await grants.revoke(uow.session, grant, "replayed", now):
                who, on = Actor("anonymous", NOBODY, client.client_id), Thing("grant", str(grant))
                await audit.record(uow.session, Act(Action.GRANT_REPLAYED, who, on, now, client.collectivity_claim))
            await uow.commit()

    async def _membership(self, uow: UnitOfWork, grant: Grant, now: datetime) -> Membership | None:
        if grant.kind != Audience.AGENT:
            return None
        membership = await memberships.of_person(uow.session, grant.collectivity, grant.person)
        if membership is None:
            await grants.revoke(uow.session, grant.id, "membership ended", now)
            await uow.commit()
            raise InvalidGrantError("the person is no longer an agent of this collectivity")
        return membership
