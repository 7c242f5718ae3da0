# SPDX-License-Identifier: EUPL-1.2
"""A system's own credentials for a token of its own (RFC 6749 section 4.4)."""

from parvis_identity.domain import resources, scopes
from parvis_identity.domain.authorization import asked_scopes
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.token_maker import TokenMaker


class OwnCredentials:
    """The use case, with what it needs."""

    def __init__(self, maker: TokenMaker) -> None:
        self._maker = maker

    async def tokens(self, request: TokenRequest) -> Tokens:
        """An access token for the client itself; raises OAuthError."""
        client, asked = request.client, request.parameters.get("scope")
        if client.audience is not Audience.SYSTEM or client.is_public:
            raise OAuthError("unauthorized_client", "this client may not use this grant type")
        granted = asked_scopes(asked, client) if asked else client.scopes
        if not granted:
            raise OAuthError("invalid_scope", "this client has no scopes")
        granted = resources.narrowed(granted, resources.checked(request.parameters.resources))
        token = (await self._maker.signer()).for_system(request, granted)
        return Tokens(
            access_token=token,
            expires_in=self._maker.life_seconds,
            scope=scopes.written(granted),
            token_type=request.token_type,
        )
