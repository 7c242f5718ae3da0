# SPDX-License-Identifier: EUPL-1.2
"""A refresh token for new tokens, once; its second use ends the family (RFC 6749 section 6, RFC 9700 section 4.14)."""

from parvis_identity.db import grants
from parvis_identity.domain.authorization import asked_scopes
from parvis_identity.domain.errors import InvalidGrantError, OAuthError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.token_families import TokenFamilies
from parvis_identity.service.token_maker import TokenMaker
from parvis_identity.service.vouch_again import VouchAgain
from parvis_kit.db.database import Database


class RefreshTokens:
    """The use case, with what it needs."""

    def __init__(self, database: Database, maker: TokenMaker, families: TokenFamilies, vouch_again: VouchAgain) -> None:
        self._database = database
        self._maker = maker
        self._families = families
        self._vouch_again = vouch_again

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The next tokens of the grant, for all of its scopes or fewer; raises OAuthError."""
        client, now = request.client, request.now
        presented = fingerprint(request.parameters.required("refresh_token"))
        signer = await self._maker.signer()
        async with self._database.unit_of_work() as uow:
            spent = await grants.spend_refresh_token(uow.session, presented, client.client_id, now)
            if spent is None:
                found = await grants.refresh_token(uow.session, presented)
                replayed = found is not None and found.used and found.grant.client_id == client.client_id
                await self._families.punish_replay(uow, found.grant.id if found and replayed else None, client, now)
                raise InvalidGrantError
            if spent.bound_to not in {None, request.key}:
                # Nothing is committed: who lacks the key cannot spend the token either.
                raise InvalidGrantError("the refresh token is bound to another key")
            wanted = request.parameters.get("scope")
            narrowed = asked_scopes(wanted, client) if wanted else spent.scopes
            if not narrowed <= spent.scopes:
                raise OAuthError("invalid_scope", "a refresh cannot ask for more than was granted")
            grant = await self._families.standing(uow, spent, client, now)
            if not await self._vouch_again.due(uow.session, grant, now):
                tokens = await self._families.tokens(uow, signer, grant, narrowed, request)
                await uow.commit()
                return tokens
        # The provider is asked first, with no transaction open: nothing is committed, the token is not spent.
        await self._vouch_again.ask(grant, now)
        return await self.tokens(request)
