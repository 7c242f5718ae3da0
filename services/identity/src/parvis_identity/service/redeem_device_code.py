# SPDX-License-Identifier: EUPL-1.2
"""A device code for tokens, once, as soon as the person has allowed it (RFC 8628 section 3.4)."""

from dataclasses import replace

from parvis_identity.db import device_requests, grants
from parvis_identity.domain import scopes
from parvis_identity.domain.errors import InvalidGrantError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.token_families import TokenFamilies
from parvis_identity.service.token_maker import TokenMaker
from parvis_kit.db.database import Database


class RedeemDeviceCode:
    """The use case, with what it needs."""

    def __init__(self, database: Database, maker: TokenMaker, families: TokenFamilies) -> None:
        self._database = database
        self._maker = maker
        self._families = families

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The first tokens of the grant; raises OAuthError, also while the person has not answered."""
        client, now = request.client, request.now
        device_hash = fingerprint(request.parameters.required("device_code"))
        signer = await self._maker.signer()
        async with self._database.unit_of_work() as uow:
            found = await device_requests.locked(uow.session, device_hash, client.client_id)
            if found is None:
                raise InvalidGrantError
            polled, waits = found.polled(now)
            if waits or polled.grant is None:
                await device_requests.note(uow.session, polled)
                await uow.commit()
                raise waits or InvalidGrantError()
            if polled.redeemed_at:
                await self._families.punish_replay(uow, polled.grant, client, now)
                raise InvalidGrantError
            await device_requests.note(uow.session, replace(polled, redeemed_at=now))
            grant = await self._families.standing(uow, await grants.find(uow.session, polled.grant), client, now)
            tokens = await self._families.tokens(uow, signer, grant, grant.scopes, request)
            if request.key and client.is_public:
                await grants.bind(uow.session, grant.id, request.key)
            await uow.commit()
        if scopes.OPENID not in grant.scopes:
            return tokens
        return replace(tokens, id_token=signer.id_token(grant, client, None, tokens.access_token, now))
