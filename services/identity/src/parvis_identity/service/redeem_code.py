# SPDX-License-Identifier: EUPL-1.2
"""An authorization code for tokens, once (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""

from dataclasses import replace

from parvis_identity.db import grants
from parvis_identity.domain import pkce, scopes
from parvis_identity.domain.errors import InvalidGrantError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.token_families import TokenFamilies
from parvis_identity.service.token_maker import TokenMaker
from parvis_kit.db.database import Database


class RedeemCode:
    """The use case, with what it needs."""

    def __init__(self, database: Database, maker: TokenMaker, families: TokenFamilies) -> None:
        self._database = database
        self._maker = maker
        self._families = families

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The first tokens of the grant; raises OAuthError."""
        client, now, parameters = request.client, request.now, request.parameters
        code_hash = fingerprint(parameters.required("code"))
        verifier, redirect_uri = parameters.required("code_verifier"), parameters.required("redirect_uri")
        signer = await self._maker.signer()
        async with self._database.unit_of_work() as uow:
            spent = await grants.spend_code(uow.session, code_hash, client.client_id, now)
            if spent is None:
                spent_by = await grants.spent_code(uow.session, code_hash)
                await self._families.punish_replay(uow, spent_by, client, now)
                raise InvalidGrantError
            if spent.redirect_uri != redirect_uri or not pkce.proves(verifier, spent.challenge):
                # Whoever held the code could not use it as its client does: it is burnt.
                await grants.revoke(uow.session, spent.grant, "wrong verifier or redirect_uri", now)
                await uow.commit()
                raise InvalidGrantError("code_verifier or redirect_uri does not match the authorization request")
            if spent.bound_to not in {None, request.key}:
                raise InvalidGrantError("the code is bound to another key")
            grant = await self._families.standing(uow, await grants.find(uow.session, spent.grant), client, now)
            tokens = await self._families.tokens(uow, signer, grant, grant.scopes, request)
            if request.key and client.is_public:
                await grants.bind(uow.session, grant.id, request.key)
            await uow.commit()
        if scopes.OPENID not in grant.scopes:
            return tokens
        id_token = signer.id_token(grant, client, spent.nonce, tokens.access_token, now)
        return replace(tokens, id_token=id_token)
